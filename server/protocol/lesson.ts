/** Messages and shapes of lessons: checks, checkpoints, the learner's progress. */
import * as v from 'valibot';
import { count, integer } from './fields.ts';

/** GET: the Progress as a JSON file; DELETE: erases it. */
export const PROGRESS_PATH = '/api/progress';

export const LESSON_LIMITS = {
  /** A check's time, in milliseconds. */
  check: 10_000,
  /** Bytes of the whole progress as JSON. */
  progress: 1024 * 1024,
  /** Characters of one sentence of a check. */
  text: 2000,
} as const;

/** A page's path without its locale: `/tutorials/first-sidecar/`. */
export const pagePath = v.pipe(v.string(), v.regex(/^\/(?:[\w.-]+\/)*$/), v.maxLength(200));
/** `sidecars-injected`, as the page writes it. */
export const checkName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,59}$/));
/** Of a question on a page: what the page's author or its plugin named it. */
const questionName = v.pipe(v.string(), v.regex(/^[\w.-]{1,80}$/));
const stepNumber = v.pipe(v.string(), v.regex(/^[1-9]\d{0,2}$/));
/** Milliseconds since 1970. */
const time = v.pipe(v.number(), v.integer(), v.minValue(0));

export const Text = v.object({ en: v.string(), 'pt-BR': v.string() });
export type Text = v.InferOutput<typeof Text>;

export const CheckState = v.object({
  page: pagePath,
  name: checkName,
  phase: v.picklist(['running', 'passed', 'failed']),
  /** What it wanted; only of a failed one, and missing where the check itself went wrong (`error` says how). */
  expected: v.optional(Text),
  saw: v.optional(Text),
  /** Why there is no verdict: `late` (its time was over), `cluster` (the API does not answer), `unready` (the lab is not ready, or a lesson is being started), `broken` (the check's own fault). */
  error: v.optional(v.object({ kind: v.picklist(['late', 'cluster', 'unready', 'broken']), text: Text })),
  at: time,
});
export type CheckState = v.InferOutput<typeof CheckState>;

export const LessonState = v.object({
  page: pagePath,
  /**
   * `asking`: something of the learner's would be lost, `losses` says what; nothing has been touched, and a start with
   * `discard` goes on. `working`: `stage` and `message` say at what. `ready`. `failed`: `message` says why.
   */
  phase: v.picklist(['asking', 'working', 'ready', 'failed']),
  /** What is being done. */
  stage: v.optional(v.picklist(['looking', 'reset', 'istio', 'bank', 'files'])),
  /** In English: what is waited for, or what went wrong. */
  message: v.optional(v.string()),
  losses: v.optional(
    v.object({
      /** Objects that are not of the checkpoint the cluster was last brought to: `Deployment web in ucontas-app`. At most 50. */
      objects: v.array(v.string()),
      /** How many there are in all. */
      objectCount: count,
      /** Files of the lesson that the learner changed; they are kept aside under another name. */
      files: v.array(v.string()),
    }),
  ),
  /** Where changed files were put: their new names in the workspace. */
  keptAside: v.optional(v.array(v.string())),
  at: time,
});
export type LessonState = v.InferOutput<typeof LessonState>;

export const PageProgress = v.object({
  /** When the lesson was last brought to its checkpoint, or its first step was run. */
  started: v.optional(time),
  /** Set by the page when all is done. */
  finished: v.optional(time),
  /** By number of the step; written by the server. */
  steps: v.optional(
    v.record(
      stepNumber,
      v.object({
        phase: v.picklist(['passed', 'failed', 'listening', 'ended']),
        exitCode: v.optional(integer),
        at: time,
      }),
    ),
  ),
  /** By name; written by the server. */
  checks: v.optional(
    v.record(
      checkName,
      v.object({
        phase: v.picklist(['passed', 'failed']),
        expected: v.optional(Text),
        saw: v.optional(Text),
        at: time,
      }),
    ),
  ),
  /** By name of the question: which options were chosen (from 0), and whether they were right. */
  answers: v.optional(
    v.record(questionName, v.object({ chosen: v.pipe(v.array(count), v.maxLength(20)), right: v.boolean(), at: time })),
  ),
  /** By name of the check: how far the learner asked for help: 1 the hint, 2 the solution. */
  help: v.optional(v.record(checkName, v.picklist([1, 2]))),
});
export type PageProgress = v.InferOutput<typeof PageProgress>;

export const Progress = v.object({
  version: v.literal(1),
  pages: v.record(pagePath, PageProgress),
});
export type Progress = v.InferOutput<typeof Progress>;

/** What a browser asks of lessons. Only names are sent: the code and its arguments are the built lesson's. */
export const lessonRequests = [
  /** Runs one check; answered by `check.changed`. */
  v.object({ type: v.literal('check'), page: pagePath, name: checkName }),
  /**
   * Brings the cluster to the lesson's checkpoint and writes its files; answered by `lesson.changed`. Where something
   * of the learner's would be lost and `discard` is not given, it asks and does nothing.
   */
  v.object({ type: v.literal('lesson.start'), page: pagePath, discard: v.optional(v.boolean(), false) }),
  /** The same, and forgets what was done on the page. */
  v.object({ type: v.literal('lesson.reset'), page: pagePath, discard: v.optional(v.boolean(), false) }),
  /**
   * Merges into a page's progress: a field that is given replaces that field's entries by name (`answers.q1`), others
   * stay. Answered by `progress` to every browser.
   */
  v.object({ type: v.literal('progress.set'), page: pagePath, part: PageProgress }),
  /** Forgets one page, or everything. */
  v.object({ type: v.literal('progress.erase'), page: v.optional(pagePath) }),
] as const;

export const lessonAnswers = [
  /** Sent after `snapshot` on connection. `current`: the lesson that the cluster was last brought to, in any phase. */
  v.object({
    type: v.literal('lessons'),
    checks: v.array(CheckState),
    current: v.optional(LessonState),
    progress: Progress,
    /** The record of the progress could not be read when the lab started: the file that it was put aside as. */
    setAside: v.optional(v.string()),
  }),
  v.object({ type: v.literal('check.changed'), check: CheckState }),
  v.object({ type: v.literal('lesson.changed'), lesson: LessonState }),
  /** The whole of it, whenever it changes. */
  v.object({ type: v.literal('progress'), progress: Progress }),
] as const;
