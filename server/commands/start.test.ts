import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toolCache } from '../../tests/kubectl.ts';
import { Tab } from '../http/testing.ts';
import { beginningOf } from '../lab/lock.ts';
import { readToken } from '../lab/token.ts';
import { LAB_PATH, type LabReport } from '../protocol.ts';
import { MARKER, processesOf } from '../terminal/processes.ts';
import { runStart, type StartCommand } from './start.ts';

let root: string;
let home: string;
let labs: { end: () => void; done: Promise<void> }[];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'malha-start-'));
  home = path.join(root, 'malha');
  mkdirSync(path.join(root, 'site'));
  writeFileSync(path.join(root, 'site', 'index.html'), 'the guide');
  labs = [];
});
afterEach(async () => {
  for (const lab of labs) lab.end();
  await Promise.allSettled(labs.map((lab) => lab.done));
  rmSync(root, { recursive: true, force: true });
});

/** A lab on a stub of a cluster, with real tools; `url` resolves when it has printed its link. */
function start(more: Partial<StartCommand> = {}) {
  const printed: string[] = [];
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let found = (_: string) => {};
  const url = new Promise<string>((resolve) => {
    found = resolve;
  });
  const done = runStart({
    port: 0,
    backend: 'embedded',
    open: false,
    env: { PATH: process.env.PATH, HOME: root, SHELL: '/bin/bash', MALHA_HOME: home, MALHA_CACHE: toolCache },
    version: '0.0.0',
    siteFolder: path.join(root, 'site'),
    lessonsFolder: path.join(root, 'lessons'),
    lessonsWorker: new URL('file:///never-started.mjs'),
    ownIstioctl: ['/bin/echo', "our own istioctl's"],
    workspaceFiles: () => [{ path: 'bank/10-bank.yaml', content: 'kind: Bank\n' }],
    launch: async () => ({
      server: 'https://127.0.0.1:1',
      kubeconfig: 'stub: true\n',
      startupMs: 1,
      stop: async () => {},
    }),
    print: (line) => {
      printed.push(line);
      const link = /http\S+\/sign-in\S+/.exec(line)?.[0];
      if (link) found(link);
    },
    ended,
    ...more,
  });
  const lab = { printed, end, done, url };
  labs.push(lab);
  return lab;
}

const token = () => readToken(path.join(home, 'run', 'token')) ?? '';
const bearer = () => ({ authorization: `Bearer ${token()}` });
/** Signs in with a link as a browser does; its cookie. */
async function signIn(link: string): Promise<string> {
  const answer = await fetch(link);
  expect(answer.status).toBe(200);
  return answer.headers.getSetCookie()[0]!.split(';')[0]!;
}

/** The lab's report once it has come up or failed. */
async function report(url: string): Promise<LabReport> {
  for (;;) {
    const answer = await fetch(`${new URL(url).origin}${LAB_PATH}`, { headers: bearer() });
    const lab = (await answer.json()) as LabReport;
    if (lab.phase !== 'starting') return lab;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('serves the guide and a shell with its tools, and leaves nothing behind', async () => {
  const lab = start();
  const url = await lab.url;
  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(new URL('/', url), { headers: bearer() })).status).toBe(200);
  expect(await report(url)).toMatchObject({ phase: 'ready', backend: { kind: 'embedded', simulated: true } });
  expect(Buffer.from(token(), 'base64url').length).toBeGreaterThanOrEqual(16);
  expect(lab.printed.join()).not.toContain(token());
  expect(readFileSync(path.join(home, 'run', 'lab.json'), 'utf8')).not.toMatch(/sign-in|code=/);
  expect(statSync(path.join(home, 'run', 'lab.json')).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(home, 'run', 'token')).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(home, 'run')).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(home, 'kubeconfig')).mode & 0o777).toBe(0o600);

  const tab = await Tab.open({ origin: new URL(url).origin }, token());
  const terminal = await tab.terminal();
  tab.type(terminal, 'kubectl version --client; istioctl version; ls bank; cat $KUBECONFIG; echo do""ne\r');
  await tab.until(() => tab.screen(terminal).includes('done\r\n'));
  const screen = tab.screen(terminal);
  expect(screen).toContain('Client Version: v1.35');
  expect(screen).toContain("our own istioctl's version");
  expect(screen).toContain('10-bank.yaml');
  expect(screen).toContain('stub: true');
  tab.type(terminal, 'setsid nohup sleep 1000 >/dev/null 2>&1 &\r');
  const labId = JSON.parse(readFileSync(path.join(home, 'run', 'lab.json'), 'utf8')).labId;
  while ((await processesOf(`${labId}.`)).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));

  lab.end();
  await lab.done;
  expect(await processesOf(`${labId}.`)).toEqual([]);
  expect(readdirSync(path.join(home, 'run'))).toEqual(['token']);
  expect(existsSync(path.join(home, 'kubeconfig'))).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
});

