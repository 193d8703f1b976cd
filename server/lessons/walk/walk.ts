/**
 * Walks one page as a learner would: brings the lab to the page's checkpoint, runs each step through Run's own path,
 * holds the output against the page, and proves each check by running it before its step and after.
 */
import { matchOutput } from '../../../src/lesson/match.ts';
import { LESSON_LIMITS, type RunState } from '../../protocol.ts';
import type { TapeEvent } from '../cast.ts';
import { compare, type Difference, type Inventory } from '../inventory.ts';
import { isInForce, phaseOf } from '../outcome.ts';
import { type Check, type Lesson, LOCALES, type Locale, type Step, stepNameOf } from '../schema.ts';
import type { Reader } from './reader.ts';
import { Tape } from './tape.ts';

export interface Failure {
  page: string;
  /** `docs/install/index.mdx:57`, one for each language. */
  places: string[];
  /** What was wrong, in a few words. */
  what: string;
  command?: string;
  expected?: string;
  seen?: string;
}

export interface BlockRecording {
  step: Step;
  events: TapeEvent[];
}

export interface PageResult {
  page: string;
  sources: Record<Locale, string>;
  /** How many were run and passed, of how many there are. */
  steps: { passed: number; all: number };
  checks: { proved: number; all: number };
  /** Of it, to bring the lab to the checkpoint. */
  seconds: number;
  startSeconds: number;
  failures: Failure[];
  /** What the page leaves in the cluster; undefined where it did not get to its end. */
  left?: Difference;
  recordings: BlockRecording[];
}

export interface WalkOptions {
  reader: Reader;
  inventory: () => Promise<Inventory>;
  /** Texts of this machine that no recording may show, and what stands for them. */
  hide: readonly [string, string][];
}

/** Milliseconds. A real cluster pulls images. */
const START_TIMEOUT = 900_000;
const CHECK_TIMEOUT = LESSON_LIMITS.check + 10_000;
/** After a step, for the prompt to come back; after a step that listens, for the rest of its first words. */
const PROMPT_PATIENCE = 5_000;
const LISTENING_REST = 500;

export async function walk(lesson: Lesson, { reader, inventory, hide }: WalkOptions): Promise<PageResult> {
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const result: PageResult = {
    page: lesson.page,
    sources: lesson.sources,
    steps: { passed: 0, all: lesson.steps.length },
    checks: { proved: 0, all: lesson.checks.length },
    seconds: 0,
    startSeconds: 0,
    failures: [],
    recordings: [],
  };
  const tapes = new Map<number, Tape>();
  const tapeOf = (terminal: number) => {
    const tape = tapes.get(terminal) ?? new Tape(hide);
    tapes.set(terminal, tape);
    return tape;
  };
  const stopListening = reader.output.on(({ terminal, bytes }) => tapeOf(terminal).push(bytes, performance.now()));
  const walker = new Walker(lesson, reader, result, tapeOf);
  try {
    const started = await reader.startLesson(lesson.page, START_TIMEOUT);
    result.startSeconds = since();
    if (started.phase === 'failed') throw new Error(`the lab was not brought to its checkpoint: ${started.message}`);
    const before = await inventory();
    if (await walker.walk()) result.left = compare(before, await inventory());
  } catch (error) {
    walker.fail({ en: 1, 'pt-BR': 1 }, { what: (error as Error).message });
  } finally {
    stopListening();
    await reader.closeTerminals().catch(() => {});
    result.seconds = since();
  }
  return result;
}

class Walker {
  constructor(
    private readonly lesson: Lesson,
    private readonly reader: Reader,
    private readonly result: PageResult,
    /** The tape of a terminal, which is made when it is first asked for. */
    private readonly tapeOf: (terminal: number) => Tape,
  ) {}

  fail(lines: Record<Locale, number>, failure: Omit<Failure, 'page' | 'places'>): void {
    const { page, sources } = this.lesson;
    const places = LOCALES.map((locale) => `${sources[locale]}:${lines[locale]}`);
    this.result.failures.push({ page, places, ...failure });
  }

