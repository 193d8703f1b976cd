/** All terminals of a lab: opened, found by number or tab, and ended with everything that runs in them. */

import { randomBytes } from 'node:crypto';
import { LIMITS, type TerminalInfo } from '../protocol.ts';
import type { Enclosed, Launch } from './isolate/isolation.ts';
import { endProcesses, MARKER } from './processes.ts';
import { Session } from './session.ts';
import type { Shell } from './shell/choose.ts';
import { Signal } from './signal.ts';
import type { Size } from './viewer.ts';

/** Why a terminal was not opened: a code for the page, and one sentence for the learner. */
export class TerminalError extends Error {
  constructor(
    readonly code: 'terminals-full' | 'shell-failed',
    message: string,
  ) {
    super(message);
  }
}

/** How often idle terminals are looked for, in milliseconds, and how many times at least within the time that they have. */
const IDLE_CHECK = 30_000;
const IDLE_CHECKS = 10;

export interface TerminalsOptions {
  shell: () => Shell;
  cwd: string;
  env: () => Record<string, string>;
  /** Marks the lab's processes, so that a later start can find what a crash left. */
  labId?: string;
  /** How many there may be at once; LIMITS.terminals if left out. */
  maxTerminals?: number;
  /** A terminal that prints nothing and is not typed into for so many minutes is ended; left out or 0: never. */
  idleMinutes?: number;
  /** See SessionOptions. */
  patience?: number;
  /** Sets a shell apart before it starts: see Isolation. `name` is the terminal's own within the lab. */
  enclose?: (launch: Launch, name: string) => Enclosed;
}

export class Terminals {
  readonly opened = new Signal<Session>();
  readonly changed = new Signal<TerminalInfo>();
  readonly removed = new Signal<number>();
  readonly labId: string;

  #sessions = new Map<number, Session>();
  #next = 1;
  #closing = new Set<Promise<unknown>>();
  /** What is left to do once nothing runs in a terminal any more. */
  #releases = new Map<number, () => Promise<void>>();
  #idleCheck: NodeJS.Timeout | undefined;

  constructor(private readonly options: TerminalsOptions) {
    this.labId = options.labId ?? randomBytes(8).toString('hex');
    const idle = (options.idleMinutes ?? 0) * 60_000;
    if (idle > 0) {
      this.#idleCheck = setInterval(() => this.#endIdle(idle), Math.min(IDLE_CHECK, idle / IDLE_CHECKS)).unref();
    }
  }

  list(): TerminalInfo[] {
    return [...this.#sessions.values()].map((session) => session.info);
  }

  get(terminal: number): Session | undefined {
    return this.#sessions.get(terminal);
  }

  /** The tab's terminal while its shell runs. */
  byTab(tab: number): Session | undefined {
    return [...this.#sessions.values()].find((session) => session.info.tab === tab && !session.hasExited);
  }

  /**
   * Opens a terminal in `tab`, or in the first free tab. A tab whose shell has ended gets a new one. Throws a
   * TerminalError where all tabs are taken or the shell cannot be started.
   */
  open(size: Size, tab?: number): Session {
    const ended = tab === undefined ? undefined : [...this.#sessions.values()].find((s) => s.info.tab === tab);
    if (ended?.hasExited) this.close(ended.info.terminal);
    const taken = new Set(this.list().map((info) => info.tab));
    const most = this.options.maxTerminals ?? LIMITS.terminals;
    const free = tab ?? Array.from({ length: most }, (_, index) => index + 1).find((n) => !taken.has(n));
    if (free === undefined || taken.size >= most) {
      throw new TerminalError('terminals-full', `All ${most} terminals are in use. Close one first.`);
    }
    const terminal = this.#next++;
    const session = this.#spawn(terminal, free, size);
    this.#sessions.set(terminal, session);
    session.changed.on((info) => {
      if (this.#sessions.has(terminal)) this.changed.emit(info);
    });
    this.opened.emit(session);
    this.changed.emit(session.info);
    return session;
  }

  /** Forgets the terminal and ends all that runs in it. */
  close(terminal: number): Promise<unknown> {
    const session = this.#sessions.get(terminal);
    if (!session) return Promise.resolve();
    this.#sessions.delete(terminal);
    this.removed.emit(terminal);
    return this.#end(session);
  }

  /** Ends all that runs in it; the terminal stays, for what it shows. */
  #end(session: Session): Promise<unknown> {
    const leaders = session.hasExited ? [] : [session.pid];
    const { terminal } = session.info;
    const end = endProcesses(this.#marker(terminal), leaders)
      .then(() => this.#release(terminal))
      .finally(() => this.#closing.delete(end));
    this.#closing.add(end);
    return end;
  }

  #endIdle(limit: number): void {
    const since = performance.now() - limit;
    for (const session of this.#sessions.values()) {
      if (session.hasExited || session.info.endedBy || session.lastActive > since) continue;
      session.note({ endedBy: 'idle' });
      void this.#end(session);
    }
  }

  /** Ends everything, also what terminals closed earlier have left. */
  async closeAll(): Promise<void> {
    clearInterval(this.#idleCheck);
    const leaders = [...this.#sessions.values()].filter((session) => !session.hasExited).map((session) => session.pid);
    for (const terminal of this.#sessions.keys()) this.removed.emit(terminal);
    this.#sessions.clear();
    await Promise.allSettled([...this.#closing, endProcesses(`${this.labId}.`, leaders)]);
    await Promise.allSettled([...this.#releases.keys()].map((terminal) => this.#release(terminal)));
  }

  async #release(terminal: number): Promise<void> {
    const release = this.#releases.get(terminal);
    this.#releases.delete(terminal);
    await release?.();
  }

  #marker(terminal: number): string {
    return `${this.labId}.${terminal}`;
  }

  #spawn(terminal: number, tab: number, size: Size): Session {
    const { cwd, patience, enclose } = this.options;
    try {
      const env = { ...this.options.env(), [MARKER]: this.#marker(terminal) };
      const launch: Launch = { shell: this.options.shell(), cwd, env };
      const enclosed = enclose?.(launch, String(terminal));
      if (enclosed) this.#releases.set(terminal, enclosed.release);
      return new Session({ terminal, tab, ...launch, ...enclosed, patience, ...size });
    } catch (error) {
      void this.#release(terminal);
      throw new TerminalError('shell-failed', `The shell could not be started: ${(error as Error).message}`);
    }
  }
}
