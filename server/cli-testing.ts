/** A build of the command of its own, with a site of one page and a home, for tests of the whole. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { toolCache } from '../tests/kubectl.ts';

export interface BuiltCommand {
  root: string;
  home: string;
  /** Runs to its end: what it printed, and its exit code. */
  run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Starts a command that stays, and resolves with its first line that `wanted` accepts. */
  launch(args: string[], wanted: RegExp): Promise<{ child: ChildProcess; line: string }>;
  remove(): void;
}

export async function buildCommand(): Promise<BuiltCommand> {
  const project = path.resolve(import.meta.dirname, '..');
  // In a folder from which the packages are found.
  mkdirSync(path.join(project, 'node_modules', '.cache'), { recursive: true });
  const root = mkdtempSync(path.join(project, 'node_modules', '.cache', 'malha-cli-'));
  copyFileSync(path.join(project, 'package.json'), path.join(root, 'package.json'));
  mkdirSync(path.join(root, 'build'));
  writeFileSync(path.join(root, 'build', 'index.html'), 'the guide');
  const cli = path.join(root, 'dist', 'cli.mjs');
  const home = path.join(root, 'home');
  const env = { ...process.env, MALHA_HOME: home, MALHA_CACHE: toolCache };
  await build({
    absWorkingDir: project,
    entryPoints: { cli: 'server/cli.ts', 'embedded-worker': 'server/embedded/worker.ts' },
    outdir: path.join(root, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  return {
    root,
    home,
    run: (...args) =>
      promisify(execFile)(process.execPath, [cli, ...args], { env }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      ),
    async launch(args, wanted) {
      const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let printed = '';
      child.stderr.on('data', (chunk) => {
        printed += chunk;
      });
      for await (const line of createInterface({ input: child.stdout })) {
        printed += `${line}\n`;
        if (wanted.test(line)) return { child, line };
      }
      throw new Error(`It ended before it was ready:\n${printed}`);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Sends a signal; resolves with the exit code. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = await exited;
  return code as number | null;
}
