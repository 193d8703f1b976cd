/**
 * Follows one terminal's output: where the page is in it, what is a repetition, when the replay is over, and what to
 * acknowledge. Knows nothing of xterm or sockets.
 */
import { LIMITS } from '../../server/protocol';

/** Where a replay begins and ends, as `terminal.attached` tells it. */
export interface Replay {
  from: number;
  until: number;
  /** Bytes that draw the whole terminal, and count for nothing in its offsets. */
  snapshot: number;
}

export class OutputStream {
  /** Offset of the next byte to come from the server. */
  private received = 0;
  private snapshotToCome = 0;
  /** Bytes of the replay that the terminal has not parsed. */
  private replayToParse = 0;
  private unacknowledged = 0;
  private attachment = 0;

  /**
   * What to ask for on the next attach: all bytes before this are on the screen, or on their way there. 0 where a
   * snapshot was cut short: then the screen is of no use.
   */
  get seen(): number {
    return this.isBroken ? 0 : this.received;
  }

  /** The screen holds part of a snapshot. */
  get isBroken(): boolean {
    return this.snapshotToCome > 0;
  }

  /** Until it is over, the terminal's answers to old queries must not reach the shell. */
  get isReplaying(): boolean {
    return this.replayToParse > 0;
  }

  attached({ from, until, snapshot }: Replay): void {
    this.received = from;
    this.snapshotToCome = snapshot;
    this.replayToParse = snapshot + until - from;
    this.unacknowledged = 0;
    this.attachment++;
  }

  /** The part of a frame that is new; empty where all of it came before. */
  take(offset: number, bytes: Uint8Array): Uint8Array {
    if (this.snapshotToCome > 0) {
      this.snapshotToCome = Math.max(0, this.snapshotToCome - bytes.length);
      return bytes;
    }
    const known = Math.min(Math.max(0, this.received - offset), bytes.length);
    this.received = Math.max(this.received, offset + bytes.length);
    return bytes.subarray(known);
  }

  /**
   * To be called when the terminal has parsed `count` bytes that were taken just before; returns how many to
   * acknowledge then, 0 for none yet. Bytes of an earlier attachment are nobody's to acknowledge.
   */
  taken(count: number): () => number {
    const { attachment } = this;
    return () => {
      if (attachment !== this.attachment) return 0;
      this.replayToParse = Math.max(0, this.replayToParse - count);
      this.unacknowledged += count;
      if (this.unacknowledged < LIMITS.ack) return 0;
      const bytes = this.unacknowledged;
      this.unacknowledged = 0;
      return bytes;
    };
  }
}
