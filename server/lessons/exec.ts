/**
 * A program in a container, over the API server's WebSocket: the first byte of a message is its channel, 1 standard
 * output, 2 standard error, 3 the Status at the end. (Kubernetes: subprotocol v4.channel.k8s.io of the pod's `exec`.)
 */
import WebSocket from 'ws';
import type { Cluster } from '../istioctl/cluster.ts';
import type { Executed } from './lab.ts';

const PROTOCOL = 'v4.channel.k8s.io';
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
/** Bytes kept of each stream; a program that prints more is cut. */
const KEPT = 4 * 1024 * 1024;

interface Status {
  status?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

export interface ContainerTarget {
  namespace: string;
  pod: string;
  container?: string;
}

/** Rejects where the API or the container refuses, and with the signal's reason once it is aborted. */
export async function execIn(
  cluster: Cluster,
  { namespace, pod, container }: ContainerTarget,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Executed> {
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true', ...(container ? { container } : {}) });
  for (const word of argv) query.append('command', word);
  const base = cluster.server.replace(/^http/, 'ws').replace(/\/$/, '');
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  const options = await cluster.options();
  signal.throwIfAborted();
  const socket = new WebSocket(`${base}${path}?${query}`, [PROTOCOL], options as WebSocket.ClientOptions);
  return new Promise((resolve, reject) => {
    const streams: Record<number, Buffer[]> = { [STDOUT]: [], [STDERR]: [] };
    const kept: Record<number, number> = { [STDOUT]: 0, [STDERR]: 0 };
    let status: Status | undefined;
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      settle();
      socket.terminate();
    };
    const onAbort = () => end(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('message', (data) => {
      const bytes = data as Buffer;
      const channel = bytes[0]!;
      if (channel === STATUS) status = JSON.parse(bytes.subarray(1).toString('utf8')) as Status;
      const room = KEPT - (kept[channel] ?? KEPT);
      if (room <= 0) return;
      const part = bytes.subarray(1, 1 + room);
      streams[channel]!.push(part);
      kept[channel]! += part.length;
    });
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => end(() => reject(new Error(messageOf(body) ?? `HTTP ${response.statusCode}`))));
    });
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('close', () => {
      const text = (channel: number) => Buffer.concat(streams[channel]!).toString('utf8');
      const exitCode = status && exitCodeOf(status);
      end(() =>
        exitCode === undefined
          ? reject(new Error(status?.message ?? `the connection to pod ${namespace}/${pod} was cut`))
          : resolve({ stdout: text(STDOUT), stderr: text(STDERR), exitCode }),
      );
    });
  });
}

/** Undefined where the program did not run at all. */
function exitCodeOf({ status, details }: Status): number | undefined {
  if (status === 'Success') return 0;
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  return code === undefined ? undefined : Number(code);
}

function messageOf(body: string): string | undefined {
  try {
    return (JSON.parse(body) as Status).message;
  } catch {
    return body.trim() || undefined;
  }
}
