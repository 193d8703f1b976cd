/** Runs the steps of a page in the lab's terminals: types their commands and follows them to their end. */

import type { RunRequest, RunState } from '../protocol.ts';
import { cutToBytes, plainText } from './plain.ts';
import type { Session } from './session.ts';
import { Signal } from './signal.ts';
import type { Terminals } from './terminals.ts';
import { interrupt, type Outcome, TypedCommand, waitForPrompt } from './typing.ts';
import type { Size } from './viewer.ts';

const NEWLINE = 0x0a;
const OUTPUT_LIMIT = 64 * 1024;
/** A shell's start-up files may take their time; so may a program that was sent Ctrl-C. Milliseconds. */
const PROMPT_TIMEOUT = 20_000;
const INTERRUPT_TIMEOUT = 5_000;
/** Steps whose last state is kept. */
const KEPT_STEPS = 1000;

const isUnderWay = (state: RunState | undefined) => state?.phase === 'waiting' || state?.phase === 'running';

export interface RunsOptions {
  terminals: Terminals;
  /** Resolves when commands can be typed; rejects with an Error whose message the learner gets. */
  whenReady: () => Promise<void>;
  /** The size of a terminal that no browser shows yet. */
  size: () => Size;
}

export class Runs {
  readonly changed = new Signal<RunState>();
  #states = new Map<string, RunState>();
  /** The end of each tab's queue: steps of one tab run one after another. */
  #queues = new Map<number, Promise<void>>();
  /** The step whose last command goes on in a terminal. */
  #background = new Map<number, string>();

  constructor(private readonly options: RunsOptions) {}

  /** The last state of each step. */
  states(): RunState[] {
    return [...this.#states.values()];
  }

  /** Drops the last states of a page's steps and solutions; those that are under way stay. */
  forget(page: string): void {
    for (const [step, state] of this.#states) {
      const isOfPage = step.startsWith(`${page}#`) || step.startsWith(`${page}!`);
      if (isOfPage && !isUnderWay(state)) this.#states.delete(step);
    }
  }

  /** Never rejects: what becomes of it is told through `changed`. A step that is under way is not run twice. */
  request(request: RunRequest): Promise<void> {
    const known = this.#states.get(request.step);
    if (known && isUnderWay(known)) {
      this.changed.emit(known);
      return Promise.resolve();
    }
    this.#set({ step: request.step, phase: 'waiting' });
    const before = this.#queues.get(request.tab) ?? Promise.resolve();
    const run = before.then(() => this.#run(request)).catch((error: Error) => this.#refuse(request, error.message));
    this.#queues.set(request.tab, run);
    return run;
  }

  #set(state: RunState): void {
    this.#states.delete(state.step);
    this.#states.set(state.step, state);
    for (const [step, old] of this.#states) {
      if (this.#states.size <= KEPT_STEPS) break;
      if (!isUnderWay(old)) this.#states.delete(step);
    }
    this.changed.emit(state);
  }

  #refuse(request: RunRequest, message: string, terminal?: number): void {
    this.#set({ step: request.step, phase: 'refused', message, terminal });
  }

  async #run(request: RunRequest): Promise<void> {
    const { terminals, whenReady, size } = this.options;
    await whenReady();
    const session = terminals.byTab(request.tab) ?? terminals.open(size(), request.tab);
    const { terminal } = session.info;
    this.#set({ step: request.step, phase: 'waiting', terminal });
    const obstacle = await this.#freeTerminal(session);
    if (obstacle) return this.#refuse(request, obstacle, terminal);
    await this.#typeAll(request, session);
  }

  /** Why the terminal cannot take a command; undefined when it is at its prompt. Ends a background step there. */
  async #freeTerminal(session: Session): Promise<string | undefined> {
    const { terminal, tab, state, command } = session.info;
    if (this.#background.has(terminal)) {
      return (await interrupt(session, INTERRUPT_TIMEOUT))
        ? undefined
        : `Terminal ${tab} still runs \`${command ?? ''}\`, which did not stop on Ctrl-C.`;
    }
    if (state === 'running' && !session.isReturning) {
      return session.hasMarks
        ? `Terminal ${tab} is busy with \`${command ?? 'a program'}\`. End it there (Ctrl-C, or q) and run the step again.`
        : `Terminal ${tab} runs ${command}, which cannot tell when a command ends. Install bash or zsh, or type the commands yourself.`;
    }
    if (await waitForPrompt(session, PROMPT_TIMEOUT)) return undefined;
    return session.hasExited
      ? `The shell of terminal ${tab} has ended.`
      : `Terminal ${tab} shows no prompt. Look there, or close it and run the step again.`;
  }

  async #typeAll(request: RunRequest, session: Session): Promise<void> {
    const { step, commands } = request;
    const { terminal } = session.info;
    const printed: Buffer[] = [];
    const output = (more: Buffer = Buffer.alloc(0)) =>
      cutToBytes(plainText(Buffer.concat([...printed, more])), OUTPUT_LIMIT);
    for (const [command, line] of commands.entries()) {
      if (command > 0 && !(await waitForPrompt(session, PROMPT_TIMEOUT))) {
        return this.#set({ step, phase: 'failed', terminal, command, message: 'The prompt did not come back.' });
      }
      this.#set({ step, phase: 'running', terminal, command });
      const typed = new TypedCommand(session, line);
      const isBackground = request.background && command === commands.length - 1;
      const outcome = isBackground ? await this.#orListening(request, typed) : await typed.outcome;
      if (outcome === 'listening') {
        this.#set({ step, phase: 'listening', terminal, command, output: output(typed.output) });
        this.#background.set(terminal, step);
        void typed.outcome.then((end) => {
          if (this.#background.get(terminal) === step) this.#background.delete(terminal);
          if (this.#states.get(step)?.phase !== 'listening') return;
          const exitCode = 'exitCode' in end ? end.exitCode : undefined;
          this.#set({ step, phase: 'ended', terminal, command, exitCode, output: output(typed.output) });
        });
        return;
      }
      printed.push(typed.output);
      if (typed.output.at(-1) !== NEWLINE && typed.output.length > 0) printed.push(Buffer.from('\n'));
      if (outcome.kind !== 'ended' || outcome.exitCode !== 0) {
        return this.#set({ step, phase: 'failed', terminal, command, ...failure(outcome), output: output() });
      }
    }
    this.#set({ step, phase: 'passed', terminal, exitCode: 0, output: output() });
  }

  /** `listening` once the ready text, or a first line, is printed; the outcome if the command ends before. */
  #orListening(request: RunRequest, typed: TypedCommand): Promise<Outcome | 'listening'> {
    return new Promise((resolve) => {
      const look = () => {
        const text = plainText(typed.output);
        if (request.ready === undefined ? /\S[^\n]*\n/.test(text) : text.includes(request.ready)) resolve('listening');
      };
      typed.onOutput = look;
      void typed.outcome.then(resolve);
    });
  }
}

function failure(outcome: Outcome): { exitCode?: number; message?: string } {
  switch (outcome.kind) {
    case 'ended':
      return { exitCode: outcome.exitCode };
    case 'rejected':
      return { message: outcome.message };
    case 'exited':
      return { exitCode: outcome.exitCode, message: 'The shell has ended.' };
  }
}

/** The size of a terminal before any browser has said its own. */
export const DEFAULT_SIZE: Size = { columns: 100, rows: 24 };
