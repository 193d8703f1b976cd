/** Where browsers' WebSockets come in. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Lab } from '../lab/lab.ts';
import { LIMITS } from '../protocol.ts';
import { Connection } from './connection.ts';
import { refuseSocket } from './headers.ts';
import { News } from './news.ts';

const FRAME_HEADER = 12;

export class SocketDoor {
  #server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frame + FRAME_HEADER + LIMITS.command * LIMITS.commands,
    perMessageDeflate: false,
  });

  #news: News;

  constructor(private readonly lab: Lab) {
    this.#news = new News(lab);
    this.#server.on('wsClientError', (_, socket) => refuseSocket(socket, 400));
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (browser) => new Connection(browser, this.lab, this.#news));
  }

  close(): void {
    for (const browser of this.#server.clients) browser.terminate();
    this.#server.close();
  }
}
