/**
 * POST and GET …/pods/{name}/exec and …/attach over WebSocket: each message begins with the number of its channel.
 * Source: k8s.io/apimachinery/pkg/util/remotecommand (protocols v4 and v5).
 */
import type { IncomingMessage } from 'node:http';
import { type Duplex, PassThrough } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Client } from '../../client.ts';
import type { ExecIO } from '../../images/image.ts';
import type { LogRequest } from '../../node/logs.ts';
import { StatusError } from '../../status.ts';
import type { Pod } from '../../types.ts';
import type { StreamTarget } from '../http/streams.ts';
import { containerOf, isTrue, podOf } from './target.ts';
import { acceptWebSocket, isWebSocket } from './websocket.ts';

export interface ExecRuntime {
  exec(namespace: string, pod: string, container: string, argv: string[], io: ExecIO): Promise<number>;
  /** Joins a terminal or pipe to the container's main process; resolves with its exit code. */
  attach?(namespace: string, pod: string, container: string, io: ExecIO): Promise<number>;
  logs(request: LogRequest): AsyncIterable<string>;
}

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
/** WebSocket's code for an end without fault. */
const NORMAL = 1000;

export async function serveExec(
  client: Client,
  runtime: ExecRuntime,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  target: StreamTarget,
): Promise<void> {
  const pod = await podOf(client, target);
  const { query, subresource } = target;
  const container = containerOf(pod, query.get('container'));
  const argv = query.getAll('command');
  if (subresource === 'exec' && argv.length === 0) {
    throw new StatusError(400, 'BadRequest', 'you must specify at least one command for the container');
  }
  if (!isRunning(pod, container)) {
    throw new StatusError(400, 'BadRequest', `unable to upgrade connection: container not found ("${container}")`);
  }
  if (!isWebSocket(request)) {
    const words = `unable to upgrade connection: ${subresource} is served over WebSocket (${PROTOCOLS.join(', ')}), not over ${request.headers.upgrade}`;
    throw new StatusError(400, 'BadRequest', words);
  }
  if (subresource === 'attach' && isTrue(query.get('stdin')) && !runtime.attach) {
    throw new StatusError(501, 'NotImplemented', 'attaching standard input is not supported by this node');
  }
  const { socket: accepted } = await acceptWebSocket(request, socket, head, PROTOCOLS);
  const terminal = { stdin: isTrue(query.get('stdin')), tty: isTrue(query.get('tty')) };
  await converse(accepted, terminal, (io) => run(runtime, target, container, argv, io));
}

function isRunning(pod: Pod, container: string): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses].some(
    ({ name, state }) => name === container && state.running !== undefined,
  );
}

async function run(
  runtime: ExecRuntime,
  { namespace = 'default', name, subresource }: StreamTarget,
  container: string,
  argv: string[],
  io: ExecIO,
): Promise<number> {
  if (subresource === 'exec') return runtime.exec(namespace, name, container, argv, io);
  if (runtime.attach) return runtime.attach(namespace, name, container, io);
  const log = { namespace, pod: name, container, follow: true, tailLines: 0, signal: io.signal };
  for await (const line of runtime.logs(log)) io.stdout(line);
  return 0;
}

/** Runs a command with the socket's channels as its streams, and reports how it ended. */
async function converse(
  socket: WebSocket,
  terminal: { stdin: boolean; tty: boolean },
  command: (io: ExecIO) => Promise<number>,
): Promise<void> {
  const abort = new AbortController();
  const stdin = new PassThrough();
  // A command that ends without reading leaves the rest of its input behind.
  stdin.on('error', () => {});
  stdin.on('drain', () => socket.resume());
  socket.on('message', (message: RawData) => {
    const bytes = Array.isArray(message) ? Buffer.concat(message) : Buffer.from(message as Buffer);
    const channel = bytes[0];
    if (channel === CHANNEL.stdin && stdin.writable && !stdin.write(bytes.subarray(1))) socket.pause();
    else if (channel === CHANNEL.close && bytes[1] === CHANNEL.stdin) stdin.end();
    // CHANNEL.resize: no program here draws by the terminal's size.
  });
  socket.on('close', () => {
    abort.abort();
    stdin.end();
  });
  const send = (channel: number, chunk: string | Buffer) => {
    if (chunk.length === 0 || socket.readyState !== socket.OPEN) return;
    socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(chunk as string)]));
  };
  const io: ExecIO = {
    stdin: terminal.stdin ? stdin : undefined,
    stdout: (chunk) => send(CHANNEL.stdout, chunk),
    stderr: (chunk) => send(terminal.tty ? CHANNEL.stdout : CHANNEL.stderr, chunk),
    tty: terminal.tty,
    signal: abort.signal,
  };
  let status: object;
  try {
    status = exitStatus(await command(io));
  } catch (error) {
    status = failure(error);
  }
  socket.resume();
  send(CHANNEL.error, JSON.stringify(status));
  socket.close(NORMAL);
}

const exitStatus = (code: number): object =>
  code === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: exit status ${code}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      };

function failure(error: unknown): object {
  const words = `error executing command in container: ${error instanceof Error ? error.message : error}`;
  return new StatusError(500, 'InternalError', `Internal error occurred: ${words}`, {
    causes: [{ message: words }],
  }).toStatus();
}
