/** What a running istiod says of itself: its version, and the proxies connected to it. */
import { ISTIO } from '../versions.ts';
import type { Cluster } from './cluster.ts';
import { askPod, isReady, type PodObject, podsIn } from './pods.ts';

export interface ServerInfo {
  Component: string;
  revision: string;
  Info: { version: string; revision: string; status: string; tag: string };
}

/** One connected proxy. The simulated istiod's /debug/syncz; the real one's has other fields, and is not read here. */
export interface ProxyInfo {
  proxy: string;
  proxy_type: string;
  cluster_id: string;
  istio_version: string;
  istiod: string;
  subscriptions: string[];
}

const MONITORING = 15014;

/** Rejects, in the real one's words, where no istiod is ready. */
export async function istiodPods(cluster: Cluster, namespace: string): Promise<PodObject[]> {
  const pods = (await podsIn(cluster, namespace, 'app=istiod')).filter(isReady);
  if (pods.length === 0) throw new Error(`no running Istio pods in namespace "${namespace}"`);
  return pods;
}

const at = (pod: PodObject, namespace: string) => ({ namespace, pod: pod.metadata.name, port: MONITORING });

/** `1.31.0-embedded-Clean` or a release's `1.31.0-<commit>-Clean`. */
export function parseVersion(text: string): ServerInfo['Info'] {
  const [version = text.trim(), revision = '', status = ''] = text.trim().split('-');
  const full = revision === 'embedded' ? `${version}-embedded` : version;
  return { version: full, revision, status, tag: version || ISTIO };
}

export async function controlPlaneVersions(cluster: Cluster, namespace: string): Promise<ServerInfo[]> {
  const pods = await istiodPods(cluster, namespace);
  return Promise.all(
    pods.map(async (pod) => ({
      Component: pod.metadata.labels?.istio ?? 'pilot',
      revision: pod.metadata.labels?.['istio.io/rev'] ?? 'default',
      Info: parseVersion(await askPod(cluster, at(pod, namespace), '/version')),
    })),
  );
}

export async function connectedProxies(cluster: Cluster, namespace: string): Promise<ProxyInfo[]> {
  const pods = await istiodPods(cluster, namespace);
  const lists = await Promise.all(
    pods.map(async (pod) => JSON.parse(await askPod(cluster, at(pod, namespace), '/debug/syncz')) as ProxyInfo[]),
  );
  return lists.flat().sort((a, b) => (a.proxy < b.proxy ? -1 : 1));
}
