/**
 * A shell in a pty. It lives in the lab, not in a page: viewers come and go, and find its last output when they come.
 */

import { randomBytes } from 'node:crypto';
import { LIMITS, type TerminalInfo } from '../protocol.ts';
import { Audience } from './audience.ts';
import { isAnswer, TypedInput } from './input.ts';
import { type Mark, MarkReader } from './marks.ts';
import { isAlive, type ShellProcess, startShell } from './pty.ts';
import { readPty } from './pty-reader.ts';
import { PtyWriter } from './pty-writer.ts';
import { Ring, type Size } from './ring.ts';
import type { Shell } from './shell/choose.ts';
import { Signal } from './signal.ts';
import { draw } from './snapshot.ts';
import type { Sink, Viewer } from './viewer.ts';

/** Output waits this long for more, in milliseconds, unless it is the first for as long, or the learner has just typed. */
const COALESCE = 4;
const INPUT_BYPASS = 50;
/** More than this is sent at once. */
const COALESCE_BYTES = 64 * 1024;
/** While the pty is paused its end is not reported, and its last output would be lost: look for it this often. */
const PAUSED_CHECK = 50;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface SessionOptions extends Size {
  terminal: number;
  tab: number;
  shell: Shell;
  cwd: string;
  env: Record<string, string>;
  /** A viewer that is behind and silent for so long is not waited for, in milliseconds. */
  patience?: number;
}

export class Session {
  readonly changed = new Signal<TerminalInfo>();
  /** The size changed, in order with `text`. */
  readonly resized = new Signal<Size>();
  /** Output outside our marks, and the marks, in order. The bytes are the listener's until it returns. */
  readonly text = new Signal<Buffer>();
  readonly mark = new Signal<Mark>();
  readonly exited = new Signal<number>();
  /** The program in front takes a paste as one piece (DEC private mode 2004). */
  bracketedPaste = false;
  /**
   * The learner has typed since the line at the prompt was last known to be empty, by whoever knows: what is typed while
   * a command runs may stand on the next line. `lineEntered`: with Enter, since a command began.
   */
  lineTouched = false;
  lineEntered = false;

  /** The last command has ended and the next prompt is not there yet. */
  isReturning = false;
  /** The shell tells where a command begins and ends. */
  readonly hasMarks: boolean;

  #info: TerminalInfo;
  #process: ShellProcess;
  #pty: ShellProcess['pty'];
  #writer: PtyWriter;
  #ring: Ring;
  #audience: Audience;
  #input = new TypedInput();
  #reader: MarkReader;
  #timer: NodeJS.Timeout | undefined;
  #lastFlush = 0;
  #lastInput = Number.NEGATIVE_INFINITY;
  #lastActive = performance.now();
  #pausedCheck: NodeJS.Timeout | undefined;
  #draining = false;

