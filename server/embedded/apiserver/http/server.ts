/** The API server's front: HTTPS (HTTP/1.1 and HTTP/2) on the loopback address, bearer tokens, and the way to each answer. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { KUBERNETES } from '../../../versions.ts';
import { StatusError } from '../../status.ts';
import { noSuchResource, notImplemented, unauthorized } from '../errors.ts';
import type { Registry } from '../registry.ts';
import { CLUSTER_ADMIN, type UserInfo } from '../request.ts';
import { discoveryRoutes } from '../wire/discovery.ts';
import { openapiRoutes } from '../wire/openapi.ts';
import { sendError, sendJson, sendText, statusOf } from './answer.ts';
import { type ApiPath, parseApiPath } from './path.ts';
import { Routes } from './routes.ts';
import { type Request, type Response, STREAMED, type StreamHandler, type StreamTarget } from './streams.ts';
import type { ServiceAccountTokens } from './tokens.ts';

export interface HttpOptions {
  registry: Registry;
  tokens: ServiceAccountTokens;
  /** The administrator's. */
  token: string;
  /** PEM. */
  certificate: string;
  privateKey: string;
  /** 0 picks a free one. */
  port: number;
  /** Asked at each request; while it gives none, log, exec, attach, port-forward and proxy answer 501. */
  streams(): StreamHandler | undefined;
}

export interface HttpServer {
  port: number;
  /** Serves a connection that did not come through the port. */
  accept(stream: Duplex): void;
  close(): Promise<void>;
}

const HEALTH = new Set(['/healthz', '/livez', '/readyz']);
const [major, minor] = KUBERNETES.split('.');

const version = {
  major,
  minor,
  gitVersion: `v${KUBERNETES}`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

class Front {
  private readonly routes: Routes;
  private readonly documents;

  constructor(private readonly options: HttpOptions) {
    const { registry, tokens } = options;
    this.routes = new Routes(registry, tokens);
    const all = () => registry.resources.all();
    this.documents = [discoveryRoutes(all), openapiRoutes(all)];
  }

  /** Throws 401. */
  private authenticate(request: Request): UserInfo {
    const given = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!given) throw unauthorized();
    const [a, b] = [Buffer.from(given), Buffer.from(this.options.token)];
    if (a.length === b.length && timingSafeEqual(a, b)) return CLUSTER_ADMIN;
    const account = this.options.tokens.verify(this.options.registry, given);
    if (!account) throw unauthorized();
    return account.user;
  }

  async serve(request: Request, response: Response): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://localhost');
    if (HEALTH.has(url.pathname)) return sendText(response, 200, 'ok', 'text/plain; charset=utf-8');
    const user = this.authenticate(request);
    if (url.pathname === '/version') return sendJson(response, 200, version);
    const path = parseApiPath(url.pathname);
    if (path) {
      const resource = this.options.registry.resource(path);
      const target = streamTarget(path, resource, url.searchParams);
      if (target) return this.streams().request(request, response, target);
      return this.routes.serve({ request, response, path, query: url.searchParams, resource, user });
    }
    const accept = String(request.headers.accept ?? '');
    for (const document of this.documents) {
      const found = document(url.pathname, accept);
      if (!found) continue;
      const text = typeof found.body === 'string' ? found.body : JSON.stringify(found.body);
      return sendText(response, 200, text, found.contentType);
    }
    throw noSuchResource();
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://localhost');
    this.authenticate(request);
    const path = parseApiPath(url.pathname);
    const target = path && streamTarget(path, this.options.registry.resource(path), url.searchParams);
    if (!target) throw noSuchResource();
    await this.streams().upgrade(request, socket, head, target);
  }

  private streams(): StreamHandler {
    const streams = this.options.streams();
    if (!streams) throw notImplemented('log, exec, attach, port-forward and proxy');
    return streams;
  }
}

function streamTarget(
  path: ApiPath,
  resource: StreamTarget['resource'],
  query: URLSearchParams,
): StreamTarget | undefined {
  const { namespace, name, subresource, rest } = path;
  if (!name || !subresource || !STREAMED.has(subresource)) return undefined;
  if (!resource.subresources.includes(subresource)) throw noSuchResource();
  return { resource, namespace, name, subresource, path: rest, query };
}

/** An answer by hand, for a socket that has left HTTP's care. */
function refuseUpgrade(socket: Duplex, error: unknown): void {
  if (!socket.writable) return;
  const status = statusOf(error);
  const body = JSON.stringify(status.toStatus());
  socket.end(
    `HTTP/1.1 ${status.code} ${status.reason}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Rejects where the port is taken (EADDRINUSE). */
export async function startHttpServer(options: HttpOptions): Promise<HttpServer> {
  const front = new Front(options);
  const server: Http2SecureServer = createSecureServer({
    allowHTTP1: true,
    cert: options.certificate,
    key: options.privateKey,
    minVersion: 'TLSv1.2',
  });
  const open = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    if (socket instanceof Socket) socket.setNoDelay(true);
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('request', (request: Request, response: Response) => {
    response.on('error', () => {});
    front.serve(request, response).catch((error: unknown) => {
      report(error);
      sendError(response, error);
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    front.upgrade(request, socket, head).catch((error: unknown) => refuseUpgrade(socket, error));
  });
  // A client that breaks off in the handshake is its own business.
  server.on('sessionError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    accept: (stream) => void server.emit('connection', stream),
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** What nobody foresaw goes to the process's error stream with its stack; what clients did wrong does not. */
function report(error: unknown): void {
  if (!(error instanceof StatusError)) console.error(error);
}
