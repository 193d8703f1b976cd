/** Writes what one terminal shows into a file as it happens: an asciicast v3, never with what was typed. */

import { closeSync, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { CastLines, castComment, castHeader, EVENT_CODES } from '../protocol/asciicast.ts';
import type { Session } from './session.ts';

/** What was shown reaches the file after this long at most, in milliseconds, or once there is this much of it. */
const FLUSH = 500;
const FLUSH_BYTES = 64 * 1024;
/** Characters of a marker's label. */
const LABEL = 500;

/** `size`, `time`: a limit was reached; `disk`: it could not be written. */
export type StopReason = 'size' | 'time' | 'disk';
/** The comment line at a recording's end that keeps the reason. */
export const STOPPED = 'stopped by ';

export interface RecorderOptions {
  /** Must not exist; created with mode 0600. */
  file: string;
  title: string;
  /** Draws what is on the screen when it begins. Where it rejects, the recording begins with an empty screen. */
  screen: Promise<string>;
  maxBytes: number;
  /** Milliseconds. */
  maxTime: number;
  /** It has stopped by itself: the shell has ended (no reason), or a limit was reached. */
  onStop: (reason?: StopReason) => void;
}

export class Recorder {
  readonly started = Date.now();
  /** Of the file. */
  bytes = 0;
  commands = 0;
  stoppedBy: StopReason | undefined;

  #start = performance.now();
  #end: number | undefined;
  #lines = new CastLines(this.#start);
  #decoder = new StringDecoder('utf8');
  #pending: string[] = [];
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #limit: NodeJS.Timeout;
  #file: Promise<FileHandle>;
  /** The end of what is being written. */
  #written: Promise<void> = Promise.resolve();
  #stops: (() => void)[];

  /** Throws where the file cannot be made. */
  constructor(
    session: Session,
    private readonly options: RecorderOptions,
  ) {
    closeSync(openSync(options.file, 'wx', 0o600));
    this.#file = open(options.file, 'a');
    this.#file.catch(() => {}); // told where it is written
    this.#begin(session);
    this.#stops = [
      session.text.on((bytes) => this.#event(EVENT_CODES.output, this.#decoder.write(bytes))),
      session.resized.on((size) => this.#event(EVENT_CODES.resize, `${size.columns}x${size.rows}`)),
      session.mark.on((mark) => {
        if (mark.type !== 'command') return;
        this.commands++;
        this.#event(EVENT_CODES.marker, mark.line.slice(0, LABEL));
      }),
      session.exited.on((exitCode) => {
        this.#event(EVENT_CODES.exit, String(exitCode));
        this.#stopItself();
      }),
    ];
    this.#limit = setTimeout(() => this.#stopItself('time'), options.maxTime);
    this.#limit.unref();
  }

  /** Seconds so far, or of all of it. */
  get duration(): number {
    return Math.round((this.#end ?? performance.now()) - this.#start) / 1000;
  }

  /** Resolves when everything is in the file; later calls wait for the same. Never rejects: see `stoppedBy`. */
  async stop(): Promise<void> {
    if (this.#end === undefined) {
      this.#event(EVENT_CODES.output, this.#decoder.end());
      this.#end = performance.now();
      clearTimeout(this.#limit);
      for (const stop of this.#stops) stop();
      if (this.stoppedBy) this.#add(castComment(`${STOPPED}${this.stoppedBy}`));
      this.#flush();
    }
    await this.#written;
    await this.#file.then((file) => file.close()).catch(() => {});
  }

  /** The screen may take a moment to be drawn: what comes meanwhile waits behind it. */
  #begin(session: Session): void {
    const { columns, rows } = session.size;
    const header = castHeader({
      version: 3,
      term: { cols: columns, rows, type: 'xterm-256color' },
      timestamp: Math.floor(this.started / 1000),
      title: this.options.title,
      env: { SHELL: session.info.title, TERM: 'xterm-256color' },
    });
    const firstLine = new CastLines(this.#start);
    const screen = this.options.screen.catch(() => '');
    this.#write(
      screen.then((text) => {
        const beginning = header + (text === '' ? '' : firstLine.line(this.#start, EVENT_CODES.output, text));
        this.bytes += Buffer.byteLength(beginning);
        return beginning;
      }),
    );
  }

  #stopItself(reason?: StopReason): void {
    if (this.#end !== undefined) return;
    this.stoppedBy = reason;
    void this.stop();
    this.options.onStop(reason);
  }

  #event(code: string, data: string): void {
    if (this.#end !== undefined || (data === '' && code === EVENT_CODES.output)) return;
    this.#add(this.#lines.line(performance.now(), code, data));
    if (this.bytes > this.options.maxBytes) this.#stopItself('size');
  }

  #add(line: string): void {
    const bytes = Buffer.byteLength(line);
    this.bytes += bytes;
    this.#pendingBytes += bytes;
    this.#pending.push(line);
    if (this.#pendingBytes >= FLUSH_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH);
  }

  /** Whole lines alone are written, so that the file is an asciicast at every moment. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#write(Promise.resolve(text));
  }

  /** After a failure nothing more is written: half a line may be the last. */
  #write(text: Promise<string>): void {
    this.#written = this.#written
      .then(async () => {
        if (this.stoppedBy !== 'disk') await (await this.#file).appendFile(await text);
      })
      .catch(() => {
        if (this.#end === undefined) this.#stopItself('disk');
        else this.stoppedBy = 'disk';
      });
  }
}
