/** A reader without a browser: one WebSocket to a lab, through which `malha test` does all that a page does. */
import { WebSocket } from 'ws';
import {
  type CheckState,
  type ClientMessage,
  decodeFrame,
  type LessonState,
  type RunRequest,
  type RunState,
  type ServerMessage,
  SOCKET_PATH,
  type TerminalInfo,
} from '../../protocol.ts';
import { Signal } from '../../terminal/signal.ts';
import type { Size } from '../../terminal/viewer.ts';

export interface Output {
  terminal: number;
  bytes: Uint8Array;
}

/** Wide enough for most of kubectl's tables. */
export const SIZE: Size = { columns: 120, rows: 30 };
const CLIENT = 'malha-test';
/** For what a lab answers at once, in milliseconds. */
const PATIENCE = 30_000;

export class Reader {
  /** What terminals print, from the moment that they are opened. */
  readonly output = new Signal<Output>();
  #message = new Signal<ServerMessage>();
  #closed = new Signal<Error>();
  #terminals = new Map<number, TerminalInfo>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#onFrame(data);
      else this.#onMessage(JSON.parse(data.toString()) as ServerMessage);
    });
    socket.on('close', () => this.#closed.emit(new Error('The lab closed the connection.')));
  }

  /** `origin`: `http://127.0.0.1:<port>`. */
  static async connect(origin: string, token: string): Promise<Reader> {
    const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${SOCKET_PATH}`, {
      origin,
      headers: { authorization: `Bearer ${token}` },
    });
    const reader = new Reader(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return reader;
  }

  /** Opens the tab's terminal, unless it is there, and waits for its prompt. */
  async terminal(tab: number): Promise<number> {
    const known = [...this.#terminals.values()].find((info) => info.tab === tab && info.state !== 'exited');
    if (known) return known.terminal;
    const ready = this.#until(
      (message) =>
        message.type === 'terminal.changed' && message.info.tab === tab && message.info.state === 'prompt'
          ? message.info.terminal
          : undefined,
      PATIENCE,
      `terminal ${tab} to show its prompt`,
    );
    this.#send({ type: 'terminal.open', tab, client: CLIENT, ...SIZE });
    return ready;
  }

  /** Ends all terminals and what runs in them. */
  async closeTerminals(): Promise<void> {
    for (const terminal of [...this.#terminals.keys()]) {
      const removed = this.#until(
        (message) => (message.type === 'terminal.removed' && message.terminal === terminal ? true : undefined),
        PATIENCE,
        'a terminal to close',
      );
      this.#send({ type: 'terminal.close', terminal });
      await removed;
    }
  }

  /** Presses Run; resolves with the step's final state. After `timeout` milliseconds stops it: resolves with undefined. */
  async run(request: RunRequest, timeout: number): Promise<RunState | undefined> {
    const final = (message: ServerMessage) =>
      message.type === 'run.changed' &&
      message.run.step === request.step &&
      !['waiting', 'running'].includes(message.run.phase)
        ? message.run
        : undefined;
    const ended = this.#until(final, timeout, request.step);
    this.#send({ type: 'run', request });
    try {
      return await ended;
    } catch (error) {
      if (!(error instanceof TooLate)) throw error;
    }
    const stopped = this.#until(final, PATIENCE, `${request.step} to stop`);
    this.#send({ type: 'run.stop', step: request.step });
    // What does not stop ends with its terminal.
    await stopped.catch(() => {});
    return undefined;
  }

  /** Runs one check; `timeout` in milliseconds. */
  async check(page: string, name: string, timeout: number): Promise<CheckState> {
    const ended = this.#until(
      (message) =>
        message.type === 'check.changed' &&
        message.check.page === page &&
        message.check.name === name &&
        message.check.phase !== 'running'
          ? message.check
          : refusal(message),
      timeout,
      `the check ${name}`,
    );
    this.#send({ type: 'check', page, name });
    return ended;
  }

  /** Brings the cluster to the page's checkpoint, whatever is lost by it; resolves when it is ready or has failed. */
  async startLesson(page: string, timeout: number): Promise<LessonState> {
    const ended = this.#until(
      (message) =>
        message.type === 'lesson.changed' &&
        message.lesson.page === page &&
        ['ready', 'failed'].includes(message.lesson.phase)
          ? message.lesson
          : refusal(message),
      timeout,
      `${page} to be prepared`,
    );
    this.#send({ type: 'lesson.reset', page, discard: true });
    return ended;
  }

  close(): void {
    this.socket.terminate();
  }

  /** Rejects with TooLate after `timeout` milliseconds, and where the connection ends. */
  #until<T>(find: (message: ServerMessage) => T | undefined, timeout: number, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        for (const stop of stops) stop();
        settle();
      };
      const timer = setTimeout(() => {
        end(() => reject(new TooLate(`Waited ${Math.round(timeout / 1000)} s for ${what}.`)));
      }, timeout);
      const stops = [
        this.#closed.on((error) => end(() => reject(error))),
        this.#message.on((message) => {
          try {
            const found = find(message);
            if (found !== undefined) end(() => resolve(found));
          } catch (error) {
            end(() => reject(error));
          }
        }),
      ];
    });
  }

  #send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  #onMessage(message: ServerMessage): void {
    if (message.type === 'terminal.changed') this.#terminals.set(message.info.terminal, message.info);
    if (message.type === 'terminal.removed') this.#terminals.delete(message.terminal);
    this.#message.emit(message);
  }

  /** Acknowledged as a browser does after parsing: without it the lab would hold the shell back. */
  #onFrame(data: Buffer): void {
    const frame = decodeFrame(data);
    if (!frame) return;
    this.#send({ type: 'terminal.ack', terminal: frame.terminal, bytes: frame.bytes.length });
    this.output.emit({ terminal: frame.terminal, bytes: frame.bytes });
  }
}

export class TooLate extends Error {}

/** The lab says that what was asked for cannot be done. */
function refusal(message: ServerMessage): undefined {
  if (message.type === 'error') throw new Error(message.message);
}
