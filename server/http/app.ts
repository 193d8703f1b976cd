/** The front door: a server on one address that lets in signed-in browsers, serves the site and opens the socket. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import fastifyStatic from '@fastify/static';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { Lab } from '../lab/lab.ts';
import { exported } from '../lessons/lessons.ts';
import { LAB_PATH, PROGRESS_PATH, SIGN_IN_PATH, SOCKET_PATH } from '../protocol.ts';
import { Access } from './access.ts';
import { guardedServer, PATIENCE, type Patience, pathOf, refuseBroken } from './guard.ts';
import { refuseSocket } from './headers.ts';
import { LINK_LIFETIME, SignInLinks } from './links.ts';
import { notFoundPage } from './pages.ts';
import { addRecordings } from './recordings.ts';
import { addSignIn } from './sign-in.ts';
import { Site } from './site.ts';
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
  /** For tests. */
  patience?: Partial<Patience>;
}

export interface Door {
  port: number;
  origin: string;
  /**
   * A new link that signs in one browser: until it is used (`lasting`), for ten minutes (`brief`), or for ten minutes
   * and a program of our own user alone (`shown`: where other users can see it).
   */
  signInLink(kind: 'lasting' | 'brief' | 'shown'): string;
  close(): Promise<void>;
}

/** Listens. Rejects with the error of `listen` (EADDRINUSE, EADDRNOTAVAIL, EACCES). */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { lab, token, siteFolder, extraHosts, host = '127.0.0.1' } = options;
  let access = new Access({ token, port: options.port, extraHosts });
  let origin = '';
  const patience = { ...PATIENCE, ...options.patience };
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    exposeHeadRoutes: true,
    bodyLimit: 64 * 1024,
    serverFactory: (routes) => guardedServer(() => access, routes, patience),
    clientErrorHandler: refuseBroken,
  });
  await app.register(fastifyStatic, { root: siteFolder, serve: false, index: false, dotfiles: 'deny' });

  const links = new SignInLinks();
  const urlOf = (code: string) => `${origin}${SIGN_IN_PATH}?code=${code}`;
  addSignIn(app, { access: () => access, links, urlOf });
  app.get(LAB_PATH, async (_, reply) => reply.header('cache-control', 'no-store').send(lab.report()));
  addRecordings(app, lab.recordings);

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
  const site = new Site(siteFolder);
  app.get('/api/*', (_, reply) => nothing(reply));
  app.get('/*', (request, reply) => serveSite(site, pathOf(request.raw), reply));
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
    if (!verdict.allowed) refuseSocket(socket, verdict.status);
    else if (pathOf(request) !== SOCKET_PATH) refuseSocket(socket, 404);
    else sockets.accept(request, socket, head);
  });

  await app.listen({ port: options.port, host });
  const port = portOf(app);
  access = new Access({ token, port, extraHosts });
  origin = `http://${extraHosts?.[0] ?? '127.0.0.1'}:${port}`;
  return {
    port,
    origin,
    signInLink: (kind) =>
      urlOf(links.create(kind === 'lasting' ? Number.POSITIVE_INFINITY : LINK_LIFETIME, kind === 'shown')),
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

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  if (typeof address !== 'object' || !address) throw new Error('The server listens on no port.');
  return address.port;
}
