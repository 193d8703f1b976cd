/** `malha start` from outside: who is let in, a second start, and what is left behind. */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseMessage, ServerMessage, SOCKET_PATH } from '../../server/protocol.ts';
import { freshLink, type Lab, root, startLab } from './lab.ts';

const run = promisify(execFile);
let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab?.stop());

/** The status of a GET with headers of our own, which `fetch` would not let us set. */
const statusOf = (path: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(lab.origin);
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

/** The status that a WebSocket handshake is refused with; 101 where it is not. */
const handshake = (headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const socket = new WebSocket(lab.origin.replace('http', 'ws') + SOCKET_PATH, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', reject);
  });

const cookie = async (of: Lab = lab) => {
  const response = await fetch(await freshLink(of));
  return response.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
};

/** Opens a terminal as the page does, and resolves when its shell is at a prompt. */
async function openTerminal(of: Lab): Promise<void> {
  const headers = { origin: of.origin, cookie: await cookie(of) };
  const socket = new WebSocket(of.origin.replace('http', 'ws') + SOCKET_PATH, { headers });
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The lab has closed the socket before the shell was at a prompt.')));
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'terminal.open', client: 'test-page', columns: 80, rows: 24 })),
    );
    socket.on('message', (data, isBinary) => {
      if (isBinary) return;
      const message = parseMessage(ServerMessage, String(data));
      if (message?.type === 'terminal.changed' && message.info.state === 'prompt') resolve();
    });
  });
}

/** Processes whose environment names the lab's folder: the server, and every shell, by its KUBECONFIG. */
const processesOf = (home: string) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home);
    } catch {
      return false;
    }
  });

it('lets in who has the link, and nobody else', async () => {
  const own = new URL(lab.origin).host;
  expect(await statusOf('/', { host: own })).toBe(401);
  expect(await statusOf('/', { host: 'evil.example' })).toBe(403);
  expect(await statusOf('/', { host: own, cookie: await cookie() })).toBe(200);
  expect(await statusOf('/', { host: 'evil.example', cookie: await cookie() })).toBe(403);
  expect(await handshake({ origin: lab.origin })).toBe(401);
  expect(await handshake({ origin: 'http://evil.example', cookie: await cookie() })).toBe(403);
  expect(await handshake({ origin: 'null', cookie: await cookie() })).toBe(403);
  expect(await handshake({ origin: lab.origin, cookie: await cookie() })).toBe(101);
});

it('gives a second start a link of its own', async () => {
  const env = { ...process.env, MALHA_HOME: lab.home };
  const second = await run(process.execPath, ['bin/malha.mjs', 'start', '--no-open'], { cwd: root, env });
  const said = second.stdout + second.stderr;
  expect(said).toMatch(/already running|runs already|is running/i);
  const link = /https?:\/\/\S+\/sign-in\S+/.exec(said)?.[0] ?? '';
  expect(new URL(link).origin).toBe(lab.origin);
  expect((await fetch(link)).headers.getSetCookie().join()).toMatch(
    /HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/i,
  );
});

it('leaves no process and no port behind', async () => {
  const own = await startLab();
  await openTerminal(own);
  const hasProc = process.platform === 'linux';
  if (hasProc) expect(processesOf(own.home).length).toBeGreaterThan(1);
  expect(await own.stop()).toBe(0);
  await expect(fetch(own.origin)).rejects.toThrow();
  if (hasProc) expect(processesOf(own.home)).toEqual([]);
});

it('says which port is taken', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'malha-e2e-'));
  const child = spawn(
    process.execPath,
    ['bin/malha.mjs', 'start', '--no-open', '--backend', 'embedded', '--port', new URL(lab.origin).port],
    { cwd: root, env: { ...process.env, MALHA_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  // On `exit` something of what it said may still be on its way.
  const code = await new Promise((resolve) => child.on('close', resolve));
  rmSync(home, { recursive: true, force: true });
  expect(code).toBe(1);
  expect(said).toMatch(new RegExp(`port ${new URL(lab.origin).port}`, 'i'));
});
