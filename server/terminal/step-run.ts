/** One step at work in one terminal: types its commands one after another and tells how each goes. */

import type { RunRequest, RunState } from '../protocol.ts';
import { isEndless } from './endless.ts';
import { cutToBytes, plainText } from './plain.ts';
import type { Session } from './session.ts';
import { type Outcome, TypedCommand, waitForPrompt } from './typing.ts';

const NEWLINE = 0x0a;
const OUTPUT_LIMIT = 64 * 1024;
/** A shell's start-up files may take their time; so may a program that was sent Ctrl-C. Milliseconds. */
export const PROMPT_TIMEOUT = 20_000;
/** A command known to be endless that prints nothing for so long, in milliseconds, is taken to be at work. */
const QUIET = 1500;
/** The rest of the line that says it is ready may come a little later; a prompt has none. Milliseconds. */
const REST_OF_LINE = 200;
/** The exit code of a program that Ctrl-C ended: 128 and SIGINT's number. */
const INTERRUPTED = 130;

export interface StepRunOptions {
  request: RunRequest;
  session: Session;
  /** Index of the first command to type. */
  from?: number;
  /** What the commands before `from` printed. */
  printed?: Buffer[];
  tell: (state: RunState) => void;
  /** The terminal can be left to others: all is done, or a command goes on by itself. Called once or more. */
  release: () => void;
  /** Waits until nobody else types into the terminal, after an endless command has ended and others follow. */
  reclaim: () => Promise<void>;
}

export class StepRun {
  /** Ctrl-C was pressed for it: no further command is typed. */
  stopped = false;
  /** Its endless command is being moved elsewhere: what becomes of it here is not told. */
  moving = false;
  /** Index of the command that runs. */
  command: number;
  #typed: TypedCommand | undefined;
  #printed: Buffer[];

  constructor(private readonly options: StepRunOptions) {
    this.command = options.from ?? 0;
    this.#printed = [...(options.printed ?? [])];
  }

  get session(): Session {
    return this.options.session;
  }

  get line(): string {
    return this.options.request.commands[this.command] ?? '';
  }

  /** The command that runs goes on until it is stopped. */
  get isEndless(): boolean {
    return this.#typed !== undefined && (this.#isBackground || isEndless(this.line));
  }

  /** What the commands have printed; what runs now included where it goes on. */
  printed(current: boolean): Buffer[] {
    return current && this.#typed ? [...this.#printed, this.#typed.output] : [...this.#printed];
  }

  get #isBackground(): boolean {
    const { background, commands } = this.options.request;
    return background && this.command === commands.length - 1;
  }

  /** Resolves when the step is at its end, or its last command goes on in the background. */
  async run(): Promise<void> {
    const { commands } = this.options.request;
    const { from = 0, reclaim } = this.options;
    for (this.command = from; this.command < commands.length; this.command++) {
      const isFirst = this.command === from;
      if (this.stopped) return this.#tell('ended', { output: this.#output() });
      if (!isFirst && !(await waitForPrompt(this.session, PROMPT_TIMEOUT))) {
        return this.#tell('failed', { reason: 'no-prompt', message: 'The prompt did not come back.' });
      }
      const goesOn = await this.#type();
      if (!goesOn) return;
      const isLast = this.command === commands.length - 1;
      if (this.isEndless && !isLast) await reclaim();
    }
    this.#tell('passed', { command: undefined, exitCode: 0, output: this.#output() });
  }

  /** True where the next command may follow. */
  async #type(): Promise<boolean> {
    const typed = new TypedCommand(this.session, this.line);
    this.#typed = typed;
    this.#tell('running');
    // Not before it runs: until then the shell is at its prompt, and another step would be typed there too.
    if (this.isEndless) void typed.started.then(this.options.release);
    if (this.#isBackground && (await this.#orListening(typed)) === 'listening') {
      this.#tell('listening', { output: this.#output(typed.output) });
      void typed.outcome.then((outcome) => this.#onBackgroundEnd(typed, outcome));
      return false;
    }
    const outcome = await typed.outcome;
    if (this.moving) return false;
    this.#keep(typed.output);
    const output = this.#output();
    // Ctrl-C may have come before the shell had begun with it.
    if (outcome.kind === 'rejected' && this.stopped) {
      this.#tell('ended', { output });
      return false;
    }
    if (outcome.kind !== 'ended') {
      this.#tell('failed', { ...failure(outcome), output });
      return false;
    }
    const { exitCode } = outcome;
    if (this.stopped || (this.isEndless && exitCode === INTERRUPTED)) this.#tell('ended', { exitCode, output });
    else if (exitCode === INTERRUPTED) this.#tell('failed', { exitCode, reason: 'interrupted', output });
    else if (exitCode !== 0) this.#tell('failed', { exitCode, output });
    else return true;
    return false;
  }

  #onBackgroundEnd(typed: TypedCommand, outcome: Outcome): void {
    if (this.moving) return;
    const exitCode = 'exitCode' in outcome ? outcome.exitCode : undefined;
    this.#tell('ended', { exitCode, output: this.#output(typed.output) });
  }

  /** `listening` once the line with the ready text, or a first one, is printed; the outcome if the command ends before. */
  #orListening(typed: TypedCommand): Promise<Outcome | 'listening'> {
    const { ready } = this.options.request;
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const listensIn = (milliseconds: number) => {
        timer = setTimeout(() => resolve('listening'), milliseconds);
      };
      typed.onOutput = () => {
        const text = plainText(typed.output);
        const at = ready === undefined ? text.search(/\S/) : text.indexOf(ready);
        if (at === -1) return;
        // A terminal writes a line's end apart from its text.
        if (text.includes('\n', at + (ready?.length ?? 0))) resolve('listening');
        else if (ready !== undefined && timer === undefined) listensIn(REST_OF_LINE);
      };
      void typed.started.then(() => {
        if (ready === undefined && isEndless(this.line)) listensIn(QUIET);
      });
      void typed.outcome.then((outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
    });
  }

  #keep(output: Buffer): void {
    this.#printed.push(output);
    if (output.length > 0 && output.at(-1) !== NEWLINE) this.#printed.push(Buffer.from('\n'));
  }

  #output(more: Buffer = Buffer.alloc(0)): string {
    return cutToBytes(plainText(Buffer.concat([...this.#printed, more])), OUTPUT_LIMIT);
  }

  #tell(phase: RunState['phase'], more: Partial<RunState> = {}): void {
    const { request, tell, release } = this.options;
    const { terminal, tab } = this.session.info;
    const goesOn = phase === 'running' || phase === 'listening';
    if (!goesOn) release();
    const endless = goesOn && this.isEndless ? { endless: true } : {};
    tell({ step: request.step, phase, terminal, tab, command: this.command, ...endless, ...more });
  }
}

function failure(outcome: Exclude<Outcome, { kind: 'ended' }>): Partial<RunState> {
  return outcome.kind === 'rejected'
    ? { reason: outcome.reason, message: outcome.message }
    : { exitCode: outcome.exitCode, reason: 'shell-ended', message: 'The shell has ended.' };
}
