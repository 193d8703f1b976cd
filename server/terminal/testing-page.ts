/** A page that watches a terminal: draws what it gets, as the dock does, and acknowledges what it has drawn. For tests. */

import type { Terminal } from '@xterm/headless';
import { newTerminal } from './headless.ts';
import type { Size } from './ring.ts';
import type { Session } from './session.ts';
import type { Replay, Sink, Viewer } from './viewer.ts';

export class Page implements Sink {
  readonly terminal: Terminal;
  readonly replays: Replay[] = [];
  readonly sizes: Size[] = [];
  /** What it got, in order: how many bytes at which offset. */
  readonly frames: { offset: number; length: number }[] = [];
  typedElsewhere = 0;
  /** Bytes received and not yet acknowledged. */
  owed = 0;
  #viewer: Viewer | undefined;
  #listeners = new Set<() => void>();

  constructor(
    private readonly session: Session,
    size: Size,
    /** False for one that is frozen. */
    public acknowledges = true,
  ) {
    this.terminal = newTerminal(size);
  }

  get viewer(): Viewer {
    if (!this.#viewer) throw new Error('The page does not watch.');
    return this.#viewer;
  }

  attach(after = 0): this {
    const { cols: columns, rows } = this.terminal;
    this.#viewer = this.session.attach(this, after, { columns, rows }, this.#viewer);
    return this;
  }

  detach(): void {
    this.session.detach(this.viewer);
    this.#viewer = undefined;
  }

  /** Acknowledges all that it owes, and from now on at once. */
  thaw(): void {
    this.acknowledges = true;
    this.#acknowledge();
  }

  attached(replay: Replay): void {
    this.replays.push(replay);
    this.owed = 0;
    this.terminal.write('', () => {
      if (replay.reset) this.terminal.reset();
      this.terminal.resize(replay.columns, replay.rows);
    });
    this.#tell();
  }

  bytes(offset: number, bytes: Uint8Array): void {
    this.frames.push({ offset, length: bytes.length });
    this.owed += bytes.length;
    this.terminal.write(Uint8Array.from(bytes), () => {
      if (this.acknowledges) this.#acknowledge();
      this.#tell();
    });
  }

  resized(size: Size): void {
    this.sizes.push(size);
    this.terminal.write('', () => {
      this.terminal.resize(size.columns, size.rows);
      this.#tell();
    });
  }

  typed(): void {
    this.typedElsewhere++;
    this.#tell();
  }

  /** What is on the screen, a line each. */
  screen(): string {
    const { active } = this.terminal.buffer;
    return Array.from({ length: this.terminal.rows }, (_, y) =>
      active.getLine(active.baseY + y)?.translateToString(true),
    ).join('\n');
  }

  /** Resolves once `condition` gives something, looked at again after everything that comes. */
  until<T>(condition: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const value = condition();
        if (value === undefined || value === false) return;
        this.#listeners.delete(look);
        resolve(value);
      };
      this.#listeners.add(look);
      look();
    });
  }

  #acknowledge(): void {
    const { owed } = this;
    this.owed = 0;
    if (owed > 0 && this.#viewer) this.session.acknowledge(this.#viewer, owed);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
