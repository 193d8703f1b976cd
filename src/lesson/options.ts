/** Reads what stands behind the language of a fenced block: `run terminal=2 background ready="Forwarding from"`. */
import { MATCHES, type Match, STEP_TIMEOUT } from '../../server/lessons/schema';
import { LIMITS } from '../../server/protocol';

export interface RunOptions {
  terminal: number;
  background: boolean;
  ready?: string;
  /** Exit code of the last command with which the step has passed. */
  expectExit: number;
  /** Milliseconds. */
  timeout: number;
}

const KNOWN = 'terminal=<number>, background, ready="<text>", expect-exit=<number> and timeout=<time>';
/** A lesson that needs longer for one step is cut wrongly. Milliseconds. */
const LONGEST = 30 * 60_000;

/** Throws an Error whose message says what was expected and what was seen. `meta` begins with the word `run`. */
export function parseRunOptions(meta: string): RunOptions {
  const options: RunOptions = { terminal: 1, background: false, expectExit: 0, timeout: STEP_TIMEOUT };
  for (const [name, value] of eachOnce(meta.trim().replace(/^run\b/, ''))) {
    switch (name) {
      case 'terminal':
        options.terminal = tabNumber(value);
        break;
      case 'background':
        if (value !== undefined) throw new Error('option background takes no value');
        options.background = true;
        break;
      case 'ready':
        if (value === undefined || value === '') throw new Error('option ready needs a text: ready="Forwarding from"');
        if (value.length > 200) throw new Error('option ready takes at most 200 characters');
        options.ready = value;
        break;
      case 'expect-exit':
        options.expectExit = exitCode(value);
        break;
      case 'timeout':
        options.timeout = duration(value);
        break;
      default:
        throw new Error(`unknown option ${name}; known are ${KNOWN}`);
    }
  }
  if (options.ready !== undefined && !options.background) throw new Error('option ready needs background beside it');
  if (options.expectExit !== 0 && options.background) {
    throw new Error('option expect-exit is for a command that ends: not with background');
  }
  return options;
}

/** How an output is compared. `meta` begins with the word `output`. */
export function parseOutputOptions(meta: string): Match {
  const [first, ...more] = [...eachOnce(meta.trim().replace(/^output\b/, ''))];
  if (first === undefined) return 'like';
  const [name, value] = first;
  const match = MATCHES.find((known) => known === name);
  if (match === undefined || value !== undefined) {
    throw new Error(`unknown option behind output: ${name}; known are ${MATCHES.join(', ')}`);
  }
  if (more.length > 0) throw new Error('an output is compared in one way only');
  return match;
}

function tabNumber(value: string | undefined): number {
  const tab = Number(value);
  if (!Number.isInteger(tab) || tab < 1 || tab > LIMITS.terminals) {
    throw new Error(`option terminal takes a number from 1 to ${LIMITS.terminals}, not ${value ?? 'nothing'}`);
  }
  return tab;
}

function exitCode(value: string | undefined): number {
  if (value === undefined || !/^\d{1,3}$/.test(value) || Number(value) > 255) {
    throw new Error(`option expect-exit takes a number from 0 to 255, not ${value ?? 'nothing'}`);
  }
  return Number(value);
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };

function duration(value: string | undefined): number {
  const match = /^(\d{1,6})(ms|s|m)$/.exec(value ?? '');
  const time = match === null ? 0 : Number(match[1]) * UNITS[match[2]!]!;
  if (time < 1 || time > LONGEST) {
    throw new Error(`option timeout takes a time up to 30m, such as 60s, 2m or 500ms, not ${value ?? 'nothing'}`);
  }
  return time;
}

/** Throws where an option is given a second time. */
function eachOnce(text: string): Map<string, string | undefined> {
  const words = new Map<string, string | undefined>();
  for (const [name, value] of parseWords(text)) {
    if (words.has(name)) throw new Error(`option ${name} is given twice`);
    words.set(name, value);
  }
  return words;
}

function parseWords(text: string): [name: string, value: string | undefined][] {
  const words: [string, string | undefined][] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = /^([^\s="]+)(?:=(?:"([^"]*)"|([^\s"]*)))?(?:\s+|$)/.exec(rest);
    if (match === null) throw new Error(`cannot read the options from here on: ${rest}`);
    words.push([match[1]!, match[2] ?? match[3]]);
    rest = rest.slice(match[0].length);
  }
  return words;
}
