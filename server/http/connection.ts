/** One browser tab's side of the protocol, with its viewers of terminals. */

import type { WebSocket } from 'ws';
import type { Lab } from '../lab/lab.ts';
import { LessonError } from '../lessons/lessons.ts';
import { ClientMessage, decodeFrame, encodeFrame, parseMessage, type ServerMessage } from '../protocol.ts';
import { RecordingError } from '../terminal/recordings.ts';
import type { Session } from '../terminal/session.ts';
import { TerminalError } from '../terminal/terminals.ts';
import type { Size, Viewer } from '../terminal/viewer.ts';
import type { News } from './news.ts';

/** A browser that does not answer a ping within one interval is gone. Milliseconds. */
const PING = 10_000;
/** A peer that sends this many messages that we do not understand is not our page. */
const BAD_MESSAGES = 20;
/** A browser that leaves more than this unread, in bytes, is hung up on: terminals hold back, messages do not. */
const UNREAD = 8 * 1024 * 1024;
/** What was typed is confirmed after so long, in milliseconds, or after so many bytes. */
const CONFIRM_EVERY = 250;
const CONFIRM_BYTES = 4 * 1024;

interface Watched {
  session: Session;
  viewer: Viewer;
  /** The page's name for itself. */
  client: string;
  /** Bytes that it typed and was told of. */
  confirmed: number;
}

