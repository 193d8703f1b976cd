/** What the page's components get from the remark plugin, as JSON; and the names that they go by at the lab. */
import type { Recorded } from '../../server/lessons/recordings';
import type { Match } from '../../server/lessons/schema';

export interface Step {
  /** Number of the block on its page, from 1. */
  number: number;
  /** The block as its author wrote it, comments included. */
  source: string;
  /** What Run types and Copy copies, one entry for each command, continuation lines and here-documents included. */
  commands: string[];
  /** Which terminal tab it runs in, from 1. */
  terminal: number;
  /** The last command stays in the foreground of its tab. */
  background: boolean;
  /** Text that the background command prints once it serves. */
  ready?: string;
  /** Exit code of the last command with which the step has passed; 0 where it is left out. */
  expectExit?: number;
  /** How long it may run before the page says that something is wrong. Milliseconds. */
  timeout: number;
  /** The `text output` block that follows. */
  expected?: string;
  /** How it is compared; `like` where it is left out. */
  match?: Match;
  /** What the block printed when it was recorded; left out where the block has changed since. */
  recording?: StepRecording;
}

export type StepRecording = Pick<Recorded, 'cast' | 'at' | 'backend' | 'versions'>;

/** A part of a page under one of its headings: what the table of contents counts. */
export interface Section {
  /** The heading's anchor; empty for what stands before the first. */
  heading: string;
  steps: number[];
  checks: string[];
  questions: number[];
}

/** What there is to do on a page, for the bar at its top and for all that counts what is done. */
export interface PageData {
  /** Path without the language. */
  page: string;
  sections: Section[];
  /** What "Run all up to here" runs, in order. */
  steps: Step[];
  /** Each check's name and the step that it follows. */
  checks: { name: string; after: number }[];
  /** Its files, for the learner's workspace. */
  manifests: string[];
}

/** A page's path without the language: `baseUrl` is the site's for the reader's language, such as `/` or `/pt-BR/`. */
export function pageName(pathname: string, baseUrl: string): string {
  const withoutBase = pathname.startsWith(baseUrl) ? pathname.slice(baseUrl.length) : pathname.replace(/^\//, '');
  return `/${withoutBase}`.replace(/\/?(index\.html)?$/, '/');
}

/** A step's name in the protocol: `/install/#3` for the third block of `/install/`, the same in every language. */
export function stepName(pathname: string, baseUrl: string, number: number): string {
  return `${pageName(pathname, baseUrl)}#${number}`;
}
