/**
 * Follows one terminal's output: where the page is in it, what is a repetition, when the replay is over, and what to
 * acknowledge. Knows nothing of xterm or sockets.
 */
import { LIMITS } from '../../server/protocol';

export class OutputStream {
  /** Offset of the next byte to come from the server. */
  private received = 0;
  /** Offset up to which the terminal has parsed. */
  private parsed = 0;
  /** Where live output begins; until then the terminal's answers to old queries must not reach the shell. */
  private liveFrom = 0;
  private unacknowledged = 0;

  /** What to ask for on the next attach: bytes before this are on the screen. */
  get seen(): number {
    return this.parsed;
  }

  get replaying(): boolean {
    return this.parsed < this.liveFrom;
  }

  attached(from: number, until: number): void {
    this.received = from;
    this.parsed = from;
    this.liveFrom = until;
    this.unacknowledged = 0;
  }

  /** The part of a frame that is new; empty where all of it came before. */
  take(offset: number, bytes: Uint8Array): Uint8Array {
    const known = Math.min(Math.max(0, this.received - offset), bytes.length);
    this.received = Math.max(this.received, offset + bytes.length);
    return bytes.subarray(known);
  }

  /** Called when the terminal has parsed bytes. Returns how many to acknowledge now; 0 for none yet. */
  wrote(count: number): number {
    this.parsed += count;
    this.unacknowledged += count;
    if (this.unacknowledged < LIMITS.ack) return 0;
    const bytes = this.unacknowledged;
    this.unacknowledged = 0;
    return bytes;
  }
}
