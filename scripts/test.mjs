#!/usr/bin/env node
// Every check, in order, from a fresh clone: packages, types, lint, unit tests, every step of every page, the site's
// build, a browser, browser tests. Stops at the first stage that fails and ends with one line that counts the tests.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from '../bin/prepare/prepare.mjs';
import { seconds, stage } from '../bin/stages.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const reports = mkdtempSync(path.join(tmpdir(), 'malha-test-'));
const started = performance.now();

/** Runs a tool with its output shown; resolves with its exit code. */
const run = (command, args, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });

const tool = (name) => path.join(root, 'node_modules', '.bin', name);

async function check(name, command, args, env) {
  await stage(name, async () => {
    const code = await run(command, args, env);
    if (code !== 0) throw new Error(`${name}: ${path.basename(command)} ended with exit code ${code}.`);
  });
}

const counts = { passed: 0, failed: 0, skipped: 0 };

async function vitest(project, env) {
  const report = path.join(reports, `${project}.json`);
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  await stage(`Tests: ${project}`, async () => {
    const code = await run(tool('vitest'), args, env);
    const result = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed += result.numPassedTests;
    counts.failed += result.numFailedTests;
    counts.skipped += result.numPendingTests;
    if (code !== 0) throw new Error(`Tests: ${project}: vitest ended with exit code ${code}.`);
  });
}

try {
  await prepare({ root, site: false });
  await check('Types', tool('tsc'), ['--noEmit']);
  await check('Format and lint', tool('biome'), ['ci', '--error-on-warnings', '.']);
  await vitest('unit', {});
  const cache = process.env.MALHA_CACHE ?? path.join(root, 'node_modules', '.cache', 'malha-tools');
  await check('Pages', process.execPath, [path.join(root, 'bin', 'malha.mjs'), 'test'], { MALHA_CACHE: cache });
  await prepare({ root, site: true });
  const { browserVersion, findBrowser, installBrowser } = await import('./browser.mjs');
  let browser = await findBrowser();
  if (!browser) {
    await stage('Install a browser', () => installBrowser(root));
    browser = await findBrowser();
  }
  console.log(`Browser: ${browserVersion(browser)}`);
  await vitest('e2e', { CHROME_PATH: browser });
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
  console.log(`\nAll stages: ${seconds(performance.now() - started)}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}
