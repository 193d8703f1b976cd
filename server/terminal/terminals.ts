/** All terminals of a lab: opened, found by number or tab, and ended with everything that runs in them. */

import { randomBytes } from 'node:crypto';
import { LIMITS, type TerminalInfo } from '../protocol.ts';
import { endProcesses, MARKER } from './processes.ts';
import { Session } from './session.ts';
import type { Shell } from './shell/choose.ts';
import { Signal } from './signal.ts';
import type { Size } from './viewer.ts';

/** Why a terminal was not opened: one sentence for the learner. */
export class TerminalError extends Error {}

export interface TerminalsOptions {
  shell: () => Shell;
  cwd: string;
  env: () => Record<string, string>;
  /** Marks the lab's processes, so that a later start can find what a crash left. */
  labId?: string;
}

export class Terminals {
  readonly opened = new Signal<Session>();
  readonly changed = new Signal<TerminalInfo>();
  readonly removed = new Signal<number>();
  readonly labId: string;

  #sessions = new Map<number, Session>();
  #next = 1;
  #closing = new Set<Promise<unknown>>();

  constructor(private readonly options: TerminalsOptions) {
    this.labId = options.labId ?? randomBytes(8).toString('hex');
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
    const free = tab ?? Array.from({ length: LIMITS.terminals }, (_, index) => index + 1).find((n) => !taken.has(n));
    if (free === undefined) throw new TerminalError(`All ${LIMITS.terminals} terminals are in use. Close one first.`);
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
    const leaders = session.hasExited ? [] : [session.pid];
    const end = endProcesses(this.#marker(terminal), leaders).finally(() => this.#closing.delete(end));
    this.#closing.add(end);
    return end;
  }

  /** Ends everything, also what terminals closed earlier have left. */
  async closeAll(): Promise<void> {
    const leaders = [...this.#sessions.values()].filter((session) => !session.hasExited).map((session) => session.pid);
    for (const terminal of this.#sessions.keys()) this.removed.emit(terminal);
    this.#sessions.clear();
    await Promise.allSettled([...this.#closing, endProcesses(`${this.labId}.`, leaders)]);
  }

  #marker(terminal: number): string {
    return `${this.labId}.${terminal}`;
  }

  #spawn(terminal: number, tab: number, size: Size): Session {
    const { shell, cwd, env } = this.options;
    try {
      return new Session({
        terminal,
        tab,
        shell: shell(),
        cwd,
        env: { ...env(), [MARKER]: this.#marker(terminal) },
        ...size,
      });
    } catch (error) {
      throw new TerminalError(`The shell could not be started: ${(error as Error).message}`);
    }
  }
}
