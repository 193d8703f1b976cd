/**
 * …/pods/{name}/portforward: SPDY/3.1, tunnelled through a WebSocket as kubectl does since 1.31, or on the connection
 * itself as before, or the older WebSocket form of ./portforward-channels.ts. For each connection the client opens two streams with one `requestID`: `error`, on which only a
 * failure is told, and `data`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream } from 'ws';
import type { Client } from '../../client.ts';
import type { Network } from '../../network/network.ts';
import { StatusError } from '../../status.ts';
import type { StreamTarget } from '../http/streams.ts';
import { CHANNELS, portsOf, serveChannels } from './portforward-channels.ts';
import { SpdyConnection, type SpdyStream } from './spdy/connection.ts';
import { podOf } from './target.ts';
import { acceptWebSocket, isWebSocket } from './websocket.ts';

export interface AddressRuntime {
  podIP(namespace: string, pod: string): string | undefined;
}

const TUNNEL = 'SPDY/3.1+portforward.k8s.io';
const PROTOCOL = 'portforward.k8s.io';
/** Milliseconds that a stream waits for the other of its pair: the kubelet's own. */
const PAIR_TIMEOUT = 30_000;

export async function servePortForward(
  client: Client,
  network: Network,
  runtime: AddressRuntime,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  target: StreamTarget,
): Promise<void> {
  const pod = await podOf(client, target);
  const { namespace = 'default', name } = target;
  if (pod.status?.phase !== 'Running') {
    const words = `unable to forward port because pod is not running. Current status=${pod.status?.phase ?? 'Unknown'}`;
    throw new StatusError(400, 'BadRequest', words);
  }
  const dial = async (port: number): Promise<Duplex> => {
    const podIP = runtime.podIP(namespace, name);
    if (!podIP) throw new Error('the pod is gone');
    return network.dial('127.0.0.1', port, { namespace, podIP });
  };
  const uid = pod.metadata.uid ?? name;
  if (isWebSocket(request) && !offersTunnel(request)) {
    const ports = portsOf(target.query);
    const { socket: accepted } = await acceptWebSocket(request, socket, head, [CHANNELS]);
    serveChannels(accepted, ports, dial, (port, cause) => failureText(port, uid, cause));
    return;
  }
  const transport = await accept(request, socket, head);
  const forward = async (port: number, data: SpdyStream, error: SpdyStream) => {
    let connection: Duplex;
    try {
      connection = await dial(port);
    } catch (cause) {
      error.end(failureText(port, uid, cause as NodeJS.ErrnoException));
      data.end();
      data.resume();
      return;
    }
    join(data, connection, () => error.end());
  };
  new SpdyConnection(transport, pairStreams(forward));
}

const offersTunnel = (request: IncomingMessage): boolean =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').some((name) => name.trim() === TUNNEL);

async function accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<Duplex> {
  if (isWebSocket(request)) {
    const { socket: accepted } = await acceptWebSocket(request, socket, head, [TUNNEL]);
    return createWebSocketStream(accepted);
  }
  const offered = String(request.headers['x-stream-protocol-version'] ?? '');
  if (request.headers.upgrade?.toLowerCase() !== 'spdy/3.1') {
    throw new StatusError(400, 'BadRequest', `unable to upgrade: ${request.headers.upgrade} is not SPDY/3.1`);
  }
  if (!offered.split(',').some((name) => name.trim() === PROTOCOL)) {
    throw new StatusError(403, 'Forbidden', `unable to upgrade: [${offered}] not supported, only ${PROTOCOL}`);
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${PROTOCOL}\r\n\r\n`,
  );
  if (head.length > 0) socket.unshift(head);
  return socket;
}

type Forward = (port: number, data: SpdyStream, error: SpdyStream) => Promise<void>;

/** Brings the two streams of each connection together. The returned function throws where a stream is of neither kind. */
function pairStreams(forward: Forward): (stream: SpdyStream) => void {
  const waiting = new Map<string, { stream: SpdyStream; timer: NodeJS.Timeout }>();
  return (stream) => {
    const { streamtype: type, port, requestid } = stream.headers;
    const number = Number(port);
    if (type !== 'error' && type !== 'data') throw new Error(`invalid stream type ${type}`);
    if (!(Number.isInteger(number) && number > 0 && number < 65536)) throw new Error(`invalid port ${port}`);
    // Clients before requestIDs opened the error stream first, with the number before the data stream's.
    const key = requestid ?? `${type === 'error' ? stream.id : stream.id - 2}`;
    const other = waiting.get(key);
    if (!other) {
      const timer = setTimeout(() => {
        waiting.delete(key);
        stream.destroy();
      }, PAIR_TIMEOUT);
      timer.unref();
      stream.once('close', () => {
        clearTimeout(timer);
        if (waiting.get(key)?.stream === stream) waiting.delete(key);
      });
      waiting.set(key, { stream, timer });
      return;
    }
    clearTimeout(other.timer);
    waiting.delete(key);
    const [data, error] = type === 'data' ? [stream, other.stream] : [other.stream, stream];
    error.resume();
    void forward(number, data, error);
  };
}

/** Copies both ways with each side's own end; `onEnd` once neither goes on. */
function join(data: SpdyStream, connection: Duplex, onEnd: () => void): void {
  connection.on('error', () => data.destroy());
  data.on('close', () => connection.destroy());
  connection.on('close', () => {
    // All that it sent has been copied, or is in the stream's buffer on its way.
    data.end();
    data.resume();
    onEnd();
  });
  data.pipe(connection);
  connection.pipe(data);
}

/** containerd's words, as the kubelet passes them on and kubectl prints them. */
function failureText(port: number, sandbox: string, cause: NodeJS.ErrnoException): string {
  const id = sandbox.replaceAll('-', '').padEnd(64, '0');
  const why = cause.code === 'ECONNREFUSED' ? 'connect: connection refused' : cause.message;
  const tried = `IPv4: dial tcp4 127.0.0.1:${port}: ${why} IPv6 dial tcp6: address localhost: no suitable address found`;
  const inside = `failed to connect to localhost:${port} inside namespace "${id}", ${tried}`;
  const netns = `/var/run/netns/cni-${sandbox}`;
  return `error forwarding port ${port} to pod ${id}, uid : failed to execute portforward in network namespace "${netns}": ${inside}`;
}
