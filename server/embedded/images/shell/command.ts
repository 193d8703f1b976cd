/** What a command of the shell is, and how it reports what it cannot do. */
import type { ContainerContext } from '../image.ts';
import type { FileTree } from './files.ts';
import type { Input } from './io.ts';

export interface Invocation {
  name: string;
  /** The words after the name. */
  args: string[];
  env: Readonly<Record<string, string>>;
  stdin: Input;
  stdout(chunk: string | Buffer): void;
  stderr(chunk: string | Buffer): void;
  /** Standard output is a terminal. */
  tty: boolean;
  signal: AbortSignal;
  cwd: string;
  files: FileTree;
  container: ContainerContext;
}

/** Resolves with the exit code. A thrown UsageError is printed as `name: message`, with its exit code. */
export type Command = (invocation: Invocation) => Promise<number> | number;

export class UsageError extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** Thrown where Ctrl-C, or the container's end, stops a command. */
export class Interrupted extends Error {}

/**
 * Takes single-letter options off the front, as getopt does. `valued` lists the letters that take a value.
 * Throws where a letter is not known.
 */
export function options(
  invocation: Invocation,
  flags: string,
  valued = '',
): { given: Map<string, string>; operands: string[] } {
  const given = new Map<string, string>();
  const operands = [...invocation.args];
  while (operands[0] !== undefined && /^-[^-]/.test(operands[0])) {
    const word = operands.shift()!;
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      if (valued.includes(letter)) {
        const value = word.slice(at + 1) || operands.shift();
        if (value === undefined) throw new UsageError(`option requires an argument -- '${letter}'`);
        given.set(letter, value);
        break;
      }
      if (!flags.includes(letter)) {
        throw new UsageError(`the embedded cluster does not simulate the option -${letter}`);
      }
      given.set(letter, '');
    }
  }
  if (operands[0] === '--') operands.shift();
  return { given, operands };
}

/** Waits, unless interrupted first. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Interrupted());
    const onAbort = () => {
      clearTimeout(timer);
      reject(new Interrupted());
    };
    // Longer than a timer can be: `sleep infinity` and its like end with the container.
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.min(milliseconds, 2 ** 31 - 1),
    );
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Settles as `promise` does, or rejects with Interrupted first. */
export function interruptible<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Interrupted());
    const onAbort = () => reject(new Interrupted());
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