  constructor(options: SessionOptions) {
    const nonce = randomBytes(12).toString('hex');
    const { terminal, tab, shell, cwd, columns, rows } = options;
    this.#ring = new Ring(LIMITS.replay, { columns, rows });
    this.#audience = new Audience(this.#ring, () => this.#settle(), options.patience);
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
    this.#process = startShell(shell, cwd, { ...options.env, MALHA_NONCE: nonce }, { columns, rows });
    this.#pty = this.#process.pty;
    this.#writer = new PtyWriter(this.#pty);
    readPty(this.#pty, (bytes) => this.#onData(bytes));
    this.#pty.onExit(({ exitCode, signal }) => this.#onExit(signal ? 128 + signal : exitCode));
  }

  /** As it is now: a change makes a new one. */
  get info(): Readonly<TerminalInfo> {
    return this.#info;
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get size(): Size {
    const { columns, rows } = this.#ring.size;
    return { columns, rows };
  }

  get hasExited(): boolean {
    return this.#info.state === 'exited';
  }

  /** The shell has been stopped, for a page that does not keep up. */
  get isPaused(): boolean {
    return this.#pausedCheck !== undefined;
  }

  /** When it last printed or was typed into, by `performance.now()`. */
  get lastActive(): number {
    return this.#lastActive;
  }

  /** Sends what the viewer misses after the offset `after`, then everything that comes, in the place of `former`. */
  attach(sink: Sink, after: number, size: Size, former?: Viewer): Viewer {
    const viewer = this.#audience.add(sink, size);
    if (former) this.#audience.remove(former);
    this.#fit();
    this.#audience.begin(viewer, after);
    this.#counted();
    return viewer;
  }

  detach(viewer: Viewer): void {
    this.#audience.remove(viewer);
    this.#fit();
    this.#counted();
  }

  #counted(): void {
    const { count } = this.#audience;
    if (count !== (this.#info.viewers ?? 0)) this.#change({ viewers: count });
    this.#control();
  }

  /** Text with control sequences that draws the terminal as it is now in a new one of its size. */
  async screen(): Promise<string> {
    return (await draw(this.#ring.history())).toString('utf8');
  }

  acknowledge(viewer: Viewer, bytes: number): void {
    const { state } = viewer;
    this.#audience.acknowledge(viewer, bytes);
    if (viewer.state === state) this.#control();
    else this.#settle();
  }

  resize(viewer: Viewer, size: Size): void {
    viewer.size = size;
    this.#fit();
  }

  /** How many bytes that client has typed here. */
  arrived(client: string): number {
    return this.#input.arrived(client);
  }

  /**
   * What a client types in the page of `viewer`; `offset` counts its bytes before these. What has arrived before is not
   * typed again. False where bytes before `offset` are missing: nothing is typed then.
   */
  receive(viewer: Viewer, client: string, offset: number, bytes: Uint8Array): boolean {
    const fresh = this.#input.take(client, offset, bytes);
    if (!fresh) return false;
    if (fresh.length === 0) return true;
    if (isAnswer(fresh)) {
      if (this.#audience.answers(viewer)) this.write(fresh);
      return true;
    }
    this.#audience.typed(viewer);
    this.input(fresh);
    return true;
  }

  /** What the learner types. */
  input(bytes: Uint8Array): void {
    this.lineTouched = true;
    if (bytes.includes(CARRIAGE_RETURN) || bytes.includes(NEWLINE)) this.lineEntered = true;
    this.write(bytes);
  }

  write(bytes: Uint8Array | string): void {
    if (this.hasExited) return;
    this.#lastInput = this.#lastActive = performance.now();
    this.#writer.write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  /** Puts into the terminal's info what other parts of the lab know of it; undefined takes it out. */
  note(part: Pick<TerminalInfo, 'recording' | 'endless' | 'endedBy'>): void {
    this.#change(part);
  }

  #onData(chunk: Buffer): void {
    const now = performance.now();
    this.#lastActive = now;
    this.#ring.push(chunk);
    const isDue = now - this.#lastFlush >= COALESCE || now - this.#lastInput < INPUT_BYPASS;
    if (isDue || this.#audience.pending >= COALESCE_BYTES) this.#flush(now);
    else this.#timer ??= setTimeout(() => this.#flush(performance.now()), COALESCE);
    // After it is on its way: whoever types waits for it.
    this.#reader.push(chunk);
  }

  #flush(now: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastFlush = now;
    this.#audience.flush();
    this.#control();
  }

  /** Pauses the shell while a viewer is far behind; resumes it once all have caught up. */
  #control(): void {
    if (this.#pausedCheck) {
      if (this.#audience.hasCaughtUp) this.#resume();
    } else if (!this.#draining && this.#audience.isBehind) {
      this.#pty.pause();
      this.#pausedCheck = setInterval(() => this.#checkPaused(), PAUSED_CHECK);
    }
  }

  #checkPaused(): void {
    if (!isAlive(this.pid)) {
      this.#draining = true;
      this.#resume();
    } else if (this.#audience.giveUp()) this.#settle();
  }

  /** After a viewer has come, gone or changed its state. */
  #settle(): void {
    this.#fit();
    this.#control();
  }

  #resume(): void {
    clearInterval(this.#pausedCheck);
    this.#pausedCheck = undefined;
    if (!this.hasExited) this.#pty.resume();
  }

  /** The smallest viewer's size holds, so that nobody sees broken lines. */
  #fit(): void {
    const { columns, rows } = this.#audience.size ?? this.size;
    if (this.hasExited || (columns === this.size.columns && rows === this.size.rows)) return;
    this.#ring.resize({ columns, rows });
    try {
      this.#pty.resize(columns, rows);
    } catch {
      // The shell has just ended: node-pty throws, and there is nothing to resize.
    }
    this.#flush(performance.now());
    this.resized.emit({ columns, rows });
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
        this.lineEntered = false;
        this.#change({ state: 'running' });
        break;
      case 'ended':
        this.isReturning = true;
        this.#change({ exitCode: mark.exitCode });
        break;
      case 'cwd':
        if (mark.path !== this.#info.cwd) this.#change({ cwd: mark.path });
        break;
      case 'settled':
        break;
    }
    this.mark.emit(mark);
  }

  #onExit(exitCode: number): void {
    this.#flush(performance.now());
    this.#process.release();
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