export class Connection {
  #watched = new Map<number, Watched>();
  #stops: (() => void)[];
  #bad = 0;
  #confirmTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly browser: WebSocket,
    private readonly lab: Lab,
    private readonly news: News,
  ) {
    browser.on('message', (data, isBinary) => {
      // `ws` hands out one Buffer unless asked otherwise.
      if (isBinary) this.#onBytes(data as Buffer);
      else this.#onText((data as Buffer).toString('utf8'));
    });
    browser.on('error', () => browser.terminate());
    browser.on('close', () => this.#end());
    const { terminals, runs, recordings, lessons } = lab;
    this.#stops = [
      // Before it is told that the terminal is gone.
      terminals.removed.on((terminal) => this.#detach(terminal)),
      news.on((message) => this.#post(message)),
      heartbeat(browser),
    ];
    this.#send({ type: 'lab', lab: lab.report() });
    this.#send({
      type: 'snapshot',
      instance: terminals.labId,
      terminals: terminals.list(),
      runs: runs.states(),
      recordings: recordings.list(),
    });
    this.#send(lessons.snapshot());
  }

  /** What is typed into a terminal that this page does not watch, or no longer, comes again when it does. */
  #onBytes(data: Buffer): void {
    const frame = decodeFrame(data);
    if (!frame) {
      this.#complain('A binary frame has a header of 12 bytes.');
      return;
    }
    const watched = this.#watched.get(frame.terminal);
    if (!watched) return;
    const { session, viewer, client } = watched;
    session.receive(viewer, client, frame.offset, frame.bytes);
    if (session.arrived(client) - watched.confirmed >= CONFIRM_BYTES) this.#confirm();
    else this.#confirmTimer ??= setTimeout(() => this.#confirm(), CONFIRM_EVERY);
  }

  #confirm(): void {
    clearTimeout(this.#confirmTimer);
    this.#confirmTimer = undefined;
    for (const [terminal, watched] of this.#watched) {
      const input = watched.session.arrived(watched.client);
      if (input === watched.confirmed) continue;
      watched.confirmed = input;
      this.#send({ type: 'terminal.received', terminal, input });
    }
  }

  #onText(text: string): void {
    const message = parseMessage(ClientMessage, text);
    if (!message) {
      this.#complain('The message does not fit the protocol.');
      return;
    }
    try {
      this.#onMessage(message);
    } catch (error) {
      this.#refuse(error as Error);
    }
  }

  /** Whatever a browser asks for must not end the lab of the others. */
  #refuse(error: Error): void {
    const code = codeOf(error);
    if (code === 'other' && !(error instanceof LessonError)) console.error(error);
    this.#send({ type: 'error', code, message: error.message });
  }

  #onMessage(message: ClientMessage): void {
    const { terminals, runs, recordings, lessons } = this.lab;
    switch (message.type) {
      case 'terminal.open': {
        const size = this.#noteSize(message);
        const existing = message.tab === undefined ? undefined : terminals.byTab(message.tab);
        this.#attach(existing ?? terminals.open(size, message.tab), message.client, 0, size);
        break;
      }
      case 'terminal.attach': {
        const session = terminals.get(message.terminal);
        if (session) this.#attach(session, message.client, message.after, this.#noteSize(message));
        else this.#send({ type: 'terminal.removed', terminal: message.terminal });
        break;
      }
      case 'terminal.detach':
        this.#detach(message.terminal);
        break;
      case 'terminal.resize': {
        const watched = this.#watched.get(message.terminal);
        watched?.session.resize(watched.viewer, this.#noteSize(message));
        break;
      }
      case 'terminal.ack': {
        const watched = this.#watched.get(message.terminal);
        watched?.session.acknowledge(watched.viewer, message.bytes);
        break;
      }
      case 'terminal.close':
        void terminals.close(message.terminal);
        break;
      case 'terminal.record': {
        const session = terminals.get(message.terminal);
        if (session && message.on) recordings.start(session);
        else if (session) void recordings.stop(session);
        break;
      }
      case 'echo':
        this.#send({ type: 'echo' });
        break;
      case 'run':
        void runs.request(message.request);
        break;
      case 'run.stop':
        void runs.stop(message.step);
        break;
      case 'run.move':
        void runs.move(message.step);
        break;
      case 'check':
        lessons.check(message.page, message.name).catch((error: Error) => this.#refuse(error));
        break;
      case 'lesson.start':
      case 'lesson.reset': {
        const { page, discard, type } = message;
        lessons.start(page, { discard, forget: type === 'lesson.reset' }).catch((error: Error) => this.#refuse(error));
        break;
      }
      case 'progress.set':
        lessons.say(message.page, message.part);
        break;
      case 'progress.erase':
        lessons.erase(message.page);
        break;
    }
  }

  #noteSize({ columns, rows }: Size): Size {
    this.lab.lastSize = { columns, rows };
    return { columns, rows };
  }

  #attach(session: Session, client: string, after: number, size: Size): void {
    const { terminal } = session.info;
    const viewer = session.attach(
      {
        attached: (replay) => {
          const input = session.arrived(client);
          const watched = this.#watched.get(terminal);
          if (watched) watched.confirmed = input;
          this.#send({ type: 'terminal.attached', terminal, input, ...replay });
        },
        bytes: (offset, bytes) => {
          if (this.browser.readyState === this.browser.OPEN)
            this.browser.send(encodeFrame(terminal, offset, bytes, Buffer.allocUnsafe));
        },
        resized: ({ columns, rows }) => this.#send({ type: 'terminal.resized', terminal, columns, rows }),
        typed: () => this.#send({ type: 'terminal.typed', terminal }),
      },
      after,
      size,
      this.#watched.get(terminal)?.viewer,
    );
    this.#watched.set(terminal, { session, viewer, client, confirmed: session.arrived(client) });
  }

  #detach(terminal: number): void {
    const watched = this.#watched.get(terminal);
    if (!watched) return;
    this.#watched.delete(terminal);
    watched.session.detach(watched.viewer);
  }

  #complain(message: string): void {
    this.#bad++;
    if (this.#bad > BAD_MESSAGES) this.browser.close(1008, 'Too many messages that do not fit the protocol.');
    else this.#send({ type: 'error', code: 'bad-message', message });
  }

  #send(message: ServerMessage): void {
    // A page knows a terminal before it hears that it watches it.
    this.news.catchUp();
    this.#post(JSON.stringify(message));
  }

  #post(message: string | Buffer): void {
    if (this.browser.readyState !== this.browser.OPEN) return;
    if (this.browser.bufferedAmount > UNREAD) this.browser.terminate();
    else this.browser.send(message, { binary: false });
  }

  #end(): void {
    clearTimeout(this.#confirmTimer);
    for (const stop of this.#stops) stop();
    for (const terminal of [...this.#watched.keys()]) this.#detach(terminal);
  }
}

function codeOf(error: unknown): Extract<ServerMessage, { type: 'error' }>['code'] {
  if (error instanceof TerminalError) return error.code;
  return error instanceof RecordingError ? 'recording-failed' : 'other';
}

/** Pings, and hangs up on a browser that is gone: it must not hold a shell back. Returns the function that stops it. */
function heartbeat(browser: WebSocket): () => void {
  let isAlive = true;
  browser.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (isAlive) browser.ping();
    else browser.terminate();
    isAlive = false;
  }, PING);
  return () => clearInterval(timer);
}
