/**
 * What a lesson is: one description, read out of its page at build time (src/lesson/read.ts), that the page, the
 * server, `malha test` and the recordings share. Nothing else says what a page runs, checks or asks.
 */
import * as v from 'valibot';
import { LIMITS } from '../protocol/limits.ts';

export const LOCALES = ['en', 'pt-BR'] as const;
export type Locale = (typeof LOCALES)[number];

/**
 * Known states of the cluster that a lesson starts from. `empty`: a cluster as it comes; `istio-demo`: Istio installed
 * with the demo profile; `bank`: that, and the bank running in `ucontas-app`, which has no label for injection.
 */
export const CHECKPOINTS = ['empty', 'istio-demo', 'bank'] as const;
export type Checkpoint = (typeof CHECKPOINTS)[number];

/** How a step's output is held against what its page shows: src/lesson/match.ts. */
export const MATCHES = ['like', 'exact', 'contains', 'regex'] as const;
export type Match = (typeof MATCHES)[number];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const line = v.pipe(v.number(), v.integer(), v.minValue(1));
const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(1));
const lines = v.object({ en: line, 'pt-BR': line });
/** Words for the reader, as plain text without Markdown. */
const words = v.object({ en: v.string(), 'pt-BR': v.string() });
/** The reader's words, in each of the site's languages. */
export type Words = v.InferOutput<typeof words>;
const commands = v.pipe(
  v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.command))),
  v.minLength(1),
  v.maxLength(LIMITS.commands),
);

/** How long a step may take where its block does not say otherwise. Milliseconds. */
export const STEP_TIMEOUT = 120_000;

export const Output = v.object({
  text: v.pipe(v.string(), v.minLength(1)),
  match: v.picklist(MATCHES),
  /** Of its fence, from 1. */
  lines,
});
export type Output = v.InferOutput<typeof Output>;

export const Step = v.object({
  /** Number of the block on its page, from 1. */
  number: v.pipe(count, v.minValue(1)),
  /** Of its fence, from 1. */
  lines,
  /** What Run types, one entry for each command, continuation lines and here-documents included. */
  commands,
  /** The terminal tab, from 1. */
  terminal: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.terminals)),
  /** The last command stays in the foreground of its tab. */
  background: v.boolean(),
  /** What the background command prints once it serves. */
  ready: v.optional(v.string()),
  /** The exit code of the last command with which the step has passed; 0 unless the block says otherwise. */
  expectExit: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  timeout: milliseconds,
  output: v.optional(Output),
});
export type Step = v.InferOutput<typeof Step>;

/** Begins with a letter; then letters, digits and dashes. It is the export of checks.ts in camel case: `exportName`. */
export const CHECK_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export const Check = v.object({
  name: v.pipe(v.string(), v.regex(CHECK_NAME), v.maxLength(80)),
  /** Number of the step that it follows on the page. */
  after: v.pipe(count, v.minValue(1)),
  lines,
  /** What it looks at, as its page says it. */
  says: words,
  /** The page has a hint for it. */
  hint: v.boolean(),
  /** What "do it for me" types into terminal 1, where the page has a solution with commands. */
  solution: v.optional(commands),
});
export type Check = v.InferOutput<typeof Check>;

/** A question of the page. `predict` stands before the step that answers it. Both kinds are numbered together. */
export const Question = v.object({
  number: v.pipe(count, v.minValue(1)),
  kind: v.picklist(['quiz', 'predict']),
  /** Number of the last step before it on the page; 0 where there is none. A prediction is about the next one. */
  after: count,
  lines,
  asks: words,
  answers: v.pipe(v.array(v.object({ text: words, right: v.boolean() })), v.minLength(2)),
});
export type Question = v.InferOutput<typeof Question>;

export const Manifest = v.object({
  /** Its path in the lesson's folder, such as `10-bank.yaml`; in the workspace it is `<lesson's id>/10-bank.yaml`. */
  file: v.string(),
  content: v.string(),
  /** The file that its page shows it beside: the one it names, else the last one shown before it. */
  against: v.optional(v.string()),
  lines,
});
export type Manifest = v.InferOutput<typeof Manifest>;

export const Lesson = v.object({
  /** A lesson's folder name in docs/tutorials; for any other page its path without the outer slashes. */
  id: v.pipe(v.string(), v.minLength(1)),
  /** The page's path without the language: `/tutorials/first-sidecar/`; names of steps begin with it. */
  page: v.pipe(v.string(), v.regex(/^\/([^/]+\/)*$/)),
  /** It has a folder of its own with checks and manifests. */
  isTutorial: v.boolean(),
  /** Source files, relative to the project, with `/`. */
  sources: v.object({ en: v.string(), 'pt-BR': v.string() }),
  /** The file with its checks, relative to the project, where there is one. */
  checksFile: v.optional(v.string()),
  title: words,
  /** How long it takes to read and do. */
  minutes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** The checkpoint that it starts from. */
  needs: v.optional(v.picklist(CHECKPOINTS)),
  /** Ids of the lessons that come before. */
  after: v.array(v.string()),
  steps: v.array(Step),
  checks: v.array(Check),
  questions: v.array(Question),
  manifests: v.array(Manifest),
});
export type Lesson = v.InferOutput<typeof Lesson>;

/** The file that the build writes: every page that has anything to do, in the order of their paths. */
export const Lessons = v.object({ version: v.literal(1), lessons: v.array(Lesson) });
export type Lessons = v.InferOutput<typeof Lessons>;

/** `sidecars-injected` is exported by checks.ts as `sidecarsInjected`. */
export const exportName = (check: string) => check.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export const stepNameOf = (page: string, number: number) => `${page}#${number}`;
export const checkNameOf = (page: string, check: string) => `${page}!${check}`;
/** Quizzes and predictions of a page, numbered together. */
export const questionNameOf = (page: string, number: number) => `${page}?${number}`;
