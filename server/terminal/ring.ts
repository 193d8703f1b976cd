/** The last bytes of a terminal's output, by their offset from its first byte, and the sizes at which they were written. */

import { ModeScanner } from './modes.ts';

export interface Size {
  columns: number;
  rows: number;
}

/** From `offset` on, the terminal had this size. A later change has a higher `serial`, also where the offset is the same. */
export interface SizeChange extends Size {
  offset: number;
  serial: number;
}

/** All that is kept, in pieces of one size each. */
export interface History {
  /** The modes in which the first piece begins. */
  modes: ModeScanner;
  pieces: { size: Size; bytes: Buffer }[];
  /** The size now. */
  size: Size;
  /** Offset of the end of the last piece. */
  end: number;
}

/** Output is copied into blocks, since a Buffer for each small chunk costs many times its bytes. */
const FIRST_BLOCK = 2 * 1024;
const BLOCK = 64 * 1024;

export class Ring {
  /** Full, but for the last one. */
  #blocks: Buffer[] = [];
  /** Bytes used of the last block. */
  #used = 0;
  #start = 0;
  #end = 0;
  #sizes: SizeChange[];
  #serial = 0;
  /** Fed with what leaves the ring, so that live output costs nothing. */
  #dropped = new ModeScanner();

  /** Keeps at least the last `capacity` bytes, if there were as many, and at most a block more. */
  constructor(
    private readonly capacity: number,
    size: Size,
  ) {
    this.#sizes = [{ ...size, offset: 0, serial: 0 }];
  }

  /** Offset of the first byte that is kept. */
  get start(): number {
    return this.#start;
  }

  /** Offset of the next byte to come: the number of bytes so far. */
  get end(): number {
    return this.#end;
  }

  get size(): SizeChange {
    return this.#sizes.at(-1)!;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      let last = this.#blocks.at(-1);
      if (!last || this.#used === last.length) {
        // Doubled up to the full size: an idle terminal shall cost little.
        last = Buffer.allocUnsafeSlow(last ? Math.min(last.length * 2, BLOCK) : FIRST_BLOCK);
        this.#blocks.push(last);
        this.#used = 0;
      }
      const part = Math.min(last.length - this.#used, chunk.length - at);
      last.set(at === 0 && part === chunk.length ? chunk : chunk.subarray(at, at + part), this.#used);
      this.#used += part;
      this.#end += part;
      at += part;
    }
    this.#drop();
  }

  /** The next byte is written at this size. */
  resize({ columns, rows }: Size): void {
    this.#serial++;
    const change = { columns, rows, offset: this.#end, serial: this.#serial };
    if (this.size.offset === this.#end) this.#sizes[this.#sizes.length - 1] = change;
    else this.#sizes.push(change);
  }

  /** The size at which the byte at `offset` was written, or will be. */
  sizeAt(offset: number): SizeChange {
    return this.#sizes.findLast((size) => size.offset <= offset) ?? this.#sizes[0]!;
  }

  /** The first change of size after the one with that serial. */
  changeAfter(serial: number): SizeChange | undefined {
    if (this.size.serial <= serial) return undefined;
    return this.#sizes.find((size) => size.serial > serial);
  }

  /** The bytes from `from` up to `until`, which must be kept. Valid for ever: blocks are never written twice. */
  read(from: number, until: number): Buffer {
    const parts: Buffer[] = [];
    // What is asked for is nearly always at the end.
    let end = this.#end;
    for (let index = this.#blocks.length - 1; index >= 0 && end > from; index--) {
      const block = this.#blocks[index]!;
      const length = index === this.#blocks.length - 1 ? this.#used : block.length;
      const begin = end - length;
      if (begin < until) parts.unshift(block.subarray(Math.max(0, from - begin), Math.min(length, until - begin)));
      end = begin;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  history(): History {
    const pieces = this.#sizes.map((size, index) => {
      const until = this.#sizes[index + 1]?.offset ?? this.#end;
      const from = Math.max(size.offset, this.#start);
      return { size: { columns: size.columns, rows: size.rows }, bytes: this.read(from, until) };
    });
    const { columns, rows } = this.size;
    return { modes: this.#dropped.copy(), pieces, size: { columns, rows }, end: this.#end };
  }

  #drop(): void {
    let first = this.#blocks[0];
    while (first && this.#blocks.length > 1 && this.#end - this.#start - first.length >= this.capacity) {
      this.#blocks.shift();
      this.#forget(first);
      first = this.#blocks[0];
    }
  }

  #forget(block: Buffer): void {
    const blockStart = this.#start;
    const blockEnd = blockStart + block.length;
    for (let next = this.#sizes[1]; next && next.offset <= blockEnd; next = this.#sizes[1]) {
      this.#dropped.push(block.subarray(this.#start - blockStart, next.offset - blockStart));
      this.#dropped.resized();
      this.#start = next.offset;
      this.#sizes.shift();
    }
    this.#dropped.push(block.subarray(this.#start - blockStart));
    this.#start = blockEnd;
  }
}
