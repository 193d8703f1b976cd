/** One browser that watches a terminal: what it was sent, what it has parsed, how large its screen is. */

import { LIMITS } from '../protocol.ts';
import type { Ring, Size } from './ring.ts';

export type { Size } from './ring.ts';

export interface Replay extends Size {
  from: number;
  until: number;
  reset: boolean;
  /** Bytes of the snapshot that comes first; 0 for none. */
  snapshot: number;
}

/** Where a viewer's part of the protocol goes. */
export interface Sink {
  attached(replay: Replay): void;
  bytes(offset: number, bytes: Uint8Array): void;
  resized(size: Size): void;
  /** Another viewer types. */
  typed(): void;
}

/** Payload of one frame to the browser, and the least while more waits. */
const FRAME = 64 * 1024;
const LEAST = 32 * 1024;

/**
 * The shell may be ahead of what a page has room for by what that page parses in so many milliseconds: a page that is
 * quick is not waited for whenever it has a pause, and one that is slow sees soon what a key has done.
 */
const AHEAD = 20;
const LEAST_AHEAD = 64 * 1024;
const MOST_AHEAD = LIMITS.replay / 2;
/** The page's speed is measured over as many milliseconds at least. */
const SAMPLE = 20;

export class Viewer {
  /** `waiting` for a snapshot; `lagging`: it has acknowledged nothing for so long that nobody waits for it. */
  state: 'waiting' | 'live' | 'lagging' = 'waiting';
  /** Offset of the next byte to send. While it waits: none before this will be sent. */
  next = 0;
  /** Bytes sent and not yet acknowledged. */
  #outstanding = 0;
  #snapshot: Buffer | undefined;
  /** The last change of size that it knows, see SizeChange. */
  #knownSize = 0;
  /** How far the shell may be ahead, in bytes. */
  #ahead = LEAST_AHEAD;
  #sampleBegin = 0;
  #sampleBytes = 0;
  /** When it last acknowledged anything, or had nothing to acknowledge. */
  #lastSign = performance.now();

  constructor(
    readonly sink: Sink,
    public size: Size,
  ) {}

  /** The shell must stop: more than it may be ahead waits to be sent, of what there is up to the offset `end`. */
  isBehind(end: number): boolean {
    return this.#backlog(end) > this.#ahead;
  }

  /** The shell may go on: little waits to be sent. */
  isServed(end: number): boolean {
    return this.#backlog(end) <= this.#ahead / 4;
  }

  get hasCaughtUp(): boolean {
    return this.#outstanding <= LIMITS.window / 2;
  }

  /** For how long it has owed an acknowledgement, in milliseconds. */
  get silence(): number {
    return this.#outstanding > 0 ? performance.now() - this.#lastSign : 0;
  }

  /** Goes on from `from`: the screen is as the terminal's was there, or will be after `snapshot`. */
  start(ring: Ring, from: number, reset: boolean, snapshot?: Buffer): void {
    const { columns, rows, serial } = ring.sizeAt(from);
    this.state = 'live';
    this.next = from;
    this.#outstanding = 0;
    this.#snapshot = snapshot;
    this.#knownSize = serial;
    this.sink.attached({ from, until: ring.end, reset, snapshot: snapshot?.length ?? 0, columns, rows });
  }

  /** Sends what it has not been sent up to the offset `end`, as far as it keeps up. */
  pump(ring: Ring, end: number): void {
    while (this.state === 'live') {
      const room = Math.min(FRAME, LIMITS.window - this.#outstanding);
      // Small pieces, each acknowledged and so followed by the next, would cost the most.
      if (room < Math.min(LEAST, this.#backlog(end))) return;
      if (this.#snapshot) {
        this.#send(this.#snapshot.subarray(0, room));
        this.#snapshot = this.#snapshot.length > room ? this.#snapshot.subarray(room) : undefined;
        continue;
      }
      const change = ring.changeAfter(this.#knownSize);
      const until = Math.min(change?.offset ?? end, end, this.next + room);
      if (until > this.next) {
        this.#send(ring.read(this.next, until));
        this.next = until;
      } else if (change && change.offset <= end) {
        this.#knownSize = change.serial;
        this.sink.resized({ columns: change.columns, rows: change.rows });
      } else return;
    }
  }

  /** A browser that acknowledges more than it was sent gains nothing. */
  acknowledge(bytes: number): void {
    const parsed = Math.min(bytes, this.#outstanding);
    this.#outstanding -= parsed;
    this.#lastSign = performance.now();
    this.#sampleBytes += parsed;
    const elapsed = this.#lastSign - this.#sampleBegin;
    if (elapsed < SAMPLE) return;
    this.#ahead = Math.min(MOST_AHEAD, Math.max(LEAST_AHEAD, (this.#sampleBytes / elapsed) * AHEAD));
    this.#sampleBegin = this.#lastSign;
    this.#sampleBytes = 0;
  }

  #backlog(end: number): number {
    return end - this.next + (this.#snapshot?.length ?? 0);
  }

  #send(bytes: Buffer): void {
    if (this.#outstanding === 0) this.#lastSign = performance.now();
    this.#outstanding += bytes.length;
    this.sink.bytes(this.next, bytes);
  }
}
