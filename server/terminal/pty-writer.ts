/**
 * Writes what is typed to a pty at once. node-pty hands each write to a thread of Node's pool, which costs more than the
 * write, and may reach a descriptor that was closed meanwhile, and is by then somebody else's.
 */

import { writeSync } from 'node:fs';
import type { IPty } from 'node-pty';

/** A program that does not read leaves the kernel's buffer full: try again after so long, in milliseconds. */
const RETRY = 5;
/** What waits for such a program, in bytes; more is dropped, as a kernel drops what nobody reads. */
const LONGEST_QUEUE = 4 * 1024 * 1024;

/** What node-pty has no public name for: the descriptor, and the stream that owns it. */
interface Internals {
  fd?: number;
  _socket?: { destroyed: boolean };
}

export class PtyWriter {
  #queue: Uint8Array[] = [];
  #queued = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly pty: IPty) {}

  /** Never throws; a shell that is gone reads nothing. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const { fd, _socket } = this.pty as Internals;
    if (fd === undefined || _socket === undefined) {
      // Another make of node-pty: slower, and as good.
      this.pty.write(Buffer.from(bytes));
      return;
    }
    if (this.#queue.length > 0) this.#enqueue(bytes);
    else this.#attempt(bytes);
  }

  #attempt(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const { fd, _socket } = this.pty as unknown as Required<Internals>;
      if (_socket.destroyed) {
        this.#forget();
        return;
      }
      try {
        // The pty does not block: it takes what it has room for.
        at += writeSync(fd, bytes, at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') this.#enqueue(bytes.subarray(at));
        else this.#forget();
        return;
      }
    }
  }

  #enqueue(bytes: Uint8Array): void {
    if (this.#queued + bytes.length > LONGEST_QUEUE) return;
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    this.#timer ??= setTimeout(() => this.#again(), RETRY);
  }

  #again(): void {
    this.#timer = undefined;
    const waiting = this.#queue;
    this.#queue = [];
    this.#queued = 0;
    for (const bytes of waiting) this.write(bytes);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue = [];
    this.#queued = 0;
  }
}
