/** One browser that watches a terminal: what it was sent, what it has parsed, how large its screen is. */

import { LIMITS } from '../protocol.ts';

export interface Size {
  columns: number;
  rows: number;
}

/** Where a viewer's part of the protocol goes. */
export interface Sink {
  attached(replay: { from: number; until: number; reset: boolean } & Size): void;
  bytes(offset: number, bytes: Buffer): void;
}

/** Payload of one frame to the browser. */
const FRAME = 64 * 1024;

export class Viewer {
  /** Bytes sent and not yet acknowledged. */
  #outstanding = 0;
  #next = 0;

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

  startAt(offset: number): void {
    this.#next = offset;
  }

  send(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += FRAME) {
      const part = bytes.subarray(at, at + FRAME);
      this.sink.bytes(this.#next, part);
      this.#next += part.length;
      this.#outstanding += part.length;
    }
  }

  /** A browser that acknowledges more than it was sent gains nothing. */
  acknowledge(bytes: number): void {
    this.#outstanding = Math.max(0, this.#outstanding - bytes);
  }
}
