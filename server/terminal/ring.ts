/** The last bytes of a terminal's output, addressed by their offset from the terminal's first byte. */

/** A replay that starts after lost bytes begins at a line, if one begins within this many bytes. */
const LINE_SEARCH = 64 * 1024;
const NEWLINE = 0x0a;

export class Ring {
  #chunks: Buffer[] = [];
  #start = 0;
  #end = 0;

  /** Keeps at least the last `capacity` bytes, if there were as many, and at most one chunk more. */
  constructor(private readonly capacity: number) {}

  /** Offset of the first byte that is kept. */
  get start(): number {
    return this.#start;
  }

  /** Offset of the next byte to come: the number of bytes so far. */
  get end(): number {
    return this.#end;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#end += chunk.length;
    let drop = 0;
    for (const first of this.#chunks) {
      if (this.#end - this.#start - first.length < this.capacity) break;
      this.#start += first.length;
      drop++;
    }
    if (drop > 0) this.#chunks.splice(0, drop);
  }

  /**
   * What a viewer that has seen `after` bytes misses. `reset` where it must clear its screen first: bytes between
   * `after` and `from` are lost, or `after` was never ours. Then `from` is the start of a line, so that the replay
   * does not begin within an escape sequence or a character.
   */
  since(after: number): { from: number; reset: boolean; bytes: Buffer } {
    if (after >= this.#start && after <= this.#end) {
      return { from: after, reset: false, bytes: this.#read(after) };
    }
    const all = this.#read(this.#start);
    if (this.#start === 0) return { from: 0, reset: true, bytes: all };
    const newline = all.subarray(0, LINE_SEARCH).indexOf(NEWLINE);
    return { from: this.#start + newline + 1, reset: true, bytes: all.subarray(newline + 1) };
  }

  #read(from: number): Buffer {
    const parts: Buffer[] = [];
    let offset = this.#start;
    for (const chunk of this.#chunks) {
      if (offset + chunk.length > from) parts.push(chunk.subarray(Math.max(0, from - offset)));
      offset += chunk.length;
    }
    return Buffer.concat(parts);
  }
}
