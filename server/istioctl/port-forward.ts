/**
 * Port-forwarding to a pod over the API server's WebSocket: channel 0 carries bytes, channel 1 an error, each after a
 * first message with the port. (Kubernetes: subprotocol v4.channel.k8s.io of the pod's `portforward`.)
 */
import { createServer, type Server } from 'node:net';
import { Duplex } from 'node:stream';
import WebSocket from 'ws';
import type { Cluster } from './cluster.ts';

const PROTOCOL = 'v4.channel.k8s.io';
const DATA = 0;
const ERROR = 1;

export interface PodPort {
  namespace: string;
  pod: string;
  port: number;
}

/** A stream to the pod's port. Rejects where the API server or the pod refuses. */
export async function dialPod(cluster: Cluster, { namespace, pod, port }: PodPort): Promise<Duplex> {
  const options = await cluster.options();
  const url = `${cluster.server.replace(/^http/, 'ws').replace(/\/$/, '')}/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`;
  const socket = new WebSocket(url, [PROTOCOL], options as WebSocket.ClientOptions);
  socket.binaryType = 'nodebuffer';
  const isOpen = (): boolean => socket.readyState === WebSocket.OPEN;
  const stream = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      if (!isOpen()) done(new Error('the connection to the pod is closed'));
      else socket.send(Buffer.concat([Buffer.from([DATA]), chunk]), done);
    },
    // The protocol has no half-close: the end of one direction waits for the other's.
    final: (done) => done(),
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  const started = new Set<number>();
  socket.on('message', (message: Buffer) => {
    const channel = message[0]!;
    if (!started.has(channel)) {
      started.add(channel);
      return;
    }
    if (channel === ERROR) stream.destroy(new Error(message.subarray(1).toString('utf8').trim()));
    else if (channel === DATA && !stream.push(message.subarray(1))) socket.pause();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', (error) => reject(new Error(`cannot forward to pod ${namespace}/${pod}: ${error.message}`)));
  });
  socket.on('error', (error) => stream.destroy(error));
  socket.once('close', () => {
    if (!stream.destroyed) stream.push(null);
  });
  return stream;
}

export interface Forwarder {
  port: number;
  close(): void;
}

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

/**
 * Listens on `address` and joins every connection to the pod. `localhost` means 127.0.0.1, and ::1 where there is one.
 * `local` 0 picks a free port. Rejects with EADDRINUSE where the port is taken. `onError` gets failures of single
 * connections.
 */
export async function forward(
  cluster: Cluster,
  target: PodPort,
  local: number,
  address: string,
  onError: (message: string) => void,
): Promise<Forwarder> {
  const open = new Set<Duplex>();
  const serve = (): Server =>
    createServer({ allowHalfOpen: true }, (connection) => {
      open.add(connection);
      connection.on('error', () => {});
      connection.once('close', () => open.delete(connection));
      dialPod(cluster, target).then(
        (stream) => {
          open.add(stream);
          stream.once('close', () => {
            open.delete(stream);
            connection.destroy();
          });
          connection.once('close', () => stream.destroy());
          stream.on('error', (error) => onError(error.message));
          connection.pipe(stream);
          stream.pipe(connection);
        },
        (error: Error) => {
          onError(error.message);
          connection.destroy();
        },
      );
    });
  const servers = [serve()];
  const port = await listen(servers[0]!, local, address === 'localhost' ? '127.0.0.1' : address);
  if (address === 'localhost') {
    const second = serve();
    // Not every machine has IPv6, and another program may hold the port there: 127.0.0.1 is enough.
    await listen(second, port, '::1').then(
      () => servers.push(second),
      () => {},
    );
  }
  return {
    port,
    close() {
      for (const server of servers) server.close();
      for (const stream of open) stream.destroy();
    },
  };
}
