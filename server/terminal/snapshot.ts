/**
 * Draws a terminal's kept output with a terminal of our own that shows nothing, and writes down what brings another one
 * to the same picture: screens, colours, scrollback, cursor and modes. That terminal exists only while it is needed, and
 * nothing that it answers to queries goes anywhere.
 */

import { setImmediate as turn } from 'node:timers/promises';
import type { Terminal } from '@xterm/headless';
import { newTerminal } from './headless.ts';
import type { History } from './ring.ts';
import { serialize } from './serialize.ts';

/** Bytes parsed at once, some milliseconds' worth: other terminals' keys are answered in between. */
const SLICE = 32 * 1024;
/** Output made to keep a terminal busy is not parsed for longer than this, in milliseconds; other work does not count. */
const PATIENCE = 2000;
/** Sequences that are repeated as often as their parameter says, and how often at most: xterm.js has no bound. */
const REPEATING = ['b', 'L', 'M', 'S', 'T', 'I', 'Z', '@', 'P', 'X'];
const REPETITIONS = 1000;

/** What we use of xterm.js beyond its interface: only a synchronous write leaves us the errors that it throws. */
interface Internals {
  _core: { _writeBuffer: { writeSync(data: Uint8Array | string): void } };
}

/**
 * Resolves with the bytes that draw the terminal of `history` in a new one of its last size. Never rejects: what cannot
 * be drawn here is handed on as it came.
 */
export async function draw(history: History): Promise<Buffer> {
  const modes = history.modes.copy();
  const start = Buffer.concat([Buffer.from(modes.beginning()), modes.unfinished]);
  const [first, ...later] = history.pieces;
  modes.push(first?.bytes ?? Buffer.alloc(0));
  for (const { bytes } of later) {
    modes.resized();
    modes.push(bytes);
  }
  let terminal: Terminal | undefined;
  try {
    terminal = newTerminal(first?.size ?? history.size);
    for (const final of REPEATING) {
      terminal.parser.registerCsiHandler({ final }, ([count]) => typeof count === 'number' && count > REPETITIONS);
    }
    await feed(terminal, start, history);
    const text = (await serialize(terminal, modes.alternateScreen())) + modes.sequences();
    return Buffer.concat([Buffer.from(text), modes.unfinished]);
  } catch (error) {
    console.error('A terminal could not be drawn:', error);
    return Buffer.concat([start, ...history.pieces.map(({ bytes }) => bytes)]);
  } finally {
    terminal?.dispose();
  }
}

async function feed(terminal: Terminal, start: Buffer, { pieces, size }: History): Promise<void> {
  let spent = 0;
  const timed = (work: () => void) => {
    const from = performance.now();
    work();
    spent += performance.now() - from;
    if (spent > PATIENCE) throw new Error('it takes too long');
  };
  const { _writeBuffer: writer } = (terminal as unknown as Internals)._core;
  writer.writeSync(start);
  for (const piece of pieces) {
    timed(() => terminal.resize(piece.size.columns, piece.size.rows));
    for (let at = 0; at < piece.bytes.length; at += SLICE) {
      timed(() => writer.writeSync(piece.bytes.subarray(at, at + SLICE)));
      await turn();
    }
  }
  terminal.resize(size.columns, size.rows);
}
