/** What pages and the server tell each other of lessons: checks, checkpoints, and what the learner has done. */
import * as v from 'valibot';
import { count, integer, stepName } from './fields.ts';

const locale = v.picklist(['en', 'pt-BR']);
/** A page's path without the language: `/tutorials/first-sidecar/`. */
const pageName = v.pipe(v.string(), v.regex(/^\/[^\s#!?]*$/), v.maxLength(300));
/** `<page>!<check>`, such as `/tutorials/first-sidecar/!sidecars-injected`. */
const checkName = v.pipe(v.string(), v.regex(/^\/[^\s#!?]*![a-z0-9-]+$/), v.maxLength(300));
/** `<page>?<number>`; quizzes and predictions of a page are numbered together, from 1. */
const questionName = v.pipe(v.string(), v.regex(/^\/[^\s#!?]*\?\d+$/), v.maxLength(300));
/** Milliseconds since 1970. */
const moment = v.pipe(v.number(), v.integer(), v.minValue(0));
const perLocale = v.object({ en: v.string(), 'pt-BR': v.string() });

/** The last run of a check. Text in it may come from the cluster: it is text, never markup. */
export const CheckState = v.object({
  check: checkName,
  phase: v.picklist(['running', 'passed', 'failed']),
  /** Of a check that failed by what it saw. */
  expected: v.optional(perLocale),
  saw: v.optional(perLocale),
  /** Of a check that could not look: it threw, took too long, or there was no cluster to look at. */
  reason: v.optional(v.picklist(['threw', 'timeout', 'no-cluster', 'unknown-check'])),
  /** In English: what was thrown. */
  message: v.optional(v.string()),
  at: moment,
});
export type CheckState = v.InferOutput<typeof CheckState>;

/** What bringing the lab to a checkpoint would throw away. */
export const Loss = v.object({
  kind: v.picklist(['namespace', 'object', 'file', 'program', 'step']),
  /** A namespace's name, `kind namespace/name`, a path in the workspace, a command that runs, a step's name. */
  name: v.string(),
});
export type Loss = v.InferOutput<typeof Loss>;

/** Where the lab stands on its way to a lesson's checkpoint. */
export const LessonState = v.object({
  page: pageName,
  /** `asks`: `losses` would be thrown away, nothing was done yet; `starting`: under way; `ready`; `failed`: message says why. */
  phase: v.picklist(['asks', 'starting', 'ready', 'failed']),
  losses: v.optional(v.array(Loss)),
  /** Stages of the way, in order; the page has the words. */
  stage: v.optional(v.picklist(['terminals', 'reset', 'istio', 'bank', 'wait', 'files'])),
  /** What the stage is at, such as a Deployment's name. */
  detail: v.optional(v.string()),
  /** Stages done, and how many there are. */
  done: v.optional(count),
  of: v.optional(count),
  message: v.optional(v.string()),
  /** Files of the learner's that differ from the lesson's and were kept. */
  kept: v.optional(v.array(v.string())),
});
export type LessonState = v.InferOutput<typeof LessonState>;

export const Answer = v.object({
  /** Indexes of the answers chosen, from 0, in order. */
  choice: v.pipe(v.array(count), v.maxLength(50)),
  right: v.boolean(),
  at: moment,
});
export type Answer = v.InferOutput<typeof Answer>;

/** What the learner has done, on this lab. The same shape is kept in the browser where there is no lab. */
export const Progress = v.object({
  version: v.literal(1),
  /** Steps that passed at least once since the lesson was last started, by name. */
  steps: v.record(stepName, v.object({ at: moment, exitCode: v.optional(integer) })),
  /** Checks by name: their last result. */
  checks: v.record(checkName, v.object({ passed: v.boolean(), at: moment, result: v.optional(CheckState) })),
  answers: v.record(questionName, Answer),
});
export type Progress = v.InferOutput<typeof Progress>;

export const emptyProgress = (): Progress => ({ version: 1, steps: {}, checks: {}, answers: {} });

/** From the page. */
export const LessonClientMessages = [
  /** Runs a check of the built lesson; answered by `check.changed` to every page. */
  v.object({ type: v.literal('check.run'), check: checkName }),
  /**
   * Brings the lab to the lesson's checkpoint (Start here, Reset) and writes the lesson's files. Without `confirmed`,
   * where something of the learner's would be lost, it is answered by `lesson.changed` with `asks` alone.
   */
  v.object({ type: v.literal('lesson.start'), page: pageName, confirmed: v.optional(v.boolean(), false) }),
  /** Takes back a question that `asks`. */
  v.object({ type: v.literal('lesson.cancel'), page: pageName }),
  v.object({
    type: v.literal('progress.answer'),
    question: questionName,
    choice: v.pipe(v.array(count), v.maxLength(50)),
    right: v.boolean(),
    locale: v.optional(locale),
  }),
  /** Forgets one page's progress, or all; what runs in the cluster stays. */
  v.object({ type: v.literal('progress.erase'), page: v.optional(pageName) }),
] as const;

/** From the server. `progress` follows `snapshot` on connection, and comes again, whole, whenever it changes. */
export const LessonServerMessages = [
  v.object({ type: v.literal('progress'), progress: Progress, checks: v.array(CheckState) }),
  v.object({ type: v.literal('check.changed'), check: CheckState }),
  v.object({ type: v.literal('lesson.changed'), lesson: v.nullable(LessonState) }),
] as const;
