/** All who watch one terminal: what each is sent, whose size holds, and whether the shell must wait for one of them. */

import { LIMITS } from '../protocol.ts';
import type { Ring, Size } from './ring.ts';
import { draw } from './snapshot.ts';
import { type Sink, Viewer } from './viewer.ts';

/** A viewer that is behind and says nothing for so long is not waited for, in milliseconds. */
const PATIENCE = 30_000;
/** More than this a new page is not sent as it was printed, but drawn. */
const RAW_START = 64 * 1024;
/** The others are told of typing at most this often, in milliseconds. */
const TYPED_EVERY = 1000;

export class Audience {
  #viewers = new Set<Viewer>();
  /** The snapshot that is being made: whoever comes meanwhile shares it. */
  #drawing: { offset: number; bytes: Promise<Buffer> } | undefined;
  /** Up to this offset all have been sent what they can take. */
  #flushed = 0;
  #lastTyped = Number.NEGATIVE_INFINITY;
  /** Whose terminal answers the programs' questions: all would. */
  #speaker: Viewer | undefined;

  /** `moved` is called when a viewer has begun that was waited for. */
  constructor(
    private readonly ring: Ring,
    private readonly moved: () => void,
    private readonly patience = PATIENCE,
  ) {}

  /** How many bytes wait to be flushed. */
  get pending(): number {
    return this.ring.end - this.#flushed;
  }

  get count(): number {
    return this.#viewers.size;
  }

  /** The smallest of all, so that nobody sees broken lines; undefined where nobody watches. */
  get size(): Size | undefined {
    const sizes = [...this.#viewers].filter(({ state }) => state !== 'lagging').map(({ size }) => size);
    if (sizes.length === 0) return undefined;
    return {
      columns: Math.min(...sizes.map(({ columns }) => columns)),
      rows: Math.min(...sizes.map(({ rows }) => rows)),
    };
  }

  /** The shell must stop printing. */
  get isBehind(): boolean {
    for (const viewer of this.#viewers) if (this.#isWaiting(viewer) || this.#isBehind(viewer)) return true;
    return false;
  }

  /** The shell may go on printing. */
  get hasCaughtUp(): boolean {
    for (const viewer of this.#viewers) {
      if (this.#isWaiting(viewer) || (viewer.state === 'live' && !viewer.isServed(this.#flushed))) return false;
    }
    return true;
  }

  /** It is sent nothing before `begin`. */
  add(sink: Sink, size: Size): Viewer {
    const viewer = new Viewer(sink, size);
    viewer.next = this.ring.end;
    this.#viewers.add(viewer);
    return viewer;
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#speaker === viewer) this.#speaker = undefined;
  }

  /** Sends what it misses after the offset `after`, then everything that comes; later, where it must be drawn first. */
  begin(viewer: Viewer, after: number): void {
    if (this.#isRaw(after)) {
      viewer.start(this.ring, after, false);
      viewer.pump(this.ring, this.ring.end);
    } else void this.#beginDrawn(viewer);
  }

  /** Sends to all what has come. */
  flush(): void {
    this.#flushed = this.ring.end;
    for (const viewer of this.#viewers) viewer.pump(this.ring, this.#flushed);
  }

  acknowledge(viewer: Viewer, bytes: number): void {
    viewer.acknowledge(bytes);
    if (viewer.state === 'lagging' && viewer.hasCaughtUp) {
      if (viewer.next >= this.ring.start) viewer.state = 'live';
      else void this.#beginDrawn(viewer);
    }
    // No more than was flushed: small pieces, each acknowledged and so followed by the next, would cost the most.
    viewer.pump(this.ring, this.#flushed);
  }

  /** Gives up waiting for those who have been silent for long; true where there was one. */
  giveUp(): boolean {
    let any = false;
    for (const viewer of this.#viewers) {
      if (viewer.state !== 'live' || viewer.isServed(this.#flushed) || viewer.silence < this.patience) continue;
      viewer.state = 'lagging';
      any = true;
    }
    return any;
  }

  /** Somebody typed: the others hear of it, and from now on their terminals' answers do not count. */
  typed(by: Viewer): void {
    this.#speaker = by;
    if (this.#viewers.size < 2) return;
    const now = performance.now();
    if (now - this.#lastTyped < TYPED_EVERY) return;
    this.#lastTyped = now;
    for (const viewer of this.#viewers) if (viewer !== by) viewer.sink.typed();
  }

  /** Of several terminals that see a program's question, one answers: the one last typed into, or the first. */
  answers(viewer: Viewer): boolean {
    this.#speaker ??= this.#viewers.values().next().value;
    return viewer === this.#speaker;
  }

  /** What comes while it waits for its picture must still be there when it has it. */
  #isWaiting(viewer: Viewer): boolean {
    return viewer.state === 'waiting' && this.ring.end - viewer.next > LIMITS.replay / 2;
  }

  #isBehind(viewer: Viewer): boolean {
    return viewer.state === 'live' && viewer.isBehind(this.#flushed);
  }

  /** What was printed since can be sent as it is, if all of it is there and was printed at one size. */
  #isRaw(after: number): boolean {
    const { ring } = this;
    if (after < ring.start || after > ring.end) return false;
    if (after === 0 && ring.end > RAW_START) return false;
    const change = ring.changeAfter(ring.sizeAt(after).serial);
    return change === undefined || change.offset === ring.end;
  }

  async #beginDrawn(viewer: Viewer): Promise<void> {
    const { ring } = this;
    viewer.state = 'waiting';
    for (;;) {
      const drawing = this.#draw();
      viewer.next = drawing.offset;
      const bytes = await drawing.bytes;
      if (!this.#viewers.has(viewer) || viewer.state !== 'waiting') return;
      // Nobody held the shell back meanwhile, where all who waited for this picture had gone before this one came.
      if (drawing.offset < ring.start) continue;
      viewer.start(ring, drawing.offset, true, bytes);
      viewer.pump(ring, ring.end);
      this.moved();
      return;
    }
  }

  #draw(): { offset: number; bytes: Promise<Buffer> } {
    if (this.#drawing && this.#drawing.offset >= this.ring.start) return this.#drawing;
    const history = this.ring.history();
    const drawing = {
      offset: history.end,
      bytes: draw(history).finally(() => {
        if (this.#drawing === drawing) this.#drawing = undefined;
      }),
    };
    this.#drawing = drawing;
    return drawing;
  }
}
