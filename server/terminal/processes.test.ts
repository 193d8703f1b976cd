import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processesOf } from './processes.ts';
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
  const before = await processesOf(marker(), [session.pid]);
  expect(before.length).toBeGreaterThan(1);
  await place.terminals.close(session.info.terminal);
  expect(await processesOf(marker())).toEqual([]);
});

it('ends what a shell left behind that ended by itself', async () => {
  await start('setsid nohup sleep 1000 >/dev/null 2>&1 &');
  session.write('exit\r');
  await until(session, () => session.hasExited);
  expect((await processesOf(marker())).length).toBe(1);
  await place.terminals.closeAll();
  expect(await processesOf(marker())).toEqual([]);
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
  const open = readdirSync(`/proc/${second.pid}/fd`).map((fd) => readlinkSync(path.join(`/proc/${second.pid}/fd`, fd)));
  expect(open.filter((target) => target.includes('ptmx'))).toEqual([]);
  expect(new Set(open.filter((target) => target.startsWith('/dev/pts/'))).size).toBe(1);
});