it('gives a second start a link of its own', async () => {
  const first = start();
  const url = await first.url;
  const second = start();
  await second.done;
  expect(second.printed.join()).toContain(`Malha is running already (process ${process.pid}). Open http`);
  const link = await second.url;
  expect(new URL(link).origin).toBe(new URL(url).origin);
  expect(link).not.toBe(url);
  for (const each of [url, link]) await signIn(each);
  for (const each of [url, link]) expect((await fetch(each)).status).toBe(401);
});

it('gives one of two starts at once the lab, and the other a link to it', async () => {
  const both = [start(), start()];
  await Promise.race(both.map((lab) => lab.done));
  const links = await Promise.all(both.map((lab) => lab.url));
  for (const link of links) await signIn(link);
});

it('says what to do about a lab that runs and does not answer', async () => {
  mkdirSync(path.join(home, 'run'), { recursive: true });
  const silent = { pid: process.pid, began: beginningOf(process.pid), labId: 'silent', url: 'http://127.0.0.1:1' };
  writeFileSync(path.join(home, 'run', 'lab.json'), JSON.stringify(silent));
  writeFileSync(path.join(home, 'run', 'token'), 'a'.repeat(43), { mode: 0o600 });
  await expect(start().done).rejects.toThrow(
    new RegExp(`is running already \\(process ${process.pid}\\), but gives no link: .*kill ${process.pid}`),
  );
});

it('keeps a browser signed in over a restart, at the same port', async () => {
  const first = start();
  const cookie = await signIn(await first.url);
  const { origin, port } = new URL(await first.url);
  first.end();
  await first.done;
  const second = start({ port: Number(port) });
  await second.url;
  expect((await fetch(origin, { headers: { cookie } })).status).toBe(200);
});

it('makes a new token where others could have read the last one', async () => {
  mkdirSync(path.join(home, 'run'), { recursive: true });
  const file = path.join(home, 'run', 'token');
  for (const [text, mode] of [
    ['b'.repeat(43), 0o644],
    ['short', 0o600],
    ['', 0o600],
  ] as const) {
    rmSync(file, { force: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    const lab = start();
    await lab.url;
    expect(readToken(file)).toMatch(/^[\w-]{43}$/);
    expect(readToken(file)).not.toBe(text);
    lab.end();
    await lab.done;
  }
});

it('prints a new link for each Enter', async () => {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.ReadStream;
  const lab = start({ keyboard });
  await lab.url;
  keyboard.emit('data', Buffer.from('\n'));
  const link = /New link {2}(\S+)/.exec(lab.printed.join('\n'))?.[1];
  await signIn(link!);
});

it('takes over from a lab that crashed, and ends what it left running', async () => {
  const orphan = spawn('sleep', ['1000'], { env: { ...process.env, [MARKER]: 'dead.1' }, stdio: 'ignore' });
  const exited = once(orphan, 'exit');
  const gone = spawn('true');
  await once(gone, 'exit');
  mkdirSync(path.join(home, 'run'), { recursive: true });
  const left = { pid: gone.pid, began: 'long ago', labId: 'dead', url: 'http://127.0.0.1:1' };
  writeFileSync(path.join(home, 'run', 'lab.json'), JSON.stringify(left));
  const lab = start();
  expect((await fetch(await lab.url)).status).toBe(200);
  await exited;
});

it.each(['', '{', '{"pid": 1}', 'null'])('starts where a crash left %j for a lock', async (text) => {
  mkdirSync(path.join(home, 'run'), { recursive: true });
  writeFileSync(path.join(home, 'run', 'lab.json'), text);
  expect((await fetch(await start().url)).status).toBe(200);
});

it('says what to do when the port that was asked for is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(start({ port }).done).rejects.toThrow(
    `Port ${port} is taken by another program: end it, or give another port with --port.`,
  );
  other.close();
  expect(readdirSync(path.join(home, 'run'))).toEqual(['token']);
});

it('says what to do about a site that is not built, a backend that is none, an address that is not ours', async () => {
  await expect(start({ siteFolder: root }).done).rejects.toThrow(/run `npm run build`/);
  await expect(start({ backend: 'minikube' }).done).rejects.toThrow(/--backend takes auto, embedded, kind or context/);
  await expect(start({ host: '192.0.2.1' }).done).rejects.toThrow(/--host 192\.0\.2\.1 is not an address of this mach/);
});

