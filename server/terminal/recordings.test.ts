import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseCast } from '../protocol/asciicast.ts';
import type { RecordingInfo } from '../protocol.ts';
import { RecordingError, Recordings, type RecordingsOptions } from './recordings.ts';
import { DEFAULT_SIZE } from './runs.ts';
import type { Session } from './session.ts';
import { deafSink, type Playground, playground, transcript, until } from './testing.ts';

let place: Playground;
let folder: string;
let session: Session;
let shown: () => string;

const make = (more: Partial<RecordingsOptions> = {}) => new Recordings({ folder, screen: () => '', ...more });
const castOf = (info: RecordingInfo) => parseCast(readFileSync(path.join(folder, info.name), 'utf8'));
const outputIn = (text: string) =>
  parseCast(text)
    .events.filter((event) => event.code === 'o')
    .map((event) => event.data)
    .join('');
const outputOf = (info: RecordingInfo) => outputIn(readFileSync(path.join(folder, info.name), 'utf8'));
/** Resolves with the list at its next change. */
const nextList = (recordings: Recordings) =>
  new Promise<RecordingInfo[]>((resolve) => {
    const stop = recordings.changed.on((list) => {
      stop();
      resolve(list);
    });
  });
async function say(line: string): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    let isOver = false;
    const stop = session.mark.on(({ type }) => {
      if (type === 'ended') isOver = true;
      if (!isOver || type !== 'ready') return;
      stop();
      resolve();
    });
  });
  session.input(Buffer.from(`${line}\r`));
  await ended;
}

beforeEach(async () => {
  place = playground({ files: { '.bashrc': 'PS1="learner> "\n' } });
  folder = path.join(place.folder, 'recordings');
  session = place.terminals.open(DEFAULT_SIZE, 3);
  shown = transcript(session);
  await until(session, () => session.info.state === 'prompt');
});
afterEach(() => place.end());

it('records what is shown, commands as markers, sizes and the exit status', async () => {
  const recordings = make();
  recordings.start(session);
  const { recording } = session.info;
  expect(recording).toMatch(/^\d{8}-\d{6}-3\.cast$/);
  await say('echo one');
  const viewer = session.attach(deafSink, 0, { columns: 70, rows: 20 });
  await say('echo two');
  session.detach(viewer);
  const saved = nextList(recordings);
  session.input(Buffer.from('exit 3\r'));
  const [info] = await saved;
  expect(info).toMatchObject({ name: recording, tab: 3, columns: 100, rows: 24, commands: 3 });
  const cast = castOf(info!);
  expect(cast.header).toMatchObject({
    version: 3,
    term: { cols: 100, rows: 24, type: 'xterm-256color' },
    timestamp: info!.started,
    env: { SHELL: 'bash' },
  });
  expect(cast.events.filter(({ code }) => code !== 'o').map(({ code, data }) => [code, data])).toEqual([
    ['m', 'echo one'],
    ['r', '70x20'],
    ['m', 'echo two'],
    ['m', 'exit 3'],
    ['x', '3'],
  ]);
  expect(outputOf(info!)).toMatch(/\rone\r\n/);
  expect(info!.duration).toBe(cast.duration);
  expect(info!.bytes).toBe(statSync(path.join(folder, info!.name)).size);
  expect(session.info.recording).toBeUndefined();
});

it('keeps our marks and their nonce out, and what is typed without being shown', async () => {
  const recordings = make();
  recordings.start(session);
  session.input(Buffer.from('stty -echo; echo quiet; read secret; stty echo\r'));
  await until(session, () => /\rquiet\r\n/.test(shown()));
  await say('sesame');
  await recordings.stop(session);
  const text = readFileSync(path.join(folder, recordings.list()[0]!.name), 'utf8');
  expect(text).toContain('read secret');
  expect(text).not.toContain('sesame');
  expect(text).not.toContain(']633;');
  expect(text).not.toContain('"i"');
});

it('begins with the screen as it is, however long that takes to draw', async () => {
  let draw = (_: string) => {};
  const recordings = make({ screen: () => new Promise((resolve) => (draw = resolve)) });
  recordings.start(session);
  await say('echo after');
  draw('the old screen');
  await recordings.stop(session);
  const [first, ...rest] = castOf(recordings.list()[0]!).events;
  expect(first).toEqual({ time: 0, code: 'o', data: 'the old screen' });
  expect(rest.map((event) => event.data).join('')).toContain('after');
});

