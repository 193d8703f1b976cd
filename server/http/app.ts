/** The front door: a server on one address that lets in signed-in browsers, serves the site and opens the socket. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import fastifyStatic from '@fastify/static';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { Lab } from '../lab/lab.ts';
import { exported } from '../lessons/lessons.ts';
import { LAB_PATH, PROGRESS_PATH, SIGN_IN_PATH, SOCKET_PATH } from '../protocol.ts';
import { Access, type Verdict } from './access.ts';
import { forbiddenPage, notFoundPage, signedInPage, signInPage } from './pages.ts';
import { contentSecurityPolicy, Site } from './site.ts';
import { SocketDoor } from './socket.ts';

export interface DoorOptions {
  lab: Lab;
  token: string;
  /** The site's build. */
  siteFolder: string;
  /** 0 takes a free one. */
  port: number;
  /** Address to listen on; 127.0.0.1 unless the owner asked for another. */
  host?: string;
  /** Names under which the owner opened the server, beside the loopback ones. */
  extraHosts?: string[];
}

export interface Door {
  port: number;
  /** Signs a browser in: holds the token. */
  signInUrl: string;
  origin: string;
  close(): Promise<void>;
}

const COMMON_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
};
const PLAIN_POLICY = contentSecurityPolicy('');
const COOKIE_AGE = 30 * 24 * 60 * 60;

/** Listens. Rejects with the error of `listen` (EADDRINUSE, EADDRNOTAVAIL, EACCES). */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { lab, token, siteFolder, host = '127.0.0.1' } = options;
  const app = fastify({ logger: false, forceCloseConnections: true, exposeHeadRoutes: true, bodyLimit: 64 * 1024 });
  const site = new Site(siteFolder);
  let access = new Access({ token, port: options.port, extraHosts: options.extraHosts });
  await app.register(fastifyStatic, { root: siteFolder, serve: false, index: false, dotfiles: 'deny' });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...COMMON_HEADERS, 'content-security-policy': PLAIN_POLICY });
    const isSignIn = pathOf(request.url) === SIGN_IN_PATH;
    const verdict = isSignIn ? access.checkSource(request.raw) : access.check(request.raw);
    if (verdict && !verdict.allowed) return refuse(reply, verdict, pathOf(request.url).startsWith('/api/'));
  });

  app.get<{ Querystring: { token?: string; next?: string } }>(SIGN_IN_PATH, async (request, reply) => {
    const { token: candidate, next } = request.query;
    reply.header('cache-control', 'no-store');
    if (typeof candidate !== 'string' || !access.isToken(candidate)) {
      const verdict =
        candidate === undefined ? ({ allowed: false, status: 401, reason: '' } as const) : access.refuseToken();
      return refuse(reply, verdict, false);
    }
    const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_AGE}`;
    reply.header('set-cookie', `${access.cookieName}=${token}; ${flags}`);
    return reply.type('text/html; charset=utf-8').send(signedInPage(localPath(next)));
  });

  app.get(LAB_PATH, async (_, reply) => reply.header('cache-control', 'no-store').send(lab.report()));

  app.get(PROGRESS_PATH, async (_, reply) =>
    reply
      .headers({ 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="malha-progress.json"' })
      .type('application/json; charset=utf-8')
      .send(exported(lab.lessons.progress.get())),
  );
  app.delete(PROGRESS_PATH, async (_, reply) => {
    lab.lessons.erase();
    return reply.code(204).send();
  });

  const nothing = (reply: FastifyReply) => reply.code(404).send({ error: 'There is no such address.' });
  app.get('/api/*', (_, reply) => nothing(reply));
  app.get('/*', (request, reply) => serveSite(site, pathOf(request.url), reply));
  app.setNotFoundHandler((_, reply) => nothing(reply));
  app.setErrorHandler((error: { statusCode?: number }, _, reply) => {
    const status = error.statusCode ?? 500;
    return reply.code(status).send({ error: status < 500 ? 'The request is not valid.' : 'The server failed.' });
  });

  const sockets = new SocketDoor(lab);
  await app.ready();
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const verdict = access.check(request, { upgrade: true });
    if (!verdict.allowed) refuseUpgrade(socket, verdict.status);
    else if (pathOf(request.url ?? '') !== SOCKET_PATH) refuseUpgrade(socket, 404);
    else sockets.accept(request, socket, head);
  });

  await app.listen({ port: options.port, host });
  const port = portOf(app);
  access = new Access({ token, port, extraHosts: options.extraHosts });
  const shownHost = options.extraHosts?.[0] ?? '127.0.0.1';
  const origin = `http://${shownHost}:${port}`;
  return {
    port,
    origin,
    signInUrl: `${origin}${SIGN_IN_PATH}?token=${token}`,
    close: async () => {
      sockets.close();
      await app.close();
    },
  };
}

async function serveSite(site: Site, urlPath: string, reply: FastifyReply): Promise<FastifyReply> {
  const found = await site.find(urlPath);
  switch (found.kind) {
    case 'page':
      return reply
        .code(found.status)
        .headers({ 'content-security-policy': found.csp, 'cache-control': 'no-cache' })
        .type('text/html; charset=utf-8')
        .send(found.html);
    case 'file':
      // Names under assets/ carry a hash of the content.
      return reply.sendFile(found.file, found.immutable ? { maxAge: '365d', immutable: true } : { maxAge: 0 });
    case 'redirect':
      return reply.redirect(found.to, 308);
    case 'missing':
      return reply.code(404).type('text/html; charset=utf-8').send(notFoundPage());
  }
}

function refuse(reply: FastifyReply, verdict: Verdict, asJson: boolean): FastifyReply {
  if (verdict.allowed) return reply;
  const { status, reason } = verdict;
  reply.code(status).header('cache-control', 'no-store');
  if (status === 429) reply.header('retry-after', '60');
  if (asJson) return reply.send({ error: reason });
  const body = status === 401 || status === 429 ? signInPage() : forbiddenPage(reason);
  return reply.type('text/html; charset=utf-8').send(body);
}

const PHRASES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
};

function refuseUpgrade(socket: Duplex, status: keyof typeof PHRASES): void {
  socket.end(`HTTP/1.1 ${status} ${PHRASES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const pathOf = (url: string) => url.split(/[?#]/, 1)[0] ?? '/';

/** A path of this server; anything else (another host, `//host`) becomes the home page. */
function localPath(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : '/';
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  if (typeof address !== 'object' || !address) throw new Error('The server listens on no port.');
  return address.port;
}
