/** What all pages are told of: changes in the lab. Each message is made once, however many pages there are. */

import type { Lab } from '../lab/lab.ts';
import type { ServerMessage, TerminalInfo } from '../protocol.ts';

/** A page's way of taking a message: JSON in UTF-8. */
export type Listener = (message: Buffer) => void;

export class News {
  #listeners = new Set<Listener>();
  /** Terminals that have changed since the last turn: a shell that starts changes many times in one. */
  #changed = new Map<number, TerminalInfo>();

  constructor(lab: Lab) {
    const { terminals, runs, recordings, lessons } = lab;
    lab.changed.on((report) => this.#tell({ type: 'lab', lab: report }));
    terminals.changed.on((info) => {
      if (this.#changed.size === 0) queueMicrotask(() => this.catchUp());
      this.#changed.set(info.terminal, info);
    });
    terminals.removed.on((terminal) => {
      this.#changed.delete(terminal);
      this.#tell({ type: 'terminal.removed', terminal });
    });
    runs.changed.on((run) => this.#tell({ type: 'run.changed', run }));
    recordings.changed.on((list) => this.#tell({ type: 'recordings', recordings: list }));
    lessons.checkChanged.on((check) => this.#tell({ type: 'check.changed', check }));
    lessons.lessonChanged.on((lesson) => this.#tell({ type: 'lesson.changed', lesson }));
    lessons.progress.changed.on((progress) => this.#tell({ type: 'progress', progress }));
  }

  /** Returns the function that stops listening. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Tells what has changed up to now, before a message that may be about it. */
  catchUp(): void {
    for (const info of this.#changed.values()) this.#send({ type: 'terminal.changed', info });
    this.#changed.clear();
  }

  #tell(message: ServerMessage): void {
    this.catchUp();
    this.#send(message);
  }

  #send(message: ServerMessage): void {
    if (this.#listeners.size === 0) return;
    const bytes = Buffer.from(JSON.stringify(message));
    for (const listener of [...this.#listeners]) listener(bytes);
  }
}
