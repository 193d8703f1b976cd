/**
 * A shell in a pty. It lives in the lab, not in a page: viewers come and go, and find its last output when they come.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { type IPty, spawn } from 'node-pty';
import { LIMITS, type TerminalInfo } from '../protocol.ts';
import { type Mark, MarkReader } from './marks.ts';
import { Ring } from './ring.ts';
import type { Shell } from './shell/choose.ts';
import { Signal } from './signal.ts';
import { type Sink, type Size, Viewer } from './viewer.ts';

/** Output waits this long for more, in milliseconds, unless the learner has just typed. */
const COALESCE = 4;
const INPUT_BYPASS = 50;
/** More than this is sent at once. */
const COALESCE_BYTES = 64 * 1024;
/** While the pty is paused its end is not reported, and its last output would be lost: look for it this often. */
const PAUSED_CHECK = 50;

export interface SessionOptions extends Size {
  terminal: number;
  tab: number;
  shell: Shell;
  cwd: string;
  env: Record<string, string>;
}

export class Session {
  readonly changed = new Signal<TerminalInfo>();
  /** All that the shell prints, byte for byte as it comes, our marks (with their nonce) included. */
  readonly output = new Signal<Buffer>();
  /** The size changed, in order with `output` and `text`. */
  readonly resized = new Signal<Size>();
  /** Output outside our marks, and the marks, in order. */
  readonly text = new Signal<Buffer>();
  readonly mark = new Signal<Mark>();
  readonly exited = new Signal<number>();
  /** The program in front takes a paste as one piece (DEC private mode 2004). */
  bracketedPaste = false;
  /** The learner typed at this prompt: the line may not be empty. */
  lineTouched = false;

  /** The last command has ended and the next prompt is not there yet. */
  isReturning = false;
  /** The shell tells where a command begins and ends. */
  readonly hasMarks: boolean;

  #info: TerminalInfo;
  #pty: IPty;
  /** The shell's end of the pty, held open by us too: see `holdOpen`. */
  #held: number | undefined;
  #ring = new Ring(LIMITS.replay);
  #reader: MarkReader;
  #viewers = new Set<Viewer>();
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastInput = Number.NEGATIVE_INFINITY;
  #pausedCheck: NodeJS.Timeout | undefined;
  #draining = false;
  #size: Size;

