/**
 * The HTTP server under the routes. Nothing gets past it unchecked, whatever its path or method, and nobody can keep
 * its connections busy with requests that never end.
 */

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SIGN_IN_PATH } from '../protocol.ts';
import type { Access, Verdict } from './access.ts';
import { COMMON_HEADERS, refuseSocket } from './headers.ts';
import { forbiddenPage, signInPage } from './pages.ts';

/** Milliseconds. */
export interface Patience {
  /** For a request's headers. */
  headers: number;
  /** For a whole request. */
  request: number;
  /** For a connection on which nothing moves. */
  idle: number;
  /** How often the first two are looked at. */
  check: number;
}
export const PATIENCE: Patience = { headers: 10_000, request: 30_000, idle: 60_000, check: 2_000 };
/** Bytes. All that a browser sends fits; so does every cookie that other servers of this machine have set. */
const MAX_HEADERS = 16 * 1024;
const MAX_CONNECTIONS = 1024;

/** `access` is asked for anew with each request: the port may not be known at first. */
export function guardedServer(access: () => Access, routes: RequestListener, patience: Patience): Server {
  const listener: RequestListener = (request, response) => {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
    const verdict = isSignIn(request) ? access().checkSource(request) : access().check(request);
    if (verdict && !verdict.allowed) refuseRequest(request, response, verdict);
    else routes(request, response);
  };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADERS,
      headersTimeout: patience.headers,
      requestTimeout: patience.request,
      connectionsCheckingInterval: patience.check,
      // Our own check refuses a request without one, with our headers.
      requireHostHeader: false,
    },
    listener,
  );
  // A limit would drop the headers beyond it silently, an Origin among them; their bytes are limited.
  server.maxHeadersCount = 0;
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(patience.idle);
  server.on('checkExpectation', (_, response: ServerResponse) => response.writeHead(417, COMMON_HEADERS).end());
  return server;
}

/** For the error that Node's HTTP parser gives up with. */
export function refuseBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET') socket.destroy();
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') refuseSocket(socket, 408);
  else refuseSocket(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400);
}

export const pathOf = (request: IncomingMessage) => request.url?.split(/[?#]/, 1)[0] ?? '/';

const isSignIn = (request: IncomingMessage) =>
  pathOf(request) === SIGN_IN_PATH && ['GET', 'HEAD'].includes(request.method ?? '');

/** A page for people, JSON for programs. */
export function refuseRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { status, reason }: Exclude<Verdict, { allowed: true }>,
): void {
  const isApi = pathOf(request).startsWith('/api/');
  const page = status === 401 || status === 429 ? signInPage() : forbiddenPage();
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-type': isApi ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8',
    ...(status === 429 ? { 'retry-after': '60' } : {}),
    // Its body, if it has one, is not read.
    ...(['GET', 'HEAD'].includes(request.method ?? '') ? {} : { connection: 'close' }),
  });
  response.end(isApi ? JSON.stringify({ error: reason }) : page);
}
