/**
 * Reads what a shell prints, in large pieces. The kernel hands out at most 4 KiB of a pty's output at a time, and Node
 * reads once in each turn of its loop, with much ado: while there is more, we read on ourselves.
 */

import { readSync } from 'node:fs';
import type { IPty } from 'node-pty';

/** The most that a read gives: the kernel's N_TTY_BUF_SIZE, of which one byte stays free. Less, and nothing is left. */
const FULL = 4095;
/** As much at once, in bytes; then the others have their turn. */
const MOST = 64 * 1024;

/** What node-pty has no public name for: the descriptor, and the stream that owns it. */
interface Internals {
  fd?: number;
  _socket?: { destroyed: boolean; readableLength: number; read(): unknown; destroy(error?: Error): unknown };
}

/** One for all terminals: nobody keeps what is in it. */
const batch = Buffer.allocUnsafeSlow(MOST);

/** Calls `take` with all that comes, in order; the bytes are its own until it returns. */
export function readPty(pty: IPty, take: (bytes: Buffer) => void): void {
  // With `encoding: null` node-pty hands out Buffers, though its types say string.
  pty.onData((data) => {
    const first = data as unknown as Buffer;
    take(first.length === FULL ? withWhatFollows(pty, first) : first);
  });
  const { fd, _socket } = pty as Internals;
  if (fd === undefined || !_socket) return;
  // node-pty closes the pty 200 ms after the shell's end, whatever is still in it: paused, or on a busy machine.
  const destroy = _socket.destroy.bind(_socket);
  _socket.destroy = (error) => {
    if (!_socket.destroyed) readRest(fd, _socket, take);
    return destroy(error);
  };
}

/** At most so much: what others still write there does not keep us for ever. */
function readRest(fd: number, socket: Required<Internals>['_socket'], take: (bytes: Buffer) => void): void {
  // Hands out what it has read before it was paused.
  socket.read();
  try {
    for (let total = 0; total < MOST; ) {
      const length = readSync(fd, batch, 0, FULL, null);
      if (length === 0) return;
      take(batch.subarray(0, length));
      total += length;
    }
  } catch {
    // That was all.
  }
}

function withWhatFollows(pty: IPty, first: Buffer): Buffer {
  const { fd, _socket } = pty as Internals;
  // What the stream has read before it was paused comes first.
  if (fd === undefined || !_socket || _socket.destroyed || _socket.readableLength > 0) return first;
  batch.set(first);
  let length = first.length;
  for (let read = FULL; read === FULL && length + FULL <= MOST; length += read) {
    try {
      read = readSync(fd, batch, length, FULL, null);
    } catch {
      read = 0; // nothing for now, or for ever: the stream will tell
    }
  }
  return batch.subarray(0, length);
}
