/**
 * …/pods/{name}/proxy and …/services/{name}/proxy: passes an HTTP request on to a port in the pod network. The name may
 * carry a scheme and a port: `web`, `web:http`, `https:web:443`.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import tls from 'node:tls';
import type { Client } from '../../client.ts';
import { CLUSTER_DOMAIN } from '../../network/dns.ts';
import { request as send } from '../../network/http.ts';
import type { Network } from '../../network/network.ts';
import { StatusError } from '../../status.ts';
import { type Pod, RESOURCES, type Service } from '../../types.ts';
import type { Request, Response, StreamTarget } from '../http/streams.ts';

/** Of one connection only (RFC 9110, 7.6.1), or the client's credentials for this API. */
const NOT_PASSED_ON = new Set([
  'authorization',
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

interface Destination {
  secure: boolean;
  host: string;
  port: number;
}

export async function serveProxy(
  client: Client,
  network: Network,
  request: Request,
  response: Response,
  target: StreamTarget,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (target.path === '' && request.method === 'GET') {
    response.statusCode = 301;
    response.setHeader('Location', `${url.pathname}/${url.search}`);
    response.end();
    return;
  }
  const { secure, host, port } = await destinationOf(client, target);
  const answer = await reach(network, secure, host, port, target, request, url);
  response.statusCode = answer.statusCode ?? 502;
  const headers = answer.headersDistinct;
  for (const [name, values] of Object.entries(headers)) {
    if (values && !NOT_PASSED_ON.has(name)) response.setHeader(name, values.length === 1 ? values[0]! : values);
  }
  answer.once('error', () => response.destroy());
  response.once('close', () => answer.destroy());
  answer.pipe(response as NodeJS.WritableStream);
}

async function reach(
  network: Network,
  secure: boolean,
  host: string,
  port: number,
  target: StreamTarget,
  request: Request,
  url: URL,
) {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith(':') && !NOT_PASSED_ON.has(name)) headers[name] = value;
  }
  headers.host = `${host.replace(/\.$/, '')}:${port}`;
  headers['x-forwarded-uri'] = url.pathname;
  headers['x-forwarded-proto'] = 'https';
  const abort = new AbortController();
  request.once('close', () => {
    if (request.destroyed && !request.complete) abort.abort();
  });
  try {
    const plain = await network.dial(host, port);
    const stream = secure ? tls.connect({ socket: plain, rejectUnauthorized: false }) : plain;
    const path = `${secure ? 'https' : 'http'}://${host.replace(/\.$/, '')}:${port}${target.path || '/'}${url.search}`;
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const body = hasBody ? (request as NodeJS.ReadableStream) : undefined;
    return await send(network, path, { method: request.method, headers, body, stream, signal: abort.signal });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isService = target.resource.resource === 'services';
    if (isService && code === 'ECONNREFUSED') {
      throw new StatusError(503, 'ServiceUnavailable', `no endpoints available for service "${target.name}"`);
    }
    throw new StatusError(503, 'ServiceUnavailable', `error trying to reach service: ${message}`);
  }
}

/** Rejects with 404 for a pod or service that is not there, 400 for a name or port that cannot be read. */
async function destinationOf(client: Client, target: StreamTarget): Promise<Destination> {
  const { namespace = 'default', resource } = target;
  const parts = target.name.split(':');
  const scheme = parts.length === 3 ? parts.shift()! : 'http';
  const [name = '', port = ''] = parts;
  if (parts.length > 2 || !['', 'http', 'https'].includes(scheme)) {
    throw new StatusError(400, 'BadRequest', `invalid ${resource.singular} request ${JSON.stringify(target.name)}`);
  }
  const secure = scheme === 'https';
  if (resource.resource === 'pods') {
    const pod = await client.get<Pod>(RESOURCES.pods, { namespace, name });
    const host = pod.status?.podIP;
    if (!host) throw new StatusError(400, 'BadRequest', `address not allowed: pod ${name} has no address yet`);
    const declared = pod.spec.containers.flatMap((container) => container.ports ?? []);
    const named = declared.find((candidate) => candidate.name === port)?.containerPort;
    return {
      secure,
      host,
      port: portNumber(port, named ?? (port ? undefined : (declared[0]?.containerPort ?? 80)), name),
    };
  }
  const service = await client.get<Service>(RESOURCES.services, { namespace, name });
  const ports = service.spec.ports ?? [];
  const found = port
    ? ports.find((candidate) => candidate.name === port || String(candidate.port) === port)
    : ports.length === 1
      ? ports[0]
      : undefined;
  if (!found)
    throw new StatusError(
      503,
      'ServiceUnavailable',
      `no service port ${JSON.stringify(port)} found for service "${name}"`,
    );
  return { secure, host: `${name}.${namespace}.svc.${CLUSTER_DOMAIN}.`, port: found.port };
}

function portNumber(text: string, named: number | undefined, pod: string): number {
  const port = named ?? Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new StatusError(400, 'BadRequest', `pod ${pod} has no port ${JSON.stringify(text)}`);
}
