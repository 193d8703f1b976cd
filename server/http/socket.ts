/** The WebSocket's side of the protocol: one connection for each browser tab, each with its viewers of terminals. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Lab } from '../lab/lab.ts';
import { ClientMessage, decodeFrame, encodeFrame, LIMITS, parseMessage, type ServerMessage } from '../protocol.ts';
import type { Session } from '../terminal/session.ts';
import { TerminalError } from '../terminal/terminals.ts';
import type { Size, Viewer } from '../terminal/viewer.ts';
import { refuseSocket } from './headers.ts';

/** A browser that does not answer a ping within one interval is gone. Milliseconds. */
const PING = 10_000;
const FRAME_HEADER = 12;
/** A peer that sends this many messages that we do not understand is not our page. */
const BAD_MESSAGES = 20;

export class SocketDoor {
  #server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frame + FRAME_HEADER + LIMITS.command * LIMITS.commands,
    perMessageDeflate: false,
  });

  constructor(private readonly lab: Lab) {
    this.#server.on('wsClientError', (_, socket) => refuseSocket(socket, 400));
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (browser) => new Connection(browser, this.lab));
  }

  close(): void {
    for (const browser of this.#server.clients) browser.terminate();
    this.#server.close();
  }
}

class Connection {
  #viewers = new Map<number, { session: Session; viewer: Viewer }>();
  #stops: (() => void)[];
  #bad = 0;

  constructor(
    private readonly browser: WebSocket,
    private readonly lab: Lab,
  ) {
    browser.on('message', (data, isBinary) => {
      // `ws` hands out one Buffer unless asked otherwise.
      if (isBinary) this.#onBytes(data as Buffer);
      else this.#onText((data as Buffer).toString('utf8'));
    });
    browser.on('error', () => browser.terminate());
    browser.on('close', () => this.#end());
    const { terminals, runs } = lab;
    this.#stops = [
      lab.changed.on((report) => this.#send({ type: 'lab', lab: report })),
      terminals.changed.on((info) => this.#send({ type: 'terminal.changed', info })),
      terminals.removed.on((terminal) => {
        this.#detach(terminal);
        this.#send({ type: 'terminal.removed', terminal });
      }),
      runs.changed.on((run) => this.#send({ type: 'run.changed', run })),
      heartbeat(browser),
    ];
    this.#send({ type: 'lab', lab: lab.report() });
    this.#send({
      type: 'snapshot',
      instance: terminals.labId,
      terminals: terminals.list(),
      runs: runs.states(),
      recordings: [],
    });
  }

  #onBytes(data: Buffer): void {
    const frame = decodeFrame(data);
    if (frame) this.lab.terminals.get(frame.terminal)?.input(frame.bytes);
    else this.#complain('A binary frame has a header of 12 bytes.');
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
      // Whatever a browser asks for must not end the lab of the others.
      if (!(error instanceof TerminalError)) console.error(error);
      this.#send({ type: 'error', code: 'other', message: (error as Error).message });
    }
  }

  #onMessage(message: ClientMessage): void {
    const { terminals, runs } = this.lab;
    switch (message.type) {
      case 'terminal.open': {
        const size = this.#noteSize(message);
        const existing = message.tab === undefined ? undefined : terminals.byTab(message.tab);
        this.#attach(existing ?? terminals.open(size, message.tab), 0, size);
        break;
      }
      case 'terminal.attach': {
        const session = terminals.get(message.terminal);
        if (session) this.#attach(session, message.after, this.#noteSize(message));
        else this.#send({ type: 'terminal.removed', terminal: message.terminal });
        break;
      }
      case 'terminal.resize': {
        const watched = this.#viewers.get(message.terminal);
        watched?.session.resize(watched.viewer, this.#noteSize(message));
        break;
      }
      case 'terminal.ack': {
        const watched = this.#viewers.get(message.terminal);
        watched?.session.acknowledge(watched.viewer, message.bytes);
        break;
      }
      case 'terminal.close':
        void terminals.close(message.terminal);
        break;
      case 'echo':
        this.#send({ type: 'echo' });
        break;
      case 'run':
        void runs.request(message.request);
        break;
    }
  }

  #noteSize({ columns, rows }: Size): Size {
    this.lab.lastSize = { columns, rows };
    return { columns, rows };
  }

  #attach(session: Session, after: number, size: Size): void {
    const { terminal } = session.info;
    this.#detach(terminal);
    const viewer = session.attach(
      {
        attached: (replay) => this.#send({ type: 'terminal.attached', terminal, snapshot: 0, input: 0, ...replay }),
        bytes: (offset, bytes) => {
          if (this.browser.readyState === this.browser.OPEN) this.browser.send(encodeFrame(terminal, offset, bytes));
        },
      },
      after,
      size,
    );
    this.#viewers.set(terminal, { session, viewer });
  }

  #detach(terminal: number): void {
    const watched = this.#viewers.get(terminal);
    if (!watched) return;
    this.#viewers.delete(terminal);
    watched.session.detach(watched.viewer);
  }

  #complain(message: string): void {
    this.#bad++;
    if (this.#bad > BAD_MESSAGES) this.browser.close(1008, 'Too many messages that do not fit the protocol.');
    else this.#send({ type: 'error', code: 'bad-message', message });
  }

  #send(message: ServerMessage): void {
    if (this.browser.readyState === this.browser.OPEN) this.browser.send(JSON.stringify(message));
  }

  #end(): void {
    for (const stop of this.#stops) stop();
    for (const terminal of [...this.#viewers.keys()]) this.#detach(terminal);
  }
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
