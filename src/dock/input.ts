/**
 * What this page typed into one terminal: numbered by bytes, kept until the shell has it, and sent again from where the
 * server got to, so that every byte arrives once and in order. Knows nothing of sockets.
 */
import { LIMITS } from '../../server/protocol';

/** Bytes of one frame to the server: a long paste goes in pieces. */
const PIECE = 16 * 1024;

export interface Piece {
  /** How many bytes this page typed into the terminal before. */
  offset: number;
  bytes: Uint8Array;
}

export class TypedInput {
  /** Bytes not yet confirmed; the first has the number `confirmed`. */
  private kept = new Uint8Array(0);
  private confirmed = 0;
  /** Number of the next byte to send over the present connection. */
  private next = 0;

  /** What the server has not confirmed. */
  get pending(): Uint8Array {
    return this.kept;
  }

  /** Keeps bytes until they are confirmed. False, and none of them is kept, where that would be too much. */
  add(bytes: Uint8Array): boolean {
    if (this.kept.length + bytes.length > LIMITS.input) return false;
    const kept = new Uint8Array(this.kept.length + bytes.length);
    kept.set(this.kept);
    kept.set(bytes, this.kept.length);
    this.kept = kept;
    return true;
  }

  /** All before `input` has arrived. */
  confirm(input: number): void {
    const arrived = Math.min(Math.max(0, input - this.confirmed), this.kept.length);
    this.kept = this.kept.subarray(arrived);
    this.confirmed += arrived;
    this.next = Math.max(this.next, this.confirmed);
  }

  /** A new connection, at whose other end all before `input` has arrived: the rest is to be sent, again or first. */
  resume(input: number): void {
    this.confirm(input);
    // A server that knows less of this page than it has confirmed counts anew: what is left follows what it knows.
    this.confirmed = input;
    this.next = input;
  }

  /** What to send now. */
  takeUnsent(): Piece[] {
    const pieces: Piece[] = [];
    const end = this.confirmed + this.kept.length;
    for (; this.next < end; this.next += PIECE) {
      const at = this.next - this.confirmed;
      pieces.push({ offset: this.next, bytes: this.kept.slice(at, at + PIECE) });
    }
    this.next = end;
    return pieces;
  }

  /** Forgets what is pending, and returns it. */
  giveUp(): Uint8Array {
    const { kept } = this;
    this.confirmed += kept.length;
    this.next = this.confirmed;
    this.kept = new Uint8Array(0);
    return kept;
  }
}
