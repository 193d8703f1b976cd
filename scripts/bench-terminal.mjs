// Bundles the terminal benchmark and its two own servers, and runs it. Arguments go on to it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const cache = path.join(root, 'node_modules', '.cache');
// Under node_modules, so that what is left outside the bundles is found.
const bundles = mkdtempSync(path.join(root, 'node_modules', '.bench-'));
try {
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'tests/bench/terminal/main.ts',
      malha: 'tests/bench/terminal/peers/malha.ts',
      naive: 'tests/bench/terminal/peers/naive.ts',
    },
    outdir: bundles,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
  });
  const args = ['--bundles', bundles, '--packages', path.join(cache, 'malha-bench'), ...process.argv.slice(2)];
  const child = spawn(process.execPath, [path.join(bundles, 'main.mjs'), ...args], { stdio: 'inherit' });
  process.exitCode = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
} finally {
  rmSync(bundles, { recursive: true, force: true });
}
