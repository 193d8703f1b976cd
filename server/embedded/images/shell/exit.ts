/** How commands and scripts end other than by running to their end. */

/** Thrown by `exit`, `break` and `continue`. */
export class Leave extends Error {
  constructor(
    readonly kind: 'exit' | 'break' | 'continue',
    /** The exit code, or how many loops are meant. */
    readonly value: number,
  ) {
    super(kind);
  }
}

/** Exit codes that shells give to what ends otherwise: 128 + SIGINT, 128 + SIGPIPE. */
export const EXIT = { notFound: 127, interrupted: 130, brokenPipe: 141, usage: 2 } as const;
