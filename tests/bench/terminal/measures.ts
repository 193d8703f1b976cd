/** What is measured of each server: through its own wire, as a page would. */
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { decodeFrame } from '../../../server/protocol.ts';
import { openMalha, Screen, type Wire } from './client.ts';
import type { Server } from './servers.ts';

const PROMPT = 'ready>';
/** Bytes a second that a browser's terminal parses. */
const BROWSER = 10_000_000;

/** The `q` percentile of unsorted figures, `q` from 0 to 1. */
export function percentile(figures: number[], q: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** A terminal at a prompt that we know by sight. */
async function shell(server: Server, rate?: number): Promise<Screen> {
  const screen = new Screen(await server.connect(server), rate);
  // Written in two parts, so that its echo is not taken for the prompt.
  screen.wire.send("unset PROMPT_COMMAND PS0; trap - DEBUG; PS1='rea''dy>'\r");
  await screen.shows(PROMPT);
  return screen;
}

/** MB/s of a `cat` of `file`, to a screen that parses at once: one figure for each of `count`. */
export async function throughput(server: Server, file: string, bytes: number, count: number): Promise<number[]> {
  const screen = await shell(server);
  const figures: number[] = [];
  for (let i = 0; i < count; i++) {
    screen.forget();
    const before = screen.parsedBytes;
    const started = performance.now();
    screen.wire.send(`cat ${file}; echo; echo en''d\r`);
    await screen.shows('\nend');
    figures.push(bytes / 1e6 / ((performance.now() - started) / 1000));
    if (screen.parsedBytes - before < bytes) throw new Error(`${server.name} lost output.`);
    await screen.shows(PROMPT);
  }
  screen.close();
  return figures;
}

/** A screen whose keys come back as they are, with nothing of a shell's own work. */
async function echoing(server: Server): Promise<Wire & { close(): void }> {
  const screen = await shell(server);
  screen.wire.send("stty raw -echo; echo ra''w; exec cat\r");
  await screen.shows('raw');
  return screen.wire;
}

const keystroke = (wire: Wire) =>
  new Promise<number>((resolve) => {
    const started = performance.now();
    wire.onBytes = (bytes) => {
      wire.parsed(bytes.length);
      resolve(performance.now() - started);
    };
    wire.send('x');
  });

/** Milliseconds from a key to its echo, one figure for each of `count` keys. */
export async function echo(server: Server, count: number): Promise<number[]> {
  const wire = await echoing(server);
  const figures: number[] = [];
  for (let i = 0; i < count; i++) figures.push(await keystroke(wire));
  wire.close();
  return figures;
}

/**
 * `yes` for five seconds into a browser's screen, then Ctrl-C: milliseconds to the prompt, and the longest queue. It
 * says a long line: of `y` alone a kernel's terminal makes less than a browser parses, and nothing would queue.
 */
export async function interrupt(server: Server): Promise<{ milliseconds: number; largestQueue: number }> {
  const screen = await shell(server, BROWSER);
  screen.wire.send(`yes ${'yes-'.repeat(20)}\r`);
  await delay(5000);
  screen.forget();
  const started = performance.now();
  screen.wire.send('\x03');
  await screen.shows(PROMPT);
  const milliseconds = performance.now() - started;
  screen.close();
  return { milliseconds, largestQueue: screen.largestQueue };
}

export interface Sessions {
  /** KiB of the server's memory with a few that came and went, and with `few` open. */
  base: number;
  withFew: number;
  /** KiB for each one more, from `few` to `all`: what a server's heap takes at its first work is no terminal's own. */
  each: number;
  /** Milliseconds from key to echo in a tenth of them, while all are open. */
  echo: number[];
}

/** `all` terminals at their prompts, `few` of them first. The server must have had no other work before. */
export async function sessions(server: Server, few: number, all: number): Promise<Sessions> {
  for (const screen of await shells(server, 16)) screen.close();
  const base = await settled(server);
  const open = await shells(server, few);
  const withFew = await settled(server);
  open.push(...(await shells(server, all - few)));
  const each = ((await settled(server)) - withFew) / (all - few);
  const typing = open.filter((_, index) => index % 10 === 0);
  for (const screen of typing) {
    screen.wire.send("stty raw -echo; echo ra''w; exec cat\r");
    await screen.shows('raw');
  }
  const echo: number[] = [];
  for (let i = 0; i < 1000; i++) echo.push(await keystroke(typing[i % typing.length]!.wire));
  for (const screen of open) screen.close();
  return { base, withFew, each, echo };
}

/** Eight at a time: a hundred shells that start at once say nothing of a server. */
async function shells(server: Server, count: number): Promise<Screen[]> {
  const open: Screen[] = [];
  while (open.length < count) {
    const wave = Math.min(8, count - open.length);
    open.push(...(await Promise.all(Array.from({ length: wave }, () => shell(server)))));
  }
  return open;
}

/** Memory once it has stopped falling: a garbage collector takes its time. */
async function settled(server: Server): Promise<number> {
  let least = server.memory();
  for (let quiet = 0; quiet < 6; ) {
    await delay(250);
    const now = server.memory();
    quiet = now < least * 0.99 ? 0 : quiet + 1;
    least = Math.min(least, now);
  }
  return least;
}

/** Milliseconds from a page's open socket to the last byte of what a terminal with 10,000 lines shows. Ours alone. */
export async function replay(server: Server, file: string): Promise<number> {
  const screen = await shell(server);
  screen.wire.send(`head -n 10000 ${file}; echo en''d\r`);
  await screen.shows('\nend');
  const socket = openMalha(server.port, server.token);
  let started = 0;
  socket.once('open', () => {
    started = performance.now();
  });
  const milliseconds = await new Promise<number>((resolve) => {
    let left = Number.POSITIVE_INFINITY;
    let asked = false;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        const frame = decodeFrame(data);
        if (!frame) return;
        left -= frame.bytes.length;
        const ack = { type: 'terminal.ack', terminal: frame.terminal, bytes: frame.bytes.length };
        socket.send(JSON.stringify(ack));
      } else {
        const message = JSON.parse(data.toString()) as Told;
        if (message.type === 'snapshot' && !asked) {
          asked = true;
          // The last one opened: others of earlier rounds may still be closing.
          const terminal = Math.max(...message.terminals.map((info) => info.terminal));
          const attach = {
            type: 'terminal.attach',
            terminal,
            after: 0,
            client: 'bench-replay',
            columns: 100,
            rows: 30,
          };
          socket.send(JSON.stringify(attach));
        } else if (message.type === 'terminal.attached') {
          left = message.snapshot + message.until - message.from;
        }
      }
      if (left <= 0) resolve(performance.now() - started);
    });
  });
  if (socket.readyState === WebSocket.OPEN) socket.close();
  screen.close();
  return milliseconds;
}

type Told =
  | { type: 'snapshot'; terminals: { terminal: number }[] }
  | { type: 'terminal.attached'; snapshot: number; from: number; until: number };
