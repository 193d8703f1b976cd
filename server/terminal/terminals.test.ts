import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { endProcesses, processesOf } from './processes.ts';
import type { Session } from './session.ts';
import { deafSink, type Playground, playground, transcript, until } from './testing.ts';

const SIZE = { columns: 80, rows: 24 };
let place: Playground;
afterEach(() => place.end());

const atPrompt = async (session: Session) => {
  await until(session, () => session.info.state === 'prompt');
  return session;
};

it('ends a terminal that nobody uses, and says so; one in use stays', async () => {
  // Five seconds: a shell that takes one to start is no idle one.
  place = playground({ idleMinutes: 5 / 60 });
  const idle = await atPrompt(place.terminals.open(SIZE));
  const used = await atPrompt(place.terminals.open(SIZE));
  const typing = setInterval(() => used.input(Buffer.from('x')), 50);
  // Watching is not using.
  idle.attach(deafSink, 0, SIZE);
  try {
    await until(idle, () => idle.hasExited);
  } finally {
    clearInterval(typing);
  }
  expect(idle.info).toMatchObject({ state: 'exited', endedBy: 'idle' });
  expect(used.hasExited).toBe(false);
  expect(await processesOf(`${place.terminals.labId}.${idle.info.terminal}`)).toEqual([]);
  expect(place.terminals.list()).toHaveLength(2);
});

it.each([
  ['a code of its own', 'exit 7', 7],
  ['a signal', 'kill -9 $$', 137],
  ['another one', 'exec sh -c "kill -TERM \\$\\$"', 143],
])('tells how a shell ended: %s', async (_, line, exitCode) => {
  place = playground();
  const session = await atPrompt(place.terminals.open(SIZE));
  session.write(`${line}\r`);
  await until(session, () => session.hasExited);
  expect(session.info).toMatchObject({ state: 'exited', exitCode });
  expect(session.info.endedBy).toBeUndefined();
});

it('opens as many as it may, and says why no more', () => {
  place = playground({ maxTerminals: 20 });
  for (let index = 0; index < 20; index++) place.terminals.open(SIZE);
  expect(() => place.terminals.open(SIZE)).toThrow(expect.objectContaining({ code: 'terminals-full' }));
  expect(new Set(place.terminals.list().map(({ tab }) => tab)).size).toBe(20);
});

it.runIf(process.platform === 'linux')('gives a shell no descriptor of the server', async () => {
  place = playground();
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const sessions: Session[] = [];
    for (let index = 0; index < 4; index++) sessions.push(await atPrompt(place.terminals.open(SIZE)));
    const ours = ownDescriptors();
    expect(ours.some((target) => target.startsWith('socket:'))).toBe(true);
    for (const { pid } of sessions) {
      const targets = descriptorsOf(pid);
      expect(targets.filter((target) => target.includes('ptmx') || ours.includes(target))).toEqual([]);
      expect(new Set(targets.filter((target) => target.startsWith('/dev/pts/'))).size).toBe(1);
    }
  } finally {
    server.close();
  }
});

/** What a process's descriptors stand for. */
function descriptorsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(path.join(folder, fd))];
    } catch {
      return []; // closed between the listing and the reading
    }
  });
}

/** What the server itself has opened: not what it was started with, which it cannot know. */
function ownDescriptors(): string[] {
  const O_CLOEXEC = 0o2000000;
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return Number.parseInt(flags, 8) & O_CLOEXEC && !target.startsWith('/dev/') ? [target] : [];
    } catch {
      return [];
    }
  });
}

it('leaves nobody behind: a census before and after', async () => {
  place = playground();
  const session = await atPrompt(place.terminals.open(SIZE));
  const shown = transcript(session);
  // Told from all others by how long they sleep, and found so without our own ways to find them.
  const seconds = 100_000 + process.pid;
  const lines = [
    'nohup sleep N >/dev/null 2>&1 &',
    'setsid sleep N &',
    'setsid nohup sleep N >/dev/null 2>&1 &',
    `setsid sh -c 'trap "" HUP TERM INT; while :; do sleep N; done' &`,
    'env -i /bin/sh -c "/bin/sleep N & /bin/sleep N" &',
    'env -i setsid /bin/sleep N &',
    'sh -c "(sleep N & (sleep N & sleep N)) & sleep N" &',
    '(sleep N &) ; (setsid sleep N &)',
    `sh -c 'kill -STOP $$; exec sleep N' &`,
    'disown -a',
  ];
  for (const line of lines) session.write(`${line.replaceAll('N', String(seconds))}\r`);
  session.write('echo al""l\r');
  await until(session, () => shown().includes('all\r\n'));
  const sleeping = () => {
    const { stdout } = spawnSync('ps', ['-Aww', '-o', 'stat=,args='], { encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line.includes(`sleep ${seconds}`) && !line.startsWith('Z'));
  };
  await expect.poll(() => sleeping().length).toBeGreaterThanOrEqual(lines.length);
  await place.terminals.closeAll();
  expect(sleeping()).toEqual([]);
});

it('finds by the lab’s name what a lab that crashed has left', async () => {
  place = playground();
  const session = await atPrompt(place.terminals.open(SIZE));
  const shown = transcript(session);
  const deaf = `setsid sh -c 'trap "" HUP TERM; echo de""af; while :; do sleep 1; done' &`;
  session.write(`${deaf} nohup sleep 1000 & echo be""gun\r`);
  // A look can miss what setsid leaves behind at that moment.
  await until(session, () => ['deaf', 'begun'].every((word) => shown().includes(word)));
  const exited = until(session, () => session.hasExited);
  // As a later start does it: it knows nothing but the lab's name.
  expect(await endProcesses(`${place.terminals.labId}.`)).toBeGreaterThan(2);
  await exited;
  expect(await processesOf(`${place.terminals.labId}.`)).toEqual([]);
});
