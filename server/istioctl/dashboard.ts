/** `istioctl dashboard`: forwards a port to an addon's pod, prints its address, and stays until Ctrl-C. */
import type { Cluster } from './cluster.ts';
import { CommandError, type Io } from './io.ts';
import { isReady, podsIn } from './pods.ts';
import { type Forwarder, forward } from './port-forward.ts';

export interface Dashboard {
  title: string;
  selector: string;
  port: number;
  path: string;
}

export const DASHBOARDS: Record<string, Dashboard> = {
  kiali: { title: 'Kiali', selector: 'app=kiali', port: 20001, path: '/kiali' },
  prometheus: { title: 'Prometheus', selector: 'app.kubernetes.io/name=prometheus', port: 9090, path: '' },
  grafana: { title: 'Grafana', selector: 'app.kubernetes.io/name=grafana', port: 3000, path: '' },
  jaeger: { title: 'Jaeger', selector: 'app=jaeger', port: 16686, path: '' },
};

export interface DashboardOptions {
  /** Local port; 0 prefers the addon's own and takes a free one if that is in use. */
  port: number;
  uiPort: number;
  address: string;
  browser: boolean;
  istioNamespace: string;
  namespace: string;
  env: NodeJS.ProcessEnv;
}

async function findPod(cluster: Cluster, dashboard: Dashboard, options: DashboardOptions) {
  for (const namespace of [options.istioNamespace, options.namespace]) {
    const pods = await podsIn(cluster, namespace, dashboard.selector);
    const pod = pods.find(isReady);
    if (pod) return { namespace, pod: pod.metadata.name };
    if (pods.length) {
      const { metadata, status } = pods[0]!;
      throw new CommandError(
        `pod ${namespace}/${metadata.name} is not ready yet (${status?.phase ?? 'Unknown'}). Try again in a moment; kubectl describe pod -n ${namespace} ${metadata.name} says why.`,
      );
    }
  }
  throw new CommandError(
    `no pods found with selector ${dashboard.selector}. Install the addons first: kubectl apply -f istio-*/samples/addons`,
  );
}

/** The real one prefers the addon's port as well, and falls back to a free one. */
async function listen(
  start: (port: number) => Promise<Forwarder>,
  { port, uiPort }: DashboardOptions,
): Promise<Forwarder> {
  if (port !== 0) return start(port);
  try {
    return await start(uiPort);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    return start(0);
  }
}

/** Not in a lab, whose terminal is in a browser already, nor where there is no screen. */
const hasScreen = (env: NodeJS.ProcessEnv): boolean =>
  !env.MALHA_LAB && (process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY));

export async function dashboard(
  cluster: Cluster,
  io: Io,
  chosen: Dashboard,
  options: DashboardOptions,
): Promise<number> {
  const target = { ...(await findPod(cluster, chosen, options)), port: options.uiPort };
  const start = (port: number) =>
    forward(cluster, target, port, options.address, (message) => io.stderr(`${message}\n`));
  let forwarder: Forwarder;
  try {
    forwarder = await listen(start, options);
  } catch (error) {
    throw new CommandError(`failure running port forward process: ${(error as Error).message}`);
  }
  const interrupted = io.interrupted();
  const url = `http://${options.address}:${forwarder.port}${chosen.path}`;
  io.stdout(`${url}\n`);
  if (!options.browser) io.stdout('skipping opening a browser\n');
  else if (hasScreen(options.env)) {
    try {
      const { default: open } = await import('open');
      await open(url);
    } catch {
      io.stdout(`Failed to open browser; open ${url} in your browser.\n`);
    }
  }
  await new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  forwarder.close();
  return 0;
}