it('gives its terminals none of the secrets of its own environment', async () => {
  const secrets = [
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'GITHUB_TOKEN',
    'GH_TOKEN',
    'NPM_TOKEN',
    'npm_config__auth',
  ];
  const more = ['SSH_AUTH_SOCK', 'GOOGLE_APPLICATION_CREDENTIALS', 'DATABASE_URL', 'MY_PASSWORD', 'OPENAI_API_KEY'];
  const env = {
    ...{ PATH: process.env.PATH, HOME: root, SHELL: '/bin/bash', MALHA_HOME: home, MALHA_CACHE: toolCache },
    ...Object.fromEntries([...secrets, ...more].map((name) => [name, 'open-sesame'])),
  };
  const lab = start({ env });
  const tab = await Tab.open({ origin: new URL(await lab.url).origin }, token());
  const terminal = await tab.terminal();
  tab.type(terminal, 'env; cat /proc/self/environ | tr "\\0" "\\n"; echo do""ne\r');
  await tab.until(() => tab.screen(terminal).includes('done\r\n'));
  expect(tab.screen(terminal)).toContain('KUBECONFIG=');
  expect(tab.screen(terminal)).not.toContain('sesame');
  expect(tab.screen(terminal)).not.toContain(token());
});

it('keeps what the learner changed, brings the rest up to date, and says so', async () => {
  const bank = path.join(home, 'workspace', 'bank', '10-bank.yaml');
  const files = (content: string) => () => [
    { path: 'bank/10-bank.yaml', content },
    { path: 'README.txt', content },
  ];
  const run = async (content: string) => {
    const lab = start({ workspaceFiles: files(content) });
    const { backend } = await report(await lab.url);
    lab.end();
    await lab.done;
    return backend?.note;
  };
  expect(await run('one')).toBeUndefined();
  expect(await run('two')).toBeUndefined();
  expect(readFileSync(bank, 'utf8')).toBe('two');
  writeFileSync(bank, 'mine');
  expect(await run('three')).toBe('Kept as you changed them: bank/10-bank.yaml.');
  expect(readFileSync(bank, 'utf8')).toBe('mine');
  expect(readFileSync(path.join(home, 'workspace', 'README.txt'), 'utf8')).toBe('three');
});

it('serves the pages, and says why, where the cluster does not start', async () => {
  const lab = start({ launch: () => Promise.reject(new Error('No room for a cluster.')) });
  const url = await lab.url;
  expect(await report(url)).toMatchObject({ phase: 'failed', message: 'No room for a cluster.' });
  expect((await fetch(new URL('/', url), { headers: bearer() })).status).toBe(200);
});

it('says so, on the page too, when the cluster ends by itself', async () => {
  let crash = (_: Error) => {};
  const lab = start({
    launch: async (_, onCrash) => {
      crash = onCrash!;
      return { server: '', kubeconfig: '', startupMs: 1, stop: async () => {} };
    },
  });
  const url = await lab.url;
  await report(url);
  crash(new Error('The cluster fell over.'));
  const message = 'The cluster fell over. End the lab with Ctrl-C and start it again.';
  expect(await report(url)).toMatchObject({ phase: 'failed', message });
});

it('says loudly what --host opens, and lets those in who have the link', async () => {
  const lab = start({ host: '0.0.0.0' });
  const url = await lab.url;
  const said = lab.printed.join('\n');
  expect(said).toMatch(/WARNING: --host 0\.0\.0\.0 opens this lab, with a shell of yours/);
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const addresses = own.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
  for (const address of addresses) expect(said).toContain(`  http://${address}:${new URL(url).port}`);
  expect(said).toMatch(/Nothing is encrypted\..*\nCtrl-C stops it\./);
  expect(addresses).toContain(new URL(url).hostname);
  await signIn(url);
  expect((await fetch(new URL('/', url))).status).toBe(401);
});

it('warns of nothing where the address is this machine’s alone', async () => {
  for (const host of ['localhost', '127.0.0.2', '::1']) {
    const lab = start({ host });
    // Not every machine has an IPv6.
    await Promise.race([lab.url, lab.done.catch(() => {})]);
    expect(lab.printed.join()).not.toContain('WARNING');
    lab.end();
    await lab.done.catch(() => {});
  }
  await expect(start({ host: '' }).done).rejects.toThrow(/--host needs an address/);
});

it('ends at once while it still starts', async () => {
  const lab = start({ launch: () => new Promise(() => {}) });
  await lab.url;
  lab.end();
  await lab.done;
});