  constructor(options: SessionOptions) {
    const nonce = randomBytes(12).toString('hex');
    const { terminal, tab, shell, cwd, columns, rows } = options;
    this.#size = { columns, rows };
    this.hasMarks = shell.name !== 'sh';
    this.#info = {
      terminal,
      tab,
      title: shell.name,
      state: this.hasMarks ? 'starting' : 'running',
      command: this.hasMarks ? undefined : shell.name,
      cwd,
    };
    this.#reader = new MarkReader(nonce, {
      text: (bytes) => this.text.emit(bytes),
      mark: (mark) => this.#onMark(mark),
      bracketedPaste: (on) => {
        this.bracketedPaste = on;
      },
    });
    this.#pty = spawn(shell.file, shell.args, {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd,
      env: { ...options.env, ...shell.env, MALHA_NONCE: nonce },
      encoding: null,
    });
    this.#held = holdOpen(this.#pty);
    // With `encoding: null` node-pty hands out Buffers, though its types say string.
    this.#pty.onData((data) => this.#onData(data as unknown as Buffer));
    this.#pty.onExit(({ exitCode, signal }) => this.#onExit(signal ? 128 + signal : exitCode));
  }

  get info(): TerminalInfo {
    return { ...this.#info };
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get size(): Size {
    return { ...this.#size };
  }

  get hasExited(): boolean {
    return this.#info.state === 'exited';
  }

  /** Sends what the viewer misses after the offset `after`, then everything that comes. */
  attach(sink: Sink, after: number, size: Size): Viewer {
    this.#flush();
    const viewer = new Viewer(sink, size);
    this.#viewers.add(viewer);
    this.#fit();
    const { from, reset, bytes } = this.#ring.since(after);
    sink.attached({ from, until: from + bytes.length, reset, ...this.#size });
    viewer.startAt(from);
    viewer.send(bytes);
    this.#control();
    return viewer;
  }

  detach(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#fit();
    this.#control();
  }

  acknowledge(viewer: Viewer, bytes: number): void {
    viewer.acknowledge(bytes);
    this.#control();
  }

  resize(viewer: Viewer, size: Size): void {
    viewer.size = size;
    this.#fit();
  }

  /** What the learner types. */
  input(bytes: Uint8Array): void {
    if (this.#info.state === 'prompt') this.lineTouched = true;
    this.write(bytes);
  }

  write(bytes: Uint8Array | string): void {
    if (this.hasExited) return;
    this.#lastInput = performance.now();
    this.#pty.write(Buffer.from(bytes as string));
  }

  /** Puts into the terminal's info what other parts of the lab know of it; undefined takes it out. */
  note(part: Pick<TerminalInfo, 'recording' | 'endless'>): void {
    this.#change(part);
  }

  #onData(chunk: Buffer): void {
    this.#ring.push(chunk);
    this.output.emit(chunk);
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    this.#reader.push(chunk);
    const typing = performance.now() - this.#lastInput < INPUT_BYPASS;
    if (typing || this.#pendingBytes >= COALESCE_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), COALESCE);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pendingBytes === 0) return;
    const bytes = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const viewer of this.#viewers) viewer.send(bytes);
    this.#control();
  }

  /** Pauses the shell while any viewer is far behind; resumes it once all have caught up. */
  #control(): void {
    const viewers = [...this.#viewers];
    if (this.#pausedCheck) {
      if (viewers.every((viewer) => viewer.hasCaughtUp)) this.#resume();
    } else if (!this.#draining && viewers.some((viewer) => viewer.isBehind)) {
      this.#pty.pause();
      this.#pausedCheck = setInterval(() => {
        if (isAlive(this.pid)) return;
        this.#draining = true;
        this.#resume();
      }, PAUSED_CHECK);
    }
  }

  #resume(): void {
    clearInterval(this.#pausedCheck);
    this.#pausedCheck = undefined;
    if (!this.hasExited) this.#pty.resume();
  }

  /** The smallest viewer's size holds, so that nobody sees broken lines. */
  #fit(): void {
    const sizes = [...this.#viewers].map((viewer) => viewer.size);
    if (sizes.length === 0 || this.hasExited) return;
    const columns = Math.min(...sizes.map((size) => size.columns));
    const rows = Math.min(...sizes.map((size) => size.rows));
    if (columns === this.#size.columns && rows === this.#size.rows) return;
    this.#flush();
    this.#size = { columns, rows };
    try {
      this.#pty.resize(columns, rows);
    } catch {
      // The shell has just ended: node-pty throws, and there is nothing to resize.
    }
    this.resized.emit(this.size);
  }

  #onMark(mark: Mark): void {
    switch (mark.type) {
      case 'ready':
        if (this.#info.state !== 'prompt') this.#change({ state: 'prompt', command: undefined });
        break;
      case 'prompt':
        break;
      case 'command':
        this.#change({ command: mark.line });
        break;
      case 'started':
        this.isReturning = false;
        this.#change({ state: 'running' });
        break;
      case 'ended':
        this.isReturning = true;
        this.#change({ exitCode: mark.exitCode });
        break;
      case 'cwd':
        // Told once for each new prompt, before it is shown.
        this.lineTouched = false;
        if (mark.path !== this.#info.cwd) this.#change({ cwd: mark.path });
        break;
      case 'settled':
        break;
    }
    this.mark.emit(mark);
  }

  #onExit(exitCode: number): void {
    this.#flush();
    if (this.#held !== undefined) closeSync(this.#held);
    clearInterval(this.#pausedCheck);
    this.#pausedCheck = undefined;
    this.#change({ state: 'exited', exitCode, command: undefined });
    this.exited.emit(exitCode);
  }

  #change(part: Partial<TerminalInfo>): void {
    this.#info = { ...this.#info, ...part };
    this.changed.emit(this.info);
  }
}

/**
 * When the last holder of the shell's end of a pty closes it, libuv reads what is buffered once (4 KiB at most) and
 * reports the end: the rest of a last, larger output would be lost. While we hold that end too, nothing is reported, and
 * node-pty closes the pty 200 ms after the shell's end, when all is read.
 */
function holdOpen(pty: IPty): number | undefined {
  const { ptsName } = pty as { ptsName?: string };
  if (!ptsName) return undefined;
  try {
    return openSync(ptsName, constants.O_RDWR | constants.O_NOCTTY);
  } catch {
    return undefined; // as good as without: only a large last output is at risk
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
