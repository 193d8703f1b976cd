/**
 * Where the API server hands over to the node: logs, exec, attach, port-forward and proxies. The handler is given from
 * outside, so that the API server knows nothing of how containers run.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { ResourceInfo } from '../resource.ts';

/** HTTP/1.1 or HTTP/2: the same in all that the API server uses. */
export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

export interface StreamTarget {
  resource: ResourceInfo;
  namespace?: string;
  name: string;
  /** log, exec, attach, portforward or proxy. */
  subresource: string;
  /** What follows `…/proxy`, with its leading slash; empty for the others. */
  path: string;
  query: URLSearchParams;
}

/** Both may throw or reject with a StatusError before they have answered; the server then answers with it. */
export interface StreamHandler {
  /** An ordinary request: log, proxy. */
  request(request: Request, response: Response, target: StreamTarget): Promise<void>;
  /** A request to change protocols (WebSocket or SPDY): exec, attach, portforward. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: StreamTarget): void | Promise<void>;
}

export const STREAMED: ReadonlySet<string> = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);
