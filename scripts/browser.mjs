/** Finds a Chromium for the browser tests, or installs one. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from '../bin/prepare/run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const isProgram = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The path of a Chromium: CHROME_PATH, PATH, the usual macOS places, Playwright's own; undefined where there is none. */
export async function findBrowser(env = process.env) {
  if (env.CHROME_PATH) {
    if (isProgram(env.CHROME_PATH)) return env.CHROME_PATH;
    throw new Error(`CHROME_PATH names ${env.CHROME_PATH}, which is not a program.`);
  }
  for (const folder of (env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    for (const name of NAMES) if (isProgram(path.join(folder, name))) return path.join(folder, name);
  }
  const { chromium } = await import('playwright-core');
  return [...APPLICATIONS, chromium.executablePath()].find((file) => file && isProgram(file));
}

const isDebian = () => existsSync('/etc/debian_version');

/** Installs a Chromium: Playwright's download, else Debian's package when root on Debian. Rejects with what to do. */
export async function installBrowser(root) {
  const hint = '';
  const reasons = [];
  try {
    const cli = path.join(root, 'node_modules', 'playwright-core', 'cli.js');
    await runQuietly(process.execPath, [cli, 'install', 'chromium'], { cwd: root, hint });
    return;
  } catch (error) {
    reasons.push(`Playwright's download failed (${lastLine(error)})`);
  }
  if (isDebian() && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    try {
      // Without a font a terminal has no width: the package only recommends them.
      await runQuietly('apt-get', ['update'], { cwd: root, hint, env });
      await runQuietly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
        cwd: root,
        hint,
        env,
      });
      return;
    } catch (error) {
      reasons.push(`apt-get failed (${lastLine(error)})`);
    }
  }
  const command = isDebian() ? 'apt-get install chromium' : 'install Chrome or Chromium';
  throw new Error(`No browser for the tests: ${reasons.join('; ')}. Please ${command}, or set CHROME_PATH.`);
}

const lastLine = (error) =>
  String(error.message)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /error|fail|unable|could not/i.test(line))
    .at(-1) ?? 'no reason given';

/** `Chromium 140.0…`, for the report of the test run. */
export const browserVersion = (file) => execFileSync(file, ['--version'], { encoding: 'utf8' }).trim();
