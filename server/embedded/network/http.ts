/** HTTP over the pod network: Node's own client and server, with streams of the fabric in place of sockets. */
import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Caller, Network } from './network.ts';

export interface RequestOptions {
  method?: string;
  /** Values in the case they are sent with. `Host` is the URL's where it is left out. */
  headers?: http.OutgoingHttpHeaders;
  body?: string | Buffer | NodeJS.ReadableStream;
  /** Milliseconds until the response's headers; then it fails with code ETIMEDOUT. None where left out. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** A connection made already, in place of dialling the URL's host: with TLS on it, an `https:` URL may be asked for. */
  stream?: Duplex;
  /** Keeps connections for the next request; without it each request has its own. */
  agent?: PodAgent;
}

/** Keep-alive over the pod network: one connection to an address serves request after request. */
export class PodAgent extends http.Agent {
  constructor(
    private readonly network: Network,
    private readonly from?: Caller,
  ) {
    super({ keepAlive: true });
  }

  override createConnection(options: http.ClientRequestArgs, onCreate?: (error: Error | null, stream: Duplex) => void) {
    this.network.dial(options.host!, Number(options.port), this.from).then(
      (stream) => onCreate?.(null, stream),
      // Node's types ask for a stream beside the error; there is none.
      (error) => onCreate?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

/**
 * Sends one request on its own connection and resolves with the response once its headers are there; the body is read
 * from it as a stream. Says `Connection: close` only where `headers` do. Only `http:` URLs, unless `stream` is given.
 * Rejects with the error of `Network.dial`, or with Node's http errors.
 */
export function request(
  network: Network,
  url: string | URL,
  options: RequestOptions = {},
  from?: Caller,
): Promise<http.IncomingMessage> {
  const target = new URL(url);
  if (target.protocol !== 'http:' && !options.stream) {
    return Promise.reject(new Error(`only http URLs can be requested over the pod network, not ${target.protocol}//`));
  }
  const defaultPort = target.protocol === 'https:' ? 443 : 80;
  const port = Number(target.port || defaultPort);
  return new Promise((resolve, reject) => {
    const outgoing = http.request({
      method: options.method ?? 'GET',
      host: target.hostname,
      port,
      defaultPort,
      path: target.pathname + target.search,
      headers: options.headers,
      signal: options.signal,
      agent: options.agent,
      createConnection: options.agent
        ? undefined
        : (_options, onCreate) => {
            if (options.stream) return options.stream;
            network.dial(target.hostname, port, from).then(
              (stream) => onCreate(null, stream),
              (error) => onCreate(error, undefined as unknown as Duplex),
            );
            return undefined;
          },
    });
    // Without an agent Node would add `Connection: close`; it closes after the response in any case.
    if (!options.agent && !outgoing.hasHeader('connection')) outgoing.removeHeader('connection');
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => outgoing.destroy(timeoutError(target, options.timeoutMs!)), options.timeoutMs);
    outgoing.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    outgoing.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    const { body } = options;
    if (body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body)) {
      body.once('error', (error: Error) => outgoing.destroy(error));
      body.pipe(outgoing);
    } else outgoing.end(body);
  });
}

const timeoutError = (url: URL, milliseconds: number): Error =>
  Object.assign(new Error(`no response from ${url.host} within ${milliseconds} ms`), { code: 'ETIMEDOUT' });

/** The whole body of a response. Rejects when the connection breaks before its end. */
export async function readBody(response: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
}

export interface HttpService {
  server: http.Server;
  /** Stops listening and closes connections: idle ones at once, busy ones after their response. */
  close(): void;
}

/** Answers HTTP on `ip:port`. Throws EADDRINUSE where something listens there. */
export function serveHttp(
  network: Network,
  ip: string,
  port: number,
  handler: http.RequestListener,
  options: http.ServerOptions = {},
): HttpService {
  // Node's sweep for slow requests runs only on servers that listen on a socket of their own.
  const server = http.createServer(options, handler);
  const open = new Set<Duplex>();
  const busy = new Set<Duplex>();
  let closing = false;
  server.on('request', (request, response) => {
    busy.add(request.socket);
    response.once('close', () => {
      busy.delete(request.socket);
      if (closing) request.socket.end();
    });
  });
  const unlisten = network.listen(ip, port, (stream) => {
    open.add(stream);
    stream.once('close', () => open.delete(stream));
    server.emit('connection', stream);
  });
  return {
    server,
    close() {
      closing = true;
      unlisten();
      for (const stream of open) if (!busy.has(stream)) stream.destroy();
    },
  };
}
