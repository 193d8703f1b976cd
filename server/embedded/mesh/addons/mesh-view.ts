/** What the Kiali page shows, read from the API: which namespaces, workloads and pods are in the mesh. */
import type { Client, KubeObject } from '../../client.ts';
import { type Container, type Namespace, type Pod, RESOURCES, type Service } from '../../types.ts';
import { workloadOf } from '../injection/workload.ts';

export interface WorkloadView {
  namespace: string;
  name: string;
  kind: string;
  pods: number;
  ready: number;
  /** Pods that have an istio-proxy beside the application. */
  withSidecar: number;
}

export interface ServiceView {
  namespace: string;
  name: string;
  type: string;
  ports: string;
}

export interface NamespaceView {
  name: string;
  /** `enabled`, `disabled`, a revision, or undefined where no label says anything. */
  injection?: string;
  pods: number;
  withSidecar: number;
}

export interface MeshView {
  namespaces: NamespaceView[];
  workloads: WorkloadView[];
  services: ServiceView[];
}

/** Kubernetes' own namespaces have nothing to show here. */
const HIDDEN = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

const hasProxy = (containers: Container[] | undefined): boolean =>
  (containers ?? []).some(({ name }) => name === 'istio-proxy');

/** A gateway is a proxy too, but no application with a sidecar. */
export const hasSidecar = (pod: Pod): boolean =>
  pod.metadata.annotations?.['sidecar.istio.io/status'] !== undefined &&
  (hasProxy(pod.spec.initContainers) || hasProxy(pod.spec.containers));

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

const byName = <T extends { name: string; namespace?: string }>(a: T, b: T): number =>
  (a.namespace ?? '').localeCompare(b.namespace ?? '') || a.name.localeCompare(b.name);

const shown = (object: KubeObject): boolean => !HIDDEN.has(object.metadata.namespace ?? object.metadata.name);

export async function readMesh(client: Client): Promise<MeshView> {
  const [namespaces, pods, services] = await Promise.all([
    client.list<Namespace>(RESOURCES.namespaces),
    client.list<Pod>(RESOURCES.pods),
    client.list<Service>(RESOURCES.services),
  ]);
  const workloads = new Map<string, WorkloadView>();
  const live = pods.items.filter((pod) => shown(pod) && !pod.metadata.deletionTimestamp);
  for (const pod of live) {
    const namespace = pod.metadata.namespace ?? 'default';
    const { name, kind } = workloadOf(pod, namespace);
    const key = `${namespace}/${kind}/${name}`;
    const view = workloads.get(key) ?? { namespace, name, kind, pods: 0, ready: 0, withSidecar: 0 };
    view.pods++;
    if (isReady(pod)) view.ready++;
    if (hasSidecar(pod)) view.withSidecar++;
    workloads.set(key, view);
  }
  return {
    namespaces: namespaces.items
      .filter(shown)
      .map(({ metadata }) => {
        const own = live.filter((pod) => pod.metadata.namespace === metadata.name);
        return {
          name: metadata.name,
          injection: metadata.labels?.['istio-injection'] ?? metadata.labels?.['istio.io/rev'],
          pods: own.length,
          withSidecar: own.filter(hasSidecar).length,
        };
      })
      .sort(byName),
    workloads: [...workloads.values()].sort(byName),
    services: services.items
      .filter(shown)
      .map(({ metadata, spec }) => ({
        namespace: metadata.namespace ?? 'default',
        name: metadata.name,
        type: spec.type ?? 'ClusterIP',
        ports: (spec.ports ?? []).map((port) => `${port.port}/${port.protocol ?? 'TCP'}`).join(', '),
      }))
      .sort(byName),
  };
}
