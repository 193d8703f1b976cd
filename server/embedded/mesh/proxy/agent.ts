/** istio-proxy: pilot-agent's ports and log beside a connection to istiod. No traffic passes through it yet. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ISTIO } from '../../../versions.ts';
import type { ContainerContext } from '../../images/image.ts';
import { serveHttp } from '../../network/http.ts';
import { type ProxyMode, SUBSCRIPTIONS } from '../discovery.ts';
import { createLogger } from '../log.ts';
import { answerAppProbe, isAppProbe, parseProbers } from './app-probes.ts';
import { type ControlPlane, connectToIstiod } from './connection.ts';

const pathOf = (request: IncomingMessage): string => new URL(request.url ?? '/', 'http://agent').pathname;

const text = (response: ServerResponse, code: number, body = ''): void => {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
};

function metrics(controlPlane: ControlPlane, mode: ProxyMode): string {
  const updates = controlPlane.configured() ? 1 : 0;
  return [
    '# TYPE istio_build gauge',
    `istio_build{component="proxy",tag="${ISTIO}-embedded"} 1`,
    '# TYPE envoy_cluster_manager_cds_update_success counter',
    `envoy_cluster_manager_cds_update_success{mode="${mode}"} ${updates}`,
    '',
  ].join('\n');
}

/** Runs until `context.signal` or `POST /quitquitquit`; resolves with the exit code. */
export async function runProxy(context: ContainerContext, mode: ProxyMode): Promise<number> {
  const { env, network, podIP, signal, container } = context;
  const log = createLogger(context.log);
  const namespace = env.POD_NAMESPACE || context.pod.metadata.namespace || 'default';
  context.log(
    mode === 'sidecar'
      ? 'Malha: this is a simulated sidecar. It registers with istiod and answers probes; the application’s traffic does not pass through it.'
      : 'Malha: this is a simulated gateway. It registers with istiod and answers probes; it does not route traffic.',
  );
  log.info(`FLAG: ${(container.args ?? []).join(' ')}`);
  log.info(`Version ${ISTIO}-embedded-Clean`);
  log.info(
    `Proxy role: ips=[${podIP}] type=${mode} id=${env.POD_NAME}.${namespace} domain=${namespace}.svc.cluster.local`,
  );
  log.info(`CA Endpoint ${env.CA_ADDR}, provider Citadel`);
  const probers = parseProbers(env.ISTIO_KUBE_APP_PROBERS);
  const statusPort = Number(context.pod.metadata.annotations?.['status.sidecar.istio.io/port'] ?? 15020);
  const controlPlane = connectToIstiod({ context, mode, log });
  let lastProbeSuccessful = false;
  let quit: () => void = () => {};
  const quitted = new Promise<void>((resolve) => {
    quit = resolve;
  });

  function ready(response: ServerResponse): void {
    if (controlPlane.configured()) {
      if (!lastProbeSuccessful) log.info('Envoy proxy is ready (simulated)');
      lastProbeSuccessful = true;
      text(response, 200);
      return;
    }
    lastProbeSuccessful = false;
    log.warn('Envoy proxy is NOT ready: config not received from XDS server (is Istiod running?)');
    text(response, 503);
  }

  const status: RequestListener = (request, response) => {
    const path = pathOf(request);
    if (path === '/healthz/ready') ready(response);
    else if (path === '/stats/prometheus' || path === '/metrics') text(response, 200, metrics(controlPlane, mode));
    else if (isAppProbe(path)) void answerAppProbe(request, response, probers, { network, podIP, namespace });
    else if (path === '/quitquitquit' && request.method === 'POST') {
      text(response, 200, 'ok');
      quit();
    } else if (path === '/drain' && request.method === 'POST') text(response, 200, 'ok');
    else text(response, 404, '404 page not found\n');
  };
  const readiness: RequestListener = (request, response) =>
    pathOf(request) === '/healthz/ready' ? ready(response) : text(response, 404, '404 page not found\n');
  const stats: RequestListener = (request, response) =>
    pathOf(request) === '/stats/prometheus'
      ? text(response, 200, metrics(controlPlane, mode))
      : text(response, 404, '404 page not found\n');

  const services = [
    serveHttp(network, podIP, statusPort, status),
    serveHttp(network, podIP, 15021, readiness),
    serveHttp(network, podIP, 15090, stats),
  ];
  log.info(`Opening status port ${statusPort}`);
  log.info(`Subscribing to ${SUBSCRIPTIONS[mode].join(', ')} (simulated)`);
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stopped, quitted]);
  log.info('Agent has successfully terminated');
  for (const service of services) service.close();
  return 0;
}
