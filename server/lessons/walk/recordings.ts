/**
 * What blocks really printed, kept in static/recordings: one asciicast for each step, and an index that says of which
 * block, on which cluster and on which day. Written by `malha test --record`, held against the pages by every other run.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import headless from '@xterm/headless';
import * as v from 'valibot';
import { ISTIO } from '../../versions.ts';
import { type TapeEvent, writeCast } from '../cast.ts';
import { blockDigest } from '../digest.ts';
import { RECORDINGS_INDEX, RecordingsIndex, type Tested } from '../recordings.ts';
import { type Lesson, LOCALES, stepNameOf } from '../schema.ts';
import { SIZE } from './reader.ts';
import type { Failure, PageResult } from './walk.ts';

const FOLDER = path.join('static', 'recordings');
/** Seconds. */
const IDLE_LIMIT = 1.5;
const MIN_ROWS = 3;

/** Undefined where nothing has ever been recorded. Rejects where the index is broken: it is ours, not a learner's. */
export async function readIndex(root: string): Promise<RecordingsIndex | undefined> {
  const file = path.join(root, RECORDINGS_INDEX);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return v.parse(RecordingsIndex, JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} is not an index of recordings (${(error as Error).message}): record again.`);
  }
}

/** The steps of a page that have no recording, or one of another block. */
export function staleRecordings(lesson: Lesson, index: RecordingsIndex): Failure[] {
  return lesson.steps.flatMap((step) => {
    const recording = index.recordings[stepNameOf(lesson.page, step.number)];
    const digest = blockDigest(step);
    if (recording?.digest === digest) return [];
    return [
      {
        page: lesson.page,
        places: LOCALES.map((locale) => `${lesson.sources[locale]}:${step.lines[locale]}`),
        what: recording
          ? 'the recording is of another block than the page has now'
          : 'there is no recording of this block',
        command: step.commands.join('\n'),
        expected: `a recording of ${digest.slice(0, 12)}; make it with \`malha test --record ${lesson.page}\``,
        seen: recording ? `one of ${recording.digest.slice(0, 12)}, made ${recording.at}` : 'none',
      },
    ];
  });
}

/** Writes the recordings of pages that have passed, and forgets those of steps that are no more. */
export async function writeRecordings(
  root: string,
  lessons: readonly Lesson[],
  results: readonly PageResult[],
  how: Tested,
): Promise<void> {
  const old = await readIndex(root).catch(() => undefined);
  const known = new Set(lessons.flatMap(({ page, steps }) => steps.map(({ number }) => stepNameOf(page, number))));
  const pages = new Set(lessons.map(({ page }) => page));
  const keep = <T>(record: Record<string, T> = {}, names: Set<string>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
  const index: RecordingsIndex = {
    version: 1,
    recordings: keep(old?.recordings, known),
    tested: keep(old?.tested, pages),
  };
  for (const { page, recordings, failures } of results) {
    if (failures.length > 0) continue;
    const folder = path.join(root, FOLDER, ...page.split('/').filter(Boolean));
    await mkdir(folder, { recursive: true });
    for (const { step, events } of recordings) {
      const name = `${step.number}.cast`;
      await writeFile(path.join(folder, name), await castOf(events));
      const cast = `/recordings${page}${name}`;
      index.recordings[stepNameOf(page, step.number)] = { cast, digest: blockDigest(step), ...how };
    }
    index.tested[page] = how;
  }
  for (const [name, { cast }] of Object.entries(old?.recordings ?? {})) {
    if (!known.has(name)) await rm(path.join(root, 'static', ...cast.split('/')), { force: true });
  }
  await mkdir(path.join(root, FOLDER), { recursive: true });
  await writeFile(path.join(root, RECORDINGS_INDEX), `${JSON.stringify(sorted(index), undefined, 2)}\n`);
}

export const testedNow = (backend: string, malha: string, kubernetes: string | undefined): Tested => ({
  at: new Date().toISOString().slice(0, 10),
  backend,
  versions: { ...(kubernetes ? { kubernetes } : {}), istio: ISTIO, malha },
});

/** As high as what it shows, so that a page need not leave room for an empty screen. */
async function castOf(events: TapeEvent[]): Promise<string> {
  const rows = await rowsOf(events);
  return writeCast({ columns: SIZE.columns, rows, idleTimeLimit: IDLE_LIMIT }, events);
}

async function rowsOf(events: TapeEvent[]): Promise<number> {
  // A CommonJS package: Node finds none of its names.
  const terminal = new headless.Terminal({
    cols: SIZE.columns,
    rows: SIZE.rows,
    scrollback: 0,
    allowProposedApi: true,
  });
  let rows = MIN_ROWS;
  try {
    for (const { data } of events) {
      await new Promise<void>((resolve) => terminal.write(data, resolve));
      const { cursorY } = terminal.buffer.active;
      rows = Math.max(rows, cursorY + 1);
    }
  } finally {
    terminal.dispose();
  }
  return Math.min(rows, SIZE.rows);
}

function sorted(index: RecordingsIndex): RecordingsIndex {
  const byName = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));
  return { version: 1, recordings: byName(index.recordings), tested: byName(index.tested) };
}
