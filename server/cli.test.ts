import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import * as pty from 'node-pty';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findKubectl, toolCache } from '../tests/kubectl.ts';
import { type BuiltCommand, buildCommand, end } from './cli-testing.ts';

let root: string;
let run: BuiltCommand['run'];
let launch: BuiltCommand['launch'];
let remove = () => {};
beforeAll(async () => {
  ({ root, run, launch, remove } = await buildCommand());
});
afterAll(() => remove());

it.each(['SIGINT', 'SIGTERM'] as const)('runs a cluster for the real kubectl until %s', async (signal) => {
  const file = path.join(root, 'lab.yaml');
  const { child, line } = await launch(['cluster', '--kubeconfig', file, '--json'], /^\{/);
  const { server, kubeconfig, startupMs } = JSON.parse(line);
  expect({ kubeconfig, startupMs }).toEqual({ kubeconfig: file, startupMs: expect.any(Number) });
  expect(server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const kubectl = await findKubectl();
  const { stdout } = await promisify(execFile)(kubectl, ['--kubeconfig', file, 'get', 'namespaces', '-o', 'name']);
  expect(stdout.trim().split('\n')).toContain('namespace/kube-system');
  expect(await end(child, signal)).toBe(0);
  await expect(promisify(execFile)(kubectl, ['--kubeconfig', file, 'get', 'ns'])).rejects.toThrow(/refused/);
});

it('writes over no kubeconfig of the learner’s', async () => {
  const file = path.join(root, 'own.yaml');
  writeFileSync(file, 'apiVersion: v1\n');
  const { code, stderr } = await run('cluster', '--kubeconfig', file);
  expect(code).toBe(1);
  expect(stderr).toContain(`${file} is not a kubeconfig of \`malha cluster\``);
  expect(readFileSync(file, 'utf8')).toBe('apiVersion: v1\n');
});

it('says what to do about a cluster port that is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const { code, stderr } = await run('cluster', '--port', String(port));
  other.close();
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `Port ${port} is taken by another program: give another --port, or none for a free one.\n`,
  });
});

it('serves the guide with the cluster in a thread of its own, and ends on a signal with all of it', async () => {
  const { child, line } = await launch(['start', '--no-open', '--port', '0', '--backend', 'embedded'], /sign-in/);
  const url = new URL(/http\S+/.exec(line)![0]);
  expect((await fetch(url)).status).toBe(200);
  const report = async () => {
    const headers = { authorization: `Bearer ${readFileSync(path.join(root, 'home', 'run', 'token'), 'utf8').trim()}` };
    return (await (await fetch(new URL('/api/lab', url), { headers })).json()) as { phase: string };
  };
  while ((await report()).phase === 'starting') await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await report()).toMatchObject({ phase: 'ready', backend: { kind: 'embedded', simulated: true } });

  const second = await run('start', '--no-open');
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(`Open ${url.origin}/sign-in?code=`) });

  expect(await end(child, 'SIGINT')).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
  expect(existsSync(path.join(root, 'home', 'run', 'lab.json'))).toBe(false);
});

it('can be started again after it was killed', async () => {
  const args = ['start', '--no-open', '--port', '0', '--backend', 'embedded'];
  const first = await launch(args, /sign-in/);
  await end(first.child, 'SIGKILL');
  const second = await launch(args, /sign-in/);
  expect(second.line).not.toBe(first.line);
  await end(second.child, 'SIGTERM');
});

it('prints a new link for Enter in its terminal, and is not stopped by it in the background', async () => {
  // As a learner's shell runs it: with job control, so that it can go to the background and come back.
  const shell = pty.spawn('bash', ['--norc', '--noprofile', '-i'], {
    env: { ...process.env, PS1: 'prompt> ', MALHA_HOME: path.join(root, 'home'), MALHA_CACHE: toolCache },
  });
  let screen = '';
  shell.onData((data) => {
    screen += data;
  });
  const links = () => new Set(screen.match(/sign-in\?code=[\w-]{32}/g)).size;
  const shown = (text: string | RegExp) => expect.poll(() => screen, { timeout: 20_000 }).toMatch(text);
  try {
    shell.write(
      `${process.execPath} ${path.join(root, 'dist', 'cli.mjs')} start --no-open --port 0 --backend embedded\r`,
    );
    await shown('Enter prints a new one');
    expect(links()).toBe(1);
    shell.write('\r');
    await expect.poll(links).toBe(2);
    shell.write('\x1a');
    await shown('Stopped');
    shell.write('bg\r');
    await shown(/\]\+? .*&\r\n/);
    screen = '';
    // Each of these is the shell's to read.
    for (const word of ['one', 'two', 'three']) {
      shell.write(`echo ${word}-$((1+1)); jobs\r`);
      await shown(`${word}-2`);
    }
    await shown(/Running/);
    expect(screen).not.toContain('Stopped');
    screen = '';
    shell.write('fg\r');
    await shown('cli.mjs');
    await expect
      .poll(
        () => {
          shell.write('\r');
          return links();
        },
        { timeout: 20_000, interval: 300 },
      )
      .toBeGreaterThan(0);
    screen = '';
    shell.write('\x03');
    await shown(/Stopping\.[\s\S]*prompt> $/);
  } finally {
    shell.kill('SIGKILL');
  }
});

it('reports on the machine as JSON', async () => {
  const { stdout } = await run('doctor', '--json');
  const findings = JSON.parse(stdout) as { name: string }[];
  expect(findings.map(({ name }) => name)).toEqual(['Node', 'Docker', 'kind', 'kubectl', 'helm', 'istioctl']);
});

it('passes everything after `istioctl` to it', async () => {
  expect((await run('istioctl', 'version', '--remote=false')).stdout).toContain('embedded');
  expect((await run('istioctl', '--help')).stdout).toContain('istioctl');
});

it.each([
  [['start', '--port', 'many'], /A port is a number from 0 to 65535/],
  [['start', '--max-terminals', '0'], /A whole number from 1 to 16 is needed/],
  [['start', '--idle-minutes', '1.5'], /A whole number from 1 to 10080 is needed/],
  [['start', '--backend', 'minikube', '--no-open'], /--backend takes auto, embedded, kind or context:<name>/],
  [['walk'], /unknown command 'walk'/],
  [[], /Usage: malha/],
])('refuses %j with a sentence and exit code 1', async (args, words) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/^\s+at /m);
});
