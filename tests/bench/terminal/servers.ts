/** The servers that are compared: each in a process of its own, started on loopback and ended by its id. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Connect, connectMalha, connectNaive, connectTerminado, connectTtyd, connectWetty } from './client.ts';

export interface Server {
  name: string;
  port: number;
  token: string;
  connect: Connect;
  /** KiB of memory that is in use by the server's process alone, its shells not counted. */
  memory(): number;
  stop(): Promise<void>;
}

/** Resolves with the server, or with the reason why it cannot be measured here. */
export type Start = (tools: Tools) => Promise<Server | string>;

export interface Tools {
  /** Where this benchmark's own servers are bundled. */
  bundles: string;
  /** Where packages that only this benchmark needs are kept between runs. */
  packages: string;
}

const WETTY = 'wetty@3.2.0';

interface Spawned {
  command: string;
  args: string[];
  /** Left out: the server prints `port <number>`. */
  port?: number;
  env?: NodeJS.ProcessEnv;
}

async function run(name: string, connect: Connect, spawned: Spawned, token = ''): Promise<Server> {
  const child = spawn(spawned.command, spawned.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PS1: '$ ', ...spawned.env },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const server: Server = {
    name,
    port: 0,
    token,
    connect,
    memory: () => memoryOf(child),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) break;
    const printed = /port (\d+)/.exec(said)?.[1];
    server.port = spawned.port ?? Number(printed ?? 0);
    if (server.port > 0 && (await answers(server.port))) return server;
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error(`${name} does not answer:\n${said}`);
}

/** Proportional set size on Linux: shared pages are counted once; elsewhere what `ps` calls the resident set. */
function memoryOf(child: ChildProcess): number {
  if (process.platform === 'linux') {
    const rollup = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]);
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' }));
}

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const has = (command: string, args: string[]) => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const startMalha: Start = async ({ bundles }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'malha-bench-'));
  const token = randomBytes(32).toString('base64url');
  const args = [path.join(bundles, 'malha.mjs'), folder, token];
  const server = await run('Malha', connectMalha, { command: process.execPath, args }, token);
  return {
    ...server,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const startNaive: Start = ({ bundles }) =>
  run('ws + node-pty, naive', connectNaive, { command: process.execPath, args: [path.join(bundles, 'naive.mjs')] });

/** Runs a local shell for root alone; for others it asks an ssh server. */
const startWetty: Start = async ({ packages }) => {
  if (process.getuid?.() !== 0) return 'starts a local shell for root alone';
  const main = path.join(packages, 'node_modules', 'wetty', 'build', 'main.js');
  if (!existsSync(main)) {
    mkdirSync(packages, { recursive: true });
    writeFileSync(path.join(packages, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', WETTY], { cwd: packages });
  }
  const port = await freePort();
  const args = [main, '--host', '127.0.0.1', '--port', String(port), '--command', 'bash --norc --noprofile'];
  return run(WETTY.replace('@', ' '), connectWetty, { command: process.execPath, args, port });
};

const startTtyd: Start = async () => {
  if (!has('ttyd', ['--version'])) return 'not on this machine';
  const port = await freePort();
  const args = ['-i', '127.0.0.1', '-p', String(port), '-W', 'bash', '--norc', '--noprofile'];
  return run('ttyd', connectTtyd, { command: 'ttyd', args, port });
};

const TERMINADO = `
import sys, tornado.ioloop, tornado.web, terminado
manager = terminado.UniqueTermManager(shell_command=['bash', '--norc', '--noprofile'])
app = tornado.web.Application([(r'/websocket', terminado.TermSocket, {'term_manager': manager})])
app.listen(int(sys.argv[1]), '127.0.0.1')
tornado.ioloop.IOLoop.current().start()
`;

const startTerminado: Start = async () => {
  const python = process.env.PYTHON ?? 'python3';
  if (!has(python, ['-c', 'import terminado'])) return 'not on this machine (PYTHON names the interpreter that has it)';
  const port = await freePort();
  return run('terminado', connectTerminado, { command: python, args: ['-c', TERMINADO, String(port)], port });
};

/** Ours and the measure for it come first. */
export const SERVERS: Record<string, Start> = {
  malha: startMalha,
  naive: startNaive,
  wetty: startWetty,
  ttyd: startTtyd,
  terminado: startTerminado,
};
