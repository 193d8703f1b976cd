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

/** Payload of one frame to the browser. */
const FRAME = 64 * 1024;

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
  /** When it last acknowledged anything, or had nothing to acknowledge. */
  #lastSign = performance.now();

  constructor(
    readonly sink: Sink,
    public size: Size,
  ) {}

  get isBehind(): boolean {
    return this.#outstanding > LIMITS.high;
  }

  get hasCaughtUp(): boolean {
    return this.#outstanding <= LIMITS.low;
  }

  /** For how long it has been behind without a sign of life, in milliseconds. */
  get silence(): number {
    return this.isBehind ? performance.now() - this.#lastSign : 0;
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
    while (this.state === 'live' && !this.isBehind) {
      if (this.#snapshot) {
        this.#send(this.#snapshot.subarray(0, FRAME));
        this.#snapshot = this.#snapshot.length > FRAME ? this.#snapshot.subarray(FRAME) : undefined;
        continue;
      }
      const change = ring.changeAfter(this.#knownSize);
      const until = Math.min(change?.offset ?? end, end, this.next + FRAME);
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
    this.#outstanding = Math.max(0, this.#outstanding - bytes);
    this.#lastSign = performance.now();
  }

  #send(bytes: Buffer): void {
    if (this.#outstanding === 0) this.#lastSign = performance.now();
    this.#outstanding += bytes.length;
    this.sink.bytes(this.next, bytes);
  }
}
