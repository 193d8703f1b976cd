/**
 * Port-forward in the WebSocket form that came before SPDY's tunnel and that client libraries still use: subprotocol
 * `v4.channel.k8s.io`, ports in the query. The first byte of each message is a channel, 2i for the bytes of the i-th
 * port and 2i + 1 for its error; the first message of a channel carries the port. There is no half-close. (Kubernetes:
 * kubelet, portforward over WebSocket.)
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { StatusError } from '../../status.ts';

export const CHANNELS = 'v4.channel.k8s.io';

/** Throws 400 where the query names no port, or something that is none. */
export function portsOf(query: URLSearchParams): number[] {
  const texts = query.getAll('ports').flatMap((value) => value.split(','));
  const ports = texts.map(Number);
  const wrong = texts.find(
    (_text, index) => !(Number.isInteger(ports[index]) && ports[index]! > 0 && ports[index]! < 65536),
  );
  if (wrong !== undefined) throw new StatusError(400, 'BadRequest', `invalid port: ${wrong}`);
  if (ports.length === 0) throw new StatusError(400, 'BadRequest', 'query parameter "ports" is required');
  return ports;
}

/** `dial` opens the connection to a port of the pod; `failureText` is what the client is told when that fails. */
export function serveChannels(
  socket: WebSocket,
  ports: number[],
  dial: (port: number) => Promise<Duplex>,
  failureText: (port: number, cause: NodeJS.ErrnoException) => string,
): void {
  const send = (channel: number, bytes: Buffer, done?: () => void): void =>
    socket.send(Buffer.concat([Buffer.from([channel]), bytes]), done);
  const connections: (Duplex | undefined)[] = ports.map(() => undefined);
  const early: Buffer[][] = ports.map(() => []);

  for (const [index, port] of ports.entries()) {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    send(2 * index, number);
    send(2 * index + 1, number);
    dial(port).then(
      (connection) => {
        if (socket.readyState !== socket.OPEN) {
          connection.destroy();
          return;
        }
        connections[index] = connection;
        for (const bytes of early[index]!.splice(0)) connection.write(bytes);
        connection.on('error', () => {});
        connection.on('data', (bytes: Buffer) => {
          connection.pause();
          send(2 * index, bytes, () => connection.resume());
        });
        connection.once('close', () => socket.close(1000));
      },
      (cause: NodeJS.ErrnoException) => {
        send(2 * index + 1, Buffer.from(failureText(port, cause)), () => socket.close(1000));
      },
    );
  }
  socket.on('message', (message: Buffer) => {
    const channel = message[0] ?? 0;
    const bytes = message.subarray(1);
    const index = channel / 2;
    if (!Number.isInteger(index) || index >= ports.length || bytes.length === 0) return;
    const connection = connections[index];
    if (!connection) {
      early[index]!.push(bytes);
      return;
    }
    if (connection.writable && !connection.write(bytes)) {
      socket.pause();
      connection.once('drain', () => socket.resume());
    }
  });
  socket.once('close', () => {
    for (const connection of connections) connection?.destroy();
  });
}
