/**
 * `malha test`: runs every step of every page through the real server, and proves every check. Pages run in a few labs
 * side by side; those that take the same port of this machine run one after the other.
 */
import { availableParallelism } from 'node:os';
import { stage } from '../../bin/stages.mjs';
import { checkBackendName } from '../clusters/choose.ts';
import { readBuiltLessons } from '../lessons/built.ts';
import type { Lesson } from '../lessons/schema.ts';
import { readIndex, staleRecordings, testedNow, writeRecordings } from '../lessons/walk/recordings.ts';
import { differences, failure, table } from '../lessons/walk/report.ts';
import { schedule } from '../lessons/walk/schedule.ts';
import { type PageResult, walk } from '../lessons/walk/walk.ts';
import { startTestLab, type TestLab, type TestLabOptions } from './test-lab.ts';

export interface TestCommand extends Omit<TestLabOptions, 'built' | 'progress'> {
  /** A page, its source file, or a folder of either; everything where it is left out. */
  what?: string;
  record: boolean;
  json: boolean;
  /** Labs side by side, on the embedded cluster. */
  jobs?: number;
  /** The project's folder, for recordings. */
  root: string;
  lessonsFolder: string;
  print(line: string): void;
  /** Resolves when the author wants it to end. */
  ended: Promise<unknown>;
}

/** Resolves with the exit code. Rejects with an Error for the author where nothing could be run. */
export async function runTest(command: TestCommand): Promise<number> {
  const { what, record, json, root, print } = command;
  const backend = checkBackendName(command.backend);
  const built = readBuiltLessons(command.lessonsFolder);
  const lessons = select(built.all(), what);
  const index = record ? undefined : await readIndex(root);
  const began = performance.now();
  const labs = await startLabs({ ...command, backend, built }, lessons);
  let results: PageResult[];
  try {
    results = await walkAll(lessons, labs, command);
  } finally {
    await Promise.all(labs.map((lab) => lab.end()));
  }
  if (record) {
    const { backend: where, version } = labs[0]!.report;
    const how = testedNow(where?.label ?? backend, version, where?.kubernetesVersion);
    await writeRecordings(root, built.all(), results, how);
  } else if (index) {
    for (const [number, lesson] of lessons.entries()) results[number]!.failures.push(...staleRecordings(lesson, index));
  }
  const failures = results.flatMap((result) => result.failures);
  const seconds = (performance.now() - began) / 1000;
  if (json) {
    const pages = results.map(({ recordings: _, ...result }) => result);
    print(JSON.stringify({ passed: failures.length === 0, backend, seconds, pages }, undefined, 2));
  } else {
    for (const one of failures) print(`${failure(one)}\n`);
    const left = differences(results);
    print([table(results), ...(left ? ['', left] : []), '', sum(results, seconds)].join('\n'));
  }
  return failures.length === 0 ? 0 : 1;
}

/** Rejects where nothing is meant by `what`. */
export function select(all: readonly Lesson[], what: string | undefined): Lesson[] {
  const runnable = all.filter(({ steps, checks }) => steps.length + checks.length > 0);
  if (what === undefined) {
    if (runnable.length === 0) throw new Error('There is no page with steps: build first with `malha build`.');
    return runnable;
  }
  const name = what.replace(/^\.\//, '').replace(/\/+$/, '');
  const inside = (path: string) => path === name || path.startsWith(`${name}/`);
  const found = runnable.filter(
    ({ id, page, sources }) =>
      id === name ||
      inside(page.replace(/\/$/, '')) ||
      inside(page.slice(1, -1)) ||
      Object.values(sources).some(inside),
  );
  if (found.length > 0) return found;
  throw new Error(`${what} is no page with steps. There are: ${runnable.map(({ page }) => page).join(' ')}`);
}

async function startLabs(
  options: TestCommand & { built: TestLabOptions['built'] },
  lessons: Lesson[],
): Promise<TestLab[]> {
  const most = options.backend === 'embedded' ? (options.jobs ?? Math.max(3, availableParallelism() / 2)) : 1;
  const count = Math.max(1, Math.min(Math.floor(most), lessons.length));
  return stage(count === 1 ? 'Start a lab' : `Start ${count} labs`, async (detail) => {
    const starting = Array.from({ length: count }, () => startTestLab({ ...options, progress: detail }));
    const settled = await Promise.allSettled(starting);
    const labs = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = settled.find((one) => one.status === 'rejected');
    if (!failed) return labs;
    await Promise.all(labs.map((lab) => lab.end()));
    throw failed.reason;
  });
}

async function walkAll(lessons: Lesson[], labs: TestLab[], { ended }: TestCommand): Promise<PageResult[]> {
  let stopped = false;
  const interrupted = ended.then(() => {
    stopped = true;
    throw new Error('Ended before all pages were run.');
  });
  const walking = stage('Walk the pages', async (detail) => {
    let done = 0;
    return schedule(lessons, labs, async (lesson, lab) => {
      if (stopped) throw new Error('Ended.');
      const result = await walk(lesson, lab);
      done++;
      detail(`${done} of ${lessons.length}: ${lesson.page}`);
      return result;
    });
  });
  // Whoever loses the race is told to stop, and must not be an unhandled rejection.
  walking.catch(() => {});
  interrupted.catch(() => {});
  return Promise.race([walking, interrupted]);
}

function sum(results: readonly PageResult[], seconds: number): string {
  const steps = results.reduce((all, one) => all + one.steps.passed, 0);
  const checks = results.reduce((all, one) => all + one.checks.proved, 0);
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const pages = `${results.length} pages in English and Portuguese (one run stands for both: the build refuses steps or outputs that differ)`;
  return `${pages}: ${steps} steps passed, ${checks} checks proved, ${failed} pages failed; ${seconds.toFixed(1)} s`;
}
