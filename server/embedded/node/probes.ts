/** Probes of a running container: asks at intervals, counts, and tells when the verdict changes. */
import http from 'node:http';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { ExecIO } from '../images/image.ts';
import type { Network } from '../network/network.ts';
import type { Container, IntOrString, Probe } from '../types.ts';

export interface ProbeTarget {
  network: Network;
  podIP: string;
  container: Container;
  /** Runs a command in the container and resolves with its exit code. */
  exec(argv: string[], io: ExecIO): Promise<number>;
}

/** `output` says why a probe failed, in the kubelet's words. */
export interface ProbeResult {
  ok: boolean;
  output: string;
}

/** Probes come from the node, which is in no namespace. */
const FROM_NODE = { namespace: '' };

/** Asks once. Never rejects. */
export async function probeOnce(probe: Probe, target: ProbeTarget): Promise<ProbeResult> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  try {
    if (probe.httpGet) return await httpProbe(probe.httpGet, target, timeout);
    if (probe.exec) return await execProbe(probe.exec.command ?? [], target, timeout);
    const port = probe.grpc ? probe.grpc.port : portNumber(probe.tcpSocket?.port ?? 0, target.container);
    const host = probe.tcpSocket?.host || target.podIP;
    const stream = await dial(target.network, host, port, timeout);
    stream.destroy();
    return { ok: true, output: '' };
  } catch (error) {
    return { ok: false, output: (error as Error).message };
  }
}

/** A port by number, or by its name among the container's ports. */
export function portNumber(port: IntOrString, container: Container): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((candidate) => candidate.name === port)?.containerPort;
  const number = named ?? Number(port);
  if (!Number.isInteger(number)) throw new Error(`unknown port name ${JSON.stringify(port)}`);
  return number;
}

async function dial(network: Network, host: string, port: number, timeout: number): Promise<Duplex> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`dial tcp ${host}:${port}: i/o timeout`)), timeout);
  });
  const stream = network.dial(host, port, FROM_NODE);
  // One that comes after the time-out is nobody's.
  stream.then(
    (late) => timer === undefined && late.destroy(),
    () => {},
  );
  try {
    return await Promise.race([stream, late]);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const words: Record<string, string> = {
      ECONNREFUSED: 'connection refused',
      EHOSTUNREACH: 'no route to host',
      ENOTFOUND: 'no such host',
    };
    throw code && words[code] ? new Error(`dial tcp ${host}:${port}: connect: ${words[code]}`) : error;
  } finally {
    clearTimeout(timer);
    timer = undefined;
  }
}

async function httpProbe(
  get: NonNullable<Probe['httpGet']>,
  target: ProbeTarget,
  timeout: number,
): Promise<ProbeResult> {
  const port = portNumber(get.port, target.container);
  const host = get.host || target.podIP;
  const scheme = (get.scheme ?? 'HTTP').toLowerCase();
  const path = get.path ?? '/';
  const url = `${scheme}://${host}:${port}${path}`;
  let raw: Duplex;
  try {
    raw = await dial(target.network, host, port, timeout);
  } catch (error) {
    return { ok: false, output: `Get "${url}": ${(error as Error).message}` };
  }
  // As the kubelet, which trusts any certificate: the probe asks whether the program lives, not who it is.
  const stream = scheme === 'https' ? tls.connect({ socket: raw, rejectUnauthorized: false }) : raw;
  const headers: Record<string, string> = {
    'User-Agent': 'kube-probe/1.35',
    Accept: '*/*',
    Connection: 'close',
    Host: `${host}:${port}`,
  };
  for (const { name, value } of get.httpHeaders ?? []) headers[name] = value;
  try {
    const status = await new Promise<number>((resolve, reject) => {
      const request = http.request(
        { path, method: 'GET', headers, createConnection: () => stream as never },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      const words = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      const timer = setTimeout(() => request.destroy(new Error(words)), timeout);
      request.on('error', reject);
      request.on('close', () => clearTimeout(timer));
      request.end();
    });
    const ok = status >= 200 && status < 400;
    return { ok, output: ok ? '' : `HTTP probe failed with statuscode: ${status}` };
  } catch (error) {
    return { ok: false, output: `Get "${url}": ${(error as Error).message}` };
  } finally {
    stream.destroy();
    raw.destroy();
  }
}

async function execProbe(argv: string[], target: ProbeTarget, timeout: number): Promise<ProbeResult> {
  const abort = new AbortController();
  let output = '';
  const take = (chunk: string | Buffer) => {
    output += chunk.toString();
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeout);
  });
  const io: ExecIO = { stdout: take, stderr: take, tty: false, signal: abort.signal };
  const code = await Promise.race([target.exec(argv, io), late]);
  clearTimeout(timer);
  abort.abort();
  if (code === undefined)
    return { ok: false, output: `command timed out: ${argv.join(' ')} timed out after ${timeout / 1000}s` };
  return { ok: code === 0, output: output.trim() || (code === 0 ? '' : `command exited with ${code}`) };
}

export type ProbeKind = 'Startup' | 'Liveness' | 'Readiness';

/** Milliseconds. A container's program needs a moment to listen; a real one is only asked when it has had about so long. */
const SETTLING = 1000;
const SETTLING_STEP = 20;

/** Asks at intervals until stopped. `onVerdict` is called at the first verdict and at each change. */
export class Prober {
  private timer?: NodeJS.Timeout;
  private stopped = false;
  private successes = 0;
  private failures = 0;
  private verdict?: boolean;
  private readonly begun = Date.now();

  constructor(
    private readonly probe: Probe,
    private readonly target: ProbeTarget,
    private readonly onVerdict: (ok: boolean, output: string) => void,
    /** A single failed ask, counted towards the threshold. */
    private readonly onFailure: (output: string) => void,
  ) {
    this.again((probe.initialDelaySeconds ?? 0) * 1000);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private again(delay: number): void {
    if (!this.stopped) this.timer = setTimeout(() => void this.ask(), delay);
  }

  private async ask(): Promise<void> {
    const { ok, output } = await probeOnce(this.probe, this.target);
    if (this.stopped) return;
    if (!ok && this.verdict === undefined && Date.now() - this.begun < SETTLING) {
      this.again(SETTLING_STEP);
      return;
    }
    if (!ok) this.onFailure(output);
    this.successes = ok ? this.successes + 1 : 0;
    this.failures = ok ? 0 : this.failures + 1;
    const decided = ok
      ? this.successes >= (this.probe.successThreshold ?? 1)
      : this.failures >= (this.probe.failureThreshold ?? 3);
    if (decided && this.verdict !== ok) {
      this.verdict = ok;
      this.onVerdict(ok, output);
    }
    this.again((this.probe.periodSeconds ?? 10) * 1000);
  }
}
