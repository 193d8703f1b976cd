/** The Endpoints controller: the older, single list of a service's addresses. */
import { keyOf, splitKey } from '../informer.ts';
import { isNotFound } from '../status.ts';
import {
  type EndpointAddress,
  type EndpointSubset,
  type Endpoints,
  type Pod,
  RESOURCES,
  type Service,
} from '../types.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';
import { canonical } from './hash.ts';
import { isReady } from './pods.ts';
import { hostnameOf, podsOf, portsOn, targetRef, watchServicePods } from './service-pods.ts';

const MANAGED_BY = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };

export function startEndpointsController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const services = informers.of<Service>(RESOURCES.services);
  const pods = informers.of<Pod>(RESOURCES.pods);
  const endpoints = informers.of<Endpoints>(RESOURCES.endpoints);
  const controller = startController(context, 'endpoints', reconcile);
  watchServicePods(services, pods, controller);
  endpoints.handle({ deleted: (object) => controller.enqueue(keyOf(object)) });

  async function reconcile(key: string): Promise<void> {
    const service = services.get(key);
    const existing = endpoints.get(key);
    const { namespace, name } = splitKey(key);
    if (!service) {
      const ours = existing?.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller';
      if (ours) await client.delete(RESOURCES.endpoints, { namespace, name }).catch(ignoreNotFound);
      return;
    }
    if (!service.spec.selector || service.metadata.deletionTimestamp) return;
    const subsets = subsetsOf(service, podsOf(service, pods));
    const headless: Record<string, string> =
      service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
    const labels = { ...service.metadata.labels, ...MANAGED_BY, ...headless };
    if (!existing) {
      const created = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, subsets };
      endpoints.observe(await client.create<Endpoints>(RESOURCES.endpoints, created));
      return;
    }
    if (canonical([subsets, labels]) === canonical([existing.subsets, existing.metadata.labels])) return;
    const updated = { ...existing, metadata: { ...existing.metadata, labels }, subsets };
    endpoints.observe(await client.update<Endpoints>(RESOURCES.endpoints, updated));
  }

  return controller;
}

const ignoreNotFound = (error: unknown): void => {
  if (!isNotFound(error)) throw error;
};

/** One subset for each set of ports that pods have in common. */
function subsetsOf(service: Service, pods: Pod[]): EndpointSubset[] {
  const subsets = new Map<string, EndpointSubset>();
  for (const pod of pods) {
    const notReady = !isReady(pod) && !service.spec.publishNotReadyAddresses;
    if (pod.metadata.deletionTimestamp && !service.spec.publishNotReadyAddresses) continue;
    const ports = portsOn(service, pod);
    const headless = service.spec.clusterIP === 'None';
    if (ports.length === 0 && !(headless && (service.spec.ports ?? []).length === 0)) continue;
    const hostname = hostnameOf(service, pod);
    const address: EndpointAddress = {
      ip: pod.status?.podIP ?? '',
      ...(hostname ? { hostname } : {}),
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      targetRef: targetRef(pod),
    };
    // The older list writes a single unnamed port without a name.
    const unnamed = ports.map(({ name, ...port }) => (name ? { name, ...port } : port));
    const key = JSON.stringify(unnamed);
    const subset: EndpointSubset = subsets.get(key) ?? { ...(unnamed.length > 0 ? { ports: unnamed } : {}) };
    const list = notReady ? 'notReadyAddresses' : 'addresses';
    subset[list] = [...(subset[list] ?? []), address].sort((a, b) => a.ip.localeCompare(b.ip));
    subsets.set(key, subset);
  }
  return [...subsets.values()];
}
