/**
 * The agent's half of probe rewriting: asks the application what the kubelet asked the agent, as
 * ISTIO_KUBE_APP_PROBERS says. (Istio documentation: "Health Checking of Istio Services".)
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as httpRequest } from '../../network/http.ts';
import type { Network } from '../../network/network.ts';
import type { Prober } from '../injection/probes.ts';

const PATTERN = /^\/(?:app-health|app-lifecycle)\/[^/]+\/(?:livez|readyz|startupz|prestopz|poststartz)$/;

export const isAppProbe = (path: string): boolean => PATTERN.test(path);

/** Throws where the variable does not hold what the injector writes. */
export function parseProbers(text: string | undefined): Record<string, Prober> {
  if (!text) return {};
  const probers = JSON.parse(text) as Record<string, Prober>;
  for (const path of Object.keys(probers)) {
    if (!isAppProbe(path)) throw new Error(`invalid path "${path}" in ISTIO_KUBE_APP_PROBERS`);
  }
  return probers;
}

export interface ProbeTarget {
  network: Network;
  podIP: string;
  namespace: string;
}

async function askHttp(
  prober: NonNullable<Prober['httpGet']>,
  timeoutMs: number,
  target: ProbeTarget,
): Promise<number> {
  if (prober.scheme === 'HTTPS') throw new Error('HTTPS probes are not supported by the simulated agent');
  const host = prober.host || target.podIP;
  const path = prober.path?.startsWith('/') ? prober.path : `/${prober.path ?? ''}`;
  const headers = Object.fromEntries((prober.httpHeaders ?? []).map(({ name, value }) => [name, value]));
  const response = await httpRequest(
    target.network,
    `http://${host}:${prober.port}${path}`,
    { headers: { 'User-Agent': 'istio-probe/1.0', ...headers, Connection: 'close' }, timeoutMs },
    { namespace: target.namespace, podIP: target.podIP },
  );
  response.resume();
  return response.statusCode ?? 500;
}

/** Status 200 and the application's own answers pass through; what cannot be asked is 500, as in the real agent. */
export async function answerAppProbe(
  request: IncomingMessage,
  response: ServerResponse,
  probers: Record<string, Prober>,
  target: ProbeTarget,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://agent').pathname;
  const prober = probers[path];
  const fail = (code: number, message: string): void => {
    response.writeHead(code, { 'content-type': 'text/plain' }).end(`${message}\n`);
  };
  if (!prober) return fail(404, `no prober config for path ${path}`);
  const timeoutMs = (prober.timeoutSeconds || 1) * 1000;
  try {
    if (prober.httpGet) {
      response.writeHead(await askHttp(prober.httpGet, timeoutMs, target)).end();
    } else if (prober.tcpSocket) {
      const stream = await target.network.dial(prober.tcpSocket.host || target.podIP, Number(prober.tcpSocket.port));
      stream.destroy();
      response.writeHead(200).end();
    } else fail(500, 'gRPC probes are not supported by the simulated agent');
  } catch (error) {
    fail(500, `Request to probe app failed: ${(error as Error).message}, original URL path = ${path}`);
  }
}