it('puts characters together that were split over chunks', async () => {
  const recordings = make();
  recordings.start(session);
  await say(`printf '\\xe2\\x82'; sleep 0.1; printf '\\xac\\n'`);
  await recordings.stop(session);
  expect(outputOf(recordings.list()[0]!)).toMatch(/\r€\r\n/);
});

it('shows nobody else the files', async () => {
  const recordings = make();
  recordings.start(session);
  const file = path.join(folder, session.info.recording!);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await recordings.stop(session);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('has a valid file at every moment, with all but the last second in it', async () => {
  const recordings = make();
  recordings.start(session);
  await say('echo durable');
  const file = path.join(folder, session.info.recording!);
  // Nothing was stopped: what is there now is what a crash would leave.
  const left = await expectEventually(() => {
    const text = readFileSync(file, 'utf8');
    return text !== '' && outputIn(text).includes('\rdurable\r\n') && text;
  });
  expect(left.endsWith('\n')).toBe(true);
  await recordings.stopAll();
});

it('stops by itself at the largest size, with the reason kept in the file', async () => {
  const recordings = make({ maxBytes: 20_000 });
  recordings.start(session);
  const saved = nextList(recordings);
  await say('seq 100000');
  const [info] = await saved;
  expect(info).toMatchObject({ stoppedBy: 'size' });
  expect(info!.bytes).toBeLessThan(20_000 + 6 * 64 * 1024);
  expect(session.info).toMatchObject({ recording: undefined, state: 'prompt' });
  const later = make();
  await later.ready;
  expect(later.list()).toEqual([info]);
});

it('stops by itself after the longest time', async () => {
  const recordings = make({ maxTime: 50 });
  recordings.start(session);
  expect(await nextList(recordings)).toMatchObject([{ stoppedBy: 'time' }]);
});

it('finds the recordings of earlier days, newest first, and leaves what is none', async () => {
  mkdirSync(folder);
  const header = (timestamp: number) => `{"version":3,"term":{"cols":80,"rows":24},"timestamp":${timestamp}}\n`;
  writeFileSync(path.join(folder, '20260101-000000-2.cast'), `${header(100)}[1.5,"o","a"]\n[0.5,"m","ls"]\n`);
  writeFileSync(path.join(folder, 'mine.cast'), `${header(200)}[1,"o","cut off`);
  writeFileSync(path.join(folder, 'broken.cast'), 'not a recording');
  writeFileSync(path.join(folder, 'empty.cast'), '');
  writeFileSync(path.join(folder, 'notes.txt'), 'no');
  symlinkSync('/etc/passwd', path.join(folder, 'link.cast'));
  const recordings = make();
  await recordings.ready;
  expect(recordings.list()).toMatchObject([
    { name: 'mine.cast', tab: 0 },
    { name: '20260101-000000-2.cast', tab: 2, started: 100, duration: 2, commands: 1, columns: 80, rows: 24 },
  ]);
});

it('deletes a recording by its name, and nothing else', async () => {
  const recordings = make();
  recordings.start(session);
  await recordings.stop(session);
  writeFileSync(path.join(place.folder, 'outside.cast'), 'x');
  const { name } = recordings.list()[0]!;
  for (const wrong of ['../outside.cast', `./${name}`, 'no.cast', '', name.toUpperCase()]) {
    expect(recordings.file(wrong)).toBeUndefined();
    expect(await recordings.remove(wrong)).toBe(false);
  }
  expect(await recordings.remove(name)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
  expect(recordings.list()).toEqual([]);
});

it('says why a recording cannot begin', async () => {
  writeFileSync(folder, 'a file in the way');
  expect(() => make().start(session)).toThrow(RecordingError);
  expect(session.info.recording).toBeUndefined();
  const full = make({ folder: path.join(place.folder, 'full'), maxFolder: 0 });
  expect(() => full.start(session)).toThrow(/Delete some/);
});

it('records two terminals and one twice, each in a file of its own', async () => {
  const other = place.terminals.open(DEFAULT_SIZE, 4);
  const recordings = make();
  recordings.start(session);
  recordings.start(session);
  recordings.start(other);
  await recordings.stop(session);
  recordings.start(session);
  await recordings.stopAll();
  expect(new Set(recordings.list().map((info) => info.name)).size).toBe(3);
  expect(shown()).toContain('learner> ');
});

async function expectEventually<T>(look: () => T | false): Promise<T> {
  let found: T | false = false;
  await expect
    .poll(
      () => {
        found = look();
        return found !== false;
      },
      { timeout: 10_000 },
    )
    .toBe(true);
  return found as T;
}
