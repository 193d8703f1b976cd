/** How istioctl speaks to the world, so that a test can stand in for a terminal. */

export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Progress on one line that changes, and colours, only where a person is looking. */
  isTerminal: boolean;
  /** Columns of the terminal, as far as they are known. */
  columns?(): number | undefined;
  /** The answer to a question, without its line break; undefined at the end of input. */
  ask(question: string): Promise<string | undefined>;
  /** Aborted by Ctrl-C. Asking for it takes over the signal, so only commands that stay in the foreground do. */
  interrupted(): AbortSignal;
}

/** The process' own streams and signals. */
export function processIo(): Io {
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true && process.env.TERM !== 'dumb',
    columns: () => process.stderr.columns,
    async ask(question) {
      const { createInterface } = await import('node:readline/promises');
      const reader = createInterface({ input: process.stdin, output: process.stdout });
      try {
        const closed = new Promise<undefined>((resolve) => reader.once('close', () => resolve(undefined)));
        return await Promise.race([reader.question(question), closed]);
      } finally {
        reader.close();
      }
    },
    interrupted() {
      const abort = new AbortController();
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => abort.abort());
      return abort.signal;
    },
  };
}

/** A failure whose message is for the learner. `code` is the exit code; 64 is what istioctl gives for wrong usage. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message);
  }
}

export const WRONG_USAGE = 64;

export const green = (io: Io, text: string): string => (io.isTerminal ? `\u001b[32m${text}\u001b[0m` : text);
export const red = (io: Io, text: string): string => (io.isTerminal ? `\u001b[31m${text}\u001b[0m` : text);
