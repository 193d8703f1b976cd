import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { endProcesses, MARKER, processesOf } from './processes.ts';
import { DEFAULT_SIZE } from './runs.ts';
import type { Session } from './session.ts';
import { type Playground, playground, transcript, until } from './testing.ts';

let place: Playground;
let session: Session;
let shown: () => string;
beforeEach(async () => {
  place = playground();
  session = place.terminals.open(DEFAULT_SIZE);
  shown = transcript(session);
  await until(session, () => session.info.state === 'prompt');
});
afterEach(() => place.end());

const marker = () => `${place.terminals.labId}.`;
/** Runs a line, then one that prints `started`, and waits for that. */
async function start(line: string): Promise<void> {
  session.write(`${line}\recho star""ted\r`);
  await until(session, () => shown().includes('started\r\n'));
}

it.each([
  ['a background job', 'sleep 1000 &'],
  ['nohup', 'nohup sleep 1000 >/dev/null 2>&1 &'],
  ['setsid', 'setsid sleep 1000 &'],
  ['nohup in a new session', 'setsid nohup sleep 1000 >/dev/null 2>&1 &'],
  ['a program that ignores HUP and TERM', `sh -c 'trap "" HUP TERM; while :; do sleep 1; done' &`],
  ['an emptied environment', 'env -i /bin/sh -c "/bin/sleep 1000 & /bin/sleep 1000" &'],
  ['a tree of processes', 'sh -c "sh -c \\"sleep 1000 & sleep 1000\\" & sleep 1000" &'],
  ['a stopped job', 'sleep 1000 & kill -STOP $!'],
])('ends with its terminal: %s', async (_, line) => {
  await start(line);
  // A look can miss what setsid leaves behind at that moment.
  await expect.poll(async () => (await processesOf(marker(), [session.pid])).length).toBeGreaterThan(1);
  await place.terminals.close(session.info.terminal);
  expect(await processesOf(marker())).toEqual([]);
});

it('ends what a shell left behind that ended by itself', async () => {
  await start('setsid nohup sleep 1000 >/dev/null 2>&1 &');
  session.write('exit\r');
  await until(session, () => session.hasExited);
  // setsid may be seen beside the child that it leaves behind.
  await expect.poll(async () => (await processesOf(marker())).length).toBe(1);
  await place.terminals.closeAll();
  expect(await processesOf(marker())).toEqual([]);
});

it('ends what a process starts just before it is killed', async () => {
  const late = `${marker()}late`;
  const started: ChildProcess[] = [];
  const startDeaf = () => {
    const child = spawn('sh', ['-c', 'trap "" HUP TERM; echo deaf; exec sleep 1000'], {
      env: { ...process.env, [MARKER]: late },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(child);
    return child;
  };
  await once(startDeaf().stdout, 'data');
  const kill = process.kill.bind(process);
  const killing = vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    if (signal === 'SIGKILL' && started.length === 1) startDeaf();
    return kill(pid, signal);
  });
  try {
    await endProcesses(late);
    expect(started).toHaveLength(2);
    expect(await processesOf(late)).toEqual([]);
  } finally {
    killing.mockRestore();
    for (const child of started) child.kill('SIGKILL');
  }
});

it('leaves other processes alone', async () => {
  const other = place.terminals.open(DEFAULT_SIZE);
  await until(other, () => other.info.state === 'prompt');
  await place.terminals.close(session.info.terminal);
  expect(other.hasExited).toBe(false);
});

it.runIf(process.platform === 'linux')('gives a shell no descriptor of an earlier terminal', async () => {
  const second = place.terminals.open(DEFAULT_SIZE);
  await until(second, () => second.info.state === 'prompt');
  const folder = `/proc/${second.pid}/fd`;
  const open = readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(path.join(folder, fd))];
    } catch {
      return []; // closed between the listing and the reading
    }
  });
  expect(open.filter((target) => target.includes('ptmx'))).toEqual([]);
  expect(new Set(open.filter((target) => target.startsWith('/dev/pts/'))).size).toBe(1);
});
