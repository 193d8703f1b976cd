/** What one shell may use of a shared machine, and the ways to hold it to that. */

/** Limits of one shell with everything that it starts, all together. */
export interface Limits {
  /** MiB of memory, temporary files in it included. */
  memory: number;
  /** Processes and threads. */
  tasks: number;
  /** Percent of one processor: 150 is one and a half. */
  cpu: number;
}

/** Enough for kubectl and helm beside an editor. */
export const DEFAULT_LIMITS: Limits = { memory: 1024, tasks: 256, cpu: 100 };

export const MIB = 1024 * 1024;

/** A shell's room under limits. */
export interface Room {
  /** Program and arguments that go before the shell's own: it enters the room and becomes the shell, as one process. */
  prefix: string[];
  /** Ends what is left in it, and takes it away. */
  release(): Promise<void>;
}

/** One way to hold shells to limits. */
export interface Limiter {
  /** What holds them, for the line that the start prints. */
  readonly by: string;
  /** Throws where it cannot be made; `name` holds letters, digits and dashes, and is the lab's own. */
  room(name: string, limits: Limits): Room;
  /** Takes away what labs whose rooms begin with `prefix` have left, where nothing runs in it. */
  sweep(prefix: string): void;
}

/** Why this machine cannot isolate shells: what was expected, what was seen, what to do. */
export class IsolationError extends Error {}
