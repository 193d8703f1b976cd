/** istiod's program: opens its CA, configuration and ports in the order in which the real one becomes ready. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import http from 'node:http';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { ISTIO } from '../../../versions.ts';
import type { ContainerContext } from '../../images/image.ts';
import { serveHttp } from '../../network/http.ts';
import { createLogger } from '../log.ts';
import { openAuthority, type Pair } from './ca.ts';
import { type InjectionCounts, injectHandler } from './inject-handler.ts';
import { metricsText } from './metrics.ts';
import { createProxyRegistry, type ProxyRegistry } from './proxies.ts';
import { distributeRootCertificate } from './root-cert.ts';
import { watchSettings } from './settings.ts';
import { patchWebhooks } from './webhook-ca.ts';

/** What `/version` answers: version, revision, build status, joined as the real one does. */
export const VERSION = `${ISTIO}-embedded-Clean`;

const json = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(body, null, 2)}\n`);
};

const text = (response: ServerResponse, body: string): void => {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
};

const pathOf = (request: IncomingMessage): string => new URL(request.url ?? '/', 'http://istiod').pathname;

function administration(registry: ProxyRegistry, counts: InjectionCounts, isReady: () => boolean): RequestListener {
  return (request, response) => {
    switch (pathOf(request)) {
      case '/ready':
        response.writeHead(isReady() ? 200 : 503).end();
        break;
      case '/version':
        text(response, VERSION);
        break;
      case '/metrics':
        text(response, metricsText(registry.list().length, counts));
        break;
      case '/debug/syncz':
        json(response, registry.list());
        break;
      default:
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    }
  };
}

/** Terminates TLS on a stream of the pod network. A peer that does not speak TLS is dropped. */
function secured(stream: Duplex, { chain, key }: Pair, onSecure: (socket: tls.TLSSocket) => void): void {
  const socket = new tls.TLSSocket(stream, {
    isServer: true,
    secureContext: tls.createSecureContext({ cert: chain, key }),
  });
  socket.on('error', () => stream.destroy());
  stream.on('error', () => socket.destroy());
  socket.once('secure', () => onSecure(socket));
}

/** Runs until `context.signal`; resolves with the exit code. Rejects where it cannot start. */
export async function runIstiod(context: ContainerContext): Promise<number> {
  const { client, network, podIP, env, signal } = context;
  const log = createLogger(context.log);
  const revision = env.REVISION || 'default';
  const namespace = env.POD_NAMESPACE || 'istio-system';
  const stops: (() => void)[] = [];
  const counts: InjectionCounts = { success: 0, skipped: 0, failed: 0 };
  let ready = false;

  context.log(
    `Malha: this is a simulated istiod. It injects sidecars, issues certificates and knows its proxies; it does not compute Envoy configuration.`,
  );
  log.info(`Istiod version ${VERSION}, revision ${revision}`);
  try {
    const settings = await watchSettings(client, namespace, revision, log);
    stops.push(settings.stop);
    const trustDomain = settings.current().mesh.trustDomain ?? 'cluster.local';
    log.info(`Starting Istiod Server with primary cluster ${env.CLUSTER_ID || 'Kubernetes'}`);
    const authority = await openAuthority(client, namespace, trustDomain);
    log.info(
      authority.origin === 'created'
        ? 'Use self-signed certificate as the CA certificate'
        : 'Use the CA certificate of Secret istio-ca-secret',
    );
    const service = revision === 'default' ? 'istiod' : `istiod-${revision}`;
    const names = [`${service}.${namespace}.svc`, `istiod-remote.${namespace}.svc`, `istio-pilot.${namespace}.svc`];
    log.info(`Discover server subject alt names: [${names.join(' ')}]`);
    const serving = await authority.serve(names);
    const registry = createProxyRegistry({
      client,
      authority,
      trustDomain,
      istiod: env.POD_NAME || context.pod.metadata.name,
      log,
    });
    stops.push(() => registry.close());

    const inject = injectHandler(settings.current, log, counts);
    const webhooks = http.createServer((request, response) => {
      if (pathOf(request) === '/inject' || pathOf(request).startsWith('/inject/')) void inject(request, response);
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    });
    const listen = (port: number, onConnection: (stream: Duplex) => void): void => {
      stops.push(network.listen(podIP, port, onConnection));
    };
    const admin = administration(registry, counts, () => ready);
    for (const port of [8080, 15014]) stops.push(serveHttp(network, podIP, port, admin).close);
    listen(15010, (stream) => registry.accept(stream));
    listen(15012, (stream) => secured(stream, serving, (socket) => registry.accept(socket)));
    listen(15017, (stream) => secured(stream, serving, (socket) => webhooks.emit('connection', socket)));
    log.info('starting secure gRPC discovery service at [::]:15012');
    log.info('starting gRPC discovery service at [::]:15010');
    log.info('starting webhook service at [::]:15017');

    const root = authority.rootCertificate;
    stops.push(
      ...(await Promise.all([
        distributeRootCertificate(client, root, log),
        patchWebhooks(client, revision, root, log),
      ])),
    );
    ready = true;
    log.info('All controller caches have been synced up');
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    log.info('Shutdown: istiod is stopping');
    return 0;
  } finally {
    ready = false;
    for (const stop of stops.reverse()) stop();
  }
}
