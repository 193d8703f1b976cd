/** Types into a terminal as a learner would, and tells from the shell's marks what came of it. */

import type { Mark } from './marks.ts';
import type { Session } from './session.ts';
import { STASH_KEY } from './shell/common.ts';

/** What a command printed is kept up to this many bytes. */
const KEPT_OUTPUT = 256 * 1024;
/** A shell that has not begun a command after this long waits for more input (an open quote), in milliseconds. */
const START_TIMEOUT = 10_000;
/** How long a shell may take to keep a half-typed line, in milliseconds; on a busy machine it is slow. */
const STASH_TIMEOUT = 2500;
/** The same for one that did not answer the last time: an old bash never does. */
const MUTE_TIMEOUT = 500;
const INTERRUPT_EVERY = 1000;
const INTERRUPT = '\x03';

export type Outcome =
  | { kind: 'ended'; exitCode: number }
  /** The shell did not run it; `message` says why. */
  | { kind: 'rejected'; reason: 'unfinished' | 'not-accepted'; message: string }
  /** The shell itself is gone. */
  | { kind: 'exited'; exitCode: number };

/** Resolves with true once `accept` says so of a mark, with false after `timeout` milliseconds or the shell's end. */
export function waitForMark(session: Session, accept: (mark: Mark) => boolean, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (result: boolean) => {
      clearTimeout(timer);
      stopMarks();
      stopExit();
      resolve(result);
    };
    const timer = setTimeout(() => done(false), timeout);
    const stopMarks = session.mark.on((mark) => accept(mark) && done(true));
    const stopExit = session.exited.on(() => done(false));
  });
}

/** Resolves with true when the shell waits for a command at an empty line. */
export async function waitForPrompt(session: Session, timeout: number): Promise<boolean> {
  if (session.info.state !== 'prompt') {
    if (session.hasExited) return false;
    if (!(await waitForMark(session, (mark) => mark.type === 'ready', timeout))) return false;
  }
  return emptyLine(session, timeout);
}

/** Those whose shells did not answer the last time. */
const mute = new WeakSet<Session>();

/**
 * Resolves with true when the line at the prompt is empty. What the learner has typed there goes into the shell's
 * history first, where the arrow key finds it: Ctrl-C, which clears it, would leave it on the screen alone.
 */
async function emptyLine(session: Session, timeout: number): Promise<boolean> {
  if (!session.lineTouched) return true;
  let isEmpty = false;
  const isTold = waitForMark(
    session,
    (mark) => {
      if (mark.type === 'stashed') isEmpty = mark.isEmpty;
      return mark.type === 'stashed';
    },
    mute.has(session) ? MUTE_TIMEOUT : STASH_TIMEOUT,
  );
  session.write(STASH_KEY);
  // A shell that does not answer (an old bash, a search under way) loses no more than it did before.
  if (await isTold) mute.delete(session);
  else mute.add(session);
  // After Enter, an empty line may be the second one of a command that is not closed.
  if (!isEmpty || session.lineEntered) return interrupt(session, timeout);
  session.lineTouched = false;
  return true;
}

/**
 * Sends Ctrl-C, again each second, and resolves with true when a new prompt has come: a shell that is just about to
 * start a program takes the first one for itself.
 */
export async function interrupt(session: Session, timeout: number): Promise<boolean> {
  let isNew = false;
  const prompt = waitForMark(
    session,
    (mark) => {
      // Only a new prompt tells the folder; a prompt drawn again (a resize, Ctrl-L) does not.
      if (mark.type === 'cwd') {
        isNew = true;
        session.lineTouched = session.lineEntered = false;
      }
      return isNew && mark.type === 'ready';
    },
    timeout,
  );
  session.write(INTERRUPT);
  const again = setInterval(() => !isNew && session.write(INTERRUPT), INTERRUPT_EVERY);
  return prompt.finally(() => clearInterval(again));
}

/** Types one command (several lines where it is continued with `\`) and Enter. The shell must be at its prompt. */
export class TypedCommand {
  readonly outcome: Promise<Outcome>;
  /** Called when more output is there. */
  onOutput: (() => void) | undefined;
  /** Resolves when the shell has begun to run it. */
  readonly started: Promise<void>;
  #start = () => {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(session: Session, command: string) {
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    this.outcome = this.#follow(session);
    session.write(asInput(command, session.bracketedPaste));
  }

  /** What it has printed so far, cut at 256 KiB. */
  get output(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  #follow(session: Session): Promise<Outcome> {
    return new Promise((resolve) => {
      let capturing = false;
      let started = false;
      const done = (outcome: Outcome) => {
        clearTimeout(timer);
        for (const stop of stops) stop();
        resolve(outcome);
      };
      const timer = setTimeout(() => {
        session.write(INTERRUPT);
        done({
          kind: 'rejected',
          reason: 'unfinished',
          message: 'The shell waits for more: a quote, bracket or here-document is not closed.',
        });
      }, START_TIMEOUT);
      const stops = [
        session.text.on((bytes) => {
          if (!capturing || this.#bytes >= KEPT_OUTPUT) return;
          const part = bytes.subarray(0, KEPT_OUTPUT - this.#bytes);
          this.#chunks.push(Buffer.from(part));
          this.#bytes += part.length;
          this.onOutput?.();
        }),
        session.mark.on((mark) => {
          if (mark.type === 'started') {
            clearTimeout(timer);
            started = capturing = true;
            this.#start();
          } else if (mark.type === 'settled') {
            capturing = false;
          } else if (mark.type === 'ended' && started) {
            capturing = false;
            done({ kind: 'ended', exitCode: mark.exitCode });
          } else if (mark.type === 'cwd' && !started) {
            done({
              kind: 'rejected',
              reason: 'not-accepted',
              message: 'The shell did not accept the command; its message is in the terminal.',
            });
          }
        }),
        session.exited.on((exitCode) => done({ kind: 'exited', exitCode })),
      ];
    });
  }
}

/**
 * The bytes of a command and Enter. As a paste, where the shell takes one, so that a tab does not complete and several
 * lines are one command; else on one line.
 */
export function asInput(command: string, bracketedPaste: boolean): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters would act as keys
  const clean = command.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
  if (bracketedPaste) return `\x1b[200~${clean}\x1b[201~\r`;
  return `${clean.replace(/[ \t]*\\\n[ \t]*/g, ' ').replace(/\t/g, ' ')}\r`;
}
