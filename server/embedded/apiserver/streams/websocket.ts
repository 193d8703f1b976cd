/** WebSocket upgrades with Kubernetes' subprotocols, among them one whose name the `ws` package cannot read. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { StatusError } from '../../status.ts';

/** Bytes of one message; clients cut what they send into pieces far below it. */
const MAX_PAYLOAD = 16 * 1024 * 1024;

const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: MAX_PAYLOAD });
const chosen = new WeakMap<IncomingMessage, string>();
// `ws` refuses `SPDY/3.1+portforward.k8s.io` for its slash, so it never sees the header; the answer goes in here.
server.on('headers', (headers, request) => {
  const protocol = chosen.get(request);
  if (protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
});

export const isWebSocket = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Accepts with the first of `protocols` that the client offers. Throws a StatusError 400 where it offers none of them,
 * and leaves the socket as it was.
 */
export function acceptWebSocket<Protocol extends string>(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocols: readonly Protocol[],
): Promise<{ socket: WebSocket; protocol: Protocol }> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const protocol = protocols.find((candidate) => offered.includes(candidate));
  if (!protocol) {
    const words = `unable to upgrade: the server supports the subprotocols [${protocols.join(' ')}], the client offers [${offered.join(' ')}]`;
    throw new StatusError(400, 'BadRequest', words);
  }
  chosen.set(request, protocol);
  delete request.headers['sec-websocket-protocol'];
  return new Promise((resolve) => {
    server.handleUpgrade(request, socket, head, (accepted) => {
      // What went wrong on the way is followed by 'close', which everyone listens to.
      accepted.on('error', () => {});
      resolve({ socket: accepted, protocol });
    });
  });
}