  /** False where a step failed: what follows it would say nothing more. */
  async walk(): Promise<boolean> {
    for (const step of this.lesson.steps) {
      const checks = this.lesson.checks.filter(({ after }) => after === step.number);
      const unproved = new Set<Check>();
      for (const check of checks) if (!(await this.#failsBefore(check))) unproved.add(check);
      if (!(await this.#step(step))) return false;
      this.result.steps.passed++;
      for (const check of checks) {
        if ((await this.#passesAfter(check)) && !unproved.has(check)) this.result.checks.proved++;
      }
    }
    return true;
  }

  async #step(step: Step): Promise<boolean> {
    const { commands, terminal: tab, background, ready, timeout } = step;
    const terminal = await this.reader.terminal(tab);
    const tape = this.tapeOf(terminal);
    await tape.whenPrompted(1, PROMPT_PATIENCE);
    const { prompts } = tape;
    tape.start(performance.now());
    const name = stepNameOf(this.lesson.page, step.number);
    const run = await this.reader.run({ step: name, commands, tab, background, ready }, timeout);
    if (!run) {
      const seen = plain(tape.stop());
      this.fail(step.lines, { what: `did not end within ${timeout / 1000} s`, command: commands.join('\n'), seen });
      return false;
    }
    const phase = phaseOf(run, step);
    if (phase === 'listening') await new Promise((resolve) => setTimeout(resolve, LISTENING_REST));
    else await tape.whenPrompted(prompts + (run.command ?? commands.length - 1) + 1, PROMPT_PATIENCE);
    const events = tape.stop();
    if (!isInForce(phase) || (phase === 'listening' && !background)) {
      this.fail(step.lines, { ...reasonOf(run, step), seen: run.output ?? plain(events) });
      return false;
    }
    if (!this.#outputMatches(step, run)) return false;
    this.result.recordings.push({ step, events });
    return true;
  }

  /** The build refuses a translation whose outputs differ, so one comparison stands for both languages. */
  #outputMatches({ output, commands }: Step, run: RunState): boolean {
    if (!output) return true;
    const seen = run.output ?? '';
    const { alike, rows } = matchOutput(output, seen);
    if (alike) return true;
    const marks = { same: ' ', elided: ' ', missing: '-', extra: '+' } as const;
    const woven = rows.map(({ kind, text }) => `${marks[kind]} ${text}`).join('\n');
    this.fail(output.lines, {
      what: `printed otherwise than the page says (${output.match})`,
      command: commands.join('\n'),
      expected: output.text,
      seen: woven,
    });
    return false;
  }

  /** True where the check fails, as it must before its step has done what it looks at. */
  async #failsBefore(check: Check): Promise<boolean> {
    const { phase, saw, error } = await this.reader.check(this.lesson.page, check.name, CHECK_TIMEOUT);
    if (phase === 'failed' && !error) return true;
    this.fail(check.lines, {
      what: `the check ${check.name} ${error ? 'has no verdict before its step' : 'passes before its step, so it proves nothing'}`,
      expected: 'failed, with what it saw',
      seen: (error?.text ?? saw)?.en ?? phase,
    });
    return false;
  }

  async #passesAfter(check: Check): Promise<boolean> {
    const { phase, expected, saw, error } = await this.reader.check(this.lesson.page, check.name, CHECK_TIMEOUT);
    if (phase === 'passed') return true;
    this.fail(check.lines, {
      what: `the check ${check.name} fails after its step`,
      expected: expected?.en,
      seen: (error?.text ?? saw)?.en,
    });
    return false;
  }
}

function reasonOf(run: RunState, step: Step): Pick<Failure, 'what' | 'command' | 'expected'> {
  const command = step.commands[run.command ?? 0] ?? step.commands.join('\n');
  if (run.phase === 'refused') return { what: `was not typed: ${run.message}`, command };
  const ended = run.exitCode === undefined ? (run.message ?? run.phase) : `ended with exit code ${run.exitCode}`;
  return { what: ended, command, expected: `exit code ${step.expectExit}` };
}

/** What a recording shows, without colours and cursor movement. */
const plain = (events: TapeEvent[]): string =>
  events
    .map(({ data }) => data)
    .join('')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with a control character
    .replace(/\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)/g, '')
    .slice(-4000);
