/**
 * Rewrites an application's probes so that the kubelet asks the sidecar's agent (port 15020), which asks the
 * application: with mutual TLS in force the kubelet could not ask it directly. (Istio documentation: "Health Checking
 * of Istio Services".)
 */
import type { Container, IntOrString, Probe } from '../../types.ts';

interface HttpGet {
  path?: string;
  port: IntOrString;
  scheme?: string;
  host?: string;
  httpHeaders?: { name: string; value: string }[];
}

/** One entry of ISTIO_KUBE_APP_PROBERS: what the agent does when the kubelet asks for its path. */
export interface Prober {
  httpGet?: HttpGet;
  tcpSocket?: { port: IntOrString; host?: string };
  grpc?: { port: number; service?: string };
  timeoutSeconds?: number;
}

interface Handler {
  httpGet?: HttpGet;
  tcpSocket?: { port: IntOrString; host?: string };
}

const PROBES = [
  ['readinessProbe', 'readyz'],
  ['livenessProbe', 'livez'],
  ['startupProbe', 'startupz'],
] as const;
const HANDLERS = [
  ['preStop', 'prestopz'],
  ['postStart', 'poststartz'],
] as const;

function proberOf(probe: Probe | Handler, container: Container, statusPort: number): Prober | undefined {
  const { timeoutSeconds, grpc } = probe as Probe;
  if (grpc) return { grpc, timeoutSeconds };
  const action = probe.httpGet ?? probe.tcpSocket;
  if (!action) return undefined;
  let { port } = action;
  if (typeof port === 'string') {
    const named = container.ports?.find((candidate) => candidate.name === port);
    if (!named) return undefined;
    port = named.containerPort;
  } else if (port === statusPort) return undefined; // rewritten already
  const copy = { ...action, port };
  return { ...(probe.httpGet ? { httpGet: copy } : { tcpSocket: copy }), timeoutSeconds };
}

function redirect(action: HttpGet | undefined, path: string, port: number): HttpGet {
  const redirected: HttpGet = { ...action, path, port };
  if (redirected.scheme === 'HTTPS') redirected.scheme = 'HTTP';
  return redirected;
}

/**
 * Changes the containers in place and returns what the agent must know: path (`/app-health/<container>/readyz`) to
 * prober. Exec probes stay as they are.
 */
export function rewriteProbes(containers: Container[], statusPort: number): Record<string, Prober> {
  const probers: Record<string, Prober> = {};
  for (const container of containers) {
    if (container.name === 'istio-proxy') continue;
    for (const [field, suffix] of PROBES) {
      const probe = container[field];
      if (!probe || !(probe.httpGet || probe.tcpSocket || probe.grpc)) continue;
      const path = `/app-health/${container.name}/${suffix}`;
      const prober = proberOf(probe, container, statusPort);
      if (prober) probers[path] = prober;
      const { tcpSocket: _tcp, grpc: _grpc, ...rest } = probe;
      container[field] = { ...rest, httpGet: redirect(probe.httpGet, path, statusPort) };
    }
    for (const [field, suffix] of HANDLERS) {
      const handler = container.lifecycle?.[field] as Handler | undefined;
      if (!container.lifecycle || !handler || !(handler.httpGet || handler.tcpSocket)) continue;
      const path = `/app-lifecycle/${container.name}/${suffix}`;
      const prober = proberOf(handler, container, statusPort);
      if (prober) probers[path] = prober;
      const { tcpSocket: _tcp, ...rest } = handler;
      container.lifecycle = {
        ...container.lifecycle,
        [field]: { ...rest, httpGet: redirect(handler.httpGet, path, statusPort) },
      };
    }
  }
  return probers;
}
