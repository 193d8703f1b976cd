/** One page in one language, as read from its source: what `readPage` makes and `joinLanguages` puts together. */
import type { Checkpoint, Match } from '../../server/lessons/schema';
import type { RunOptions } from './options';

/** `line`: of its first line in the file, from 1. */
export interface PageStep extends RunOptions {
  number: number;
  line: number;
  /** The block as its author wrote it, comments included. */
  source: string;
  commands: string[];
  output?: { text: string; match: Match; line: number };
}

export interface PageCheck {
  name: string;
  line: number;
  after: number;
  says: string;
  hint: boolean;
  solution?: string[];
}

export interface PageQuestion {
  number: number;
  kind: 'quiz' | 'predict';
  line: number;
  after: number;
  asks: string;
  answers: { text: string; right: boolean }[];
}

export interface PageManifest {
  file: string;
  line: number;
  /** As the page says it; the last one shown where it says nothing. */
  against?: string;
}

/** What the front matter says under `lesson`. */
export interface PageFacts {
  minutes?: number;
  needs?: Checkpoint;
  after?: string[];
}

export interface Page extends PageFacts {
  /** Relative to the project, with `/`. */
  file: string;
  title: string;
  /** Of `lesson:` in the front matter, from 1; 1 where there is none. */
  factsLine: number;
  steps: PageStep[];
  checks: PageCheck[];
  questions: PageQuestion[];
  manifests: PageManifest[];
}

/** A page that says nothing of a lesson and has nothing to do on it is no part of the lessons. */
export const hasLesson = (page: Page): boolean =>
  page.minutes !== undefined ||
  page.steps.length + page.checks.length + page.questions.length + page.manifests.length > 0;
