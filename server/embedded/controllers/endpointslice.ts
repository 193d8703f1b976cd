/** The EndpointSlice controller: a service's addresses with their conditions, as proxies and DNS read them. */
import { keyOf } from '../informer.ts';
import { isNotFound } from '../status.ts';
import { type Endpoint, type EndpointPort, type EndpointSlice, type Pod, RESOURCES, type Service } from '../types.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';
import { canonical } from './hash.ts';
import { controllerReference, isReady } from './pods.ts';
import { hostnameOf, podsOf, portsOn, targetRef, watchServicePods } from './service-pods.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';

export function startEndpointSliceController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const services = informers.of<Service>(RESOURCES.services);
  const pods = informers.of<Pod>(RESOURCES.pods);
  const slices = informers.of<EndpointSlice>(RESOURCES.endpointslices);
  slices.addIndexer('service', (slice) => {
    const { labels, namespace } = slice.metadata;
    return labels?.[MANAGED_BY] === MANAGER ? [`${namespace}/${labels[SERVICE_NAME]}`] : [];
  });
  const controller = startController(context, 'endpointslice', reconcile);
  watchServicePods(services, pods, controller);
  slices.handle({
    deleted(slice) {
      const service = slice.metadata.labels?.[SERVICE_NAME];
      if (service) controller.enqueue(`${slice.metadata.namespace}/${service}`);
    },
  });

  async function reconcile(key: string): Promise<void> {
    const service = services.get(key);
    const existing = slices.by('service', key).filter((slice) => !slice.metadata.deletionTimestamp);
    const wants = service?.spec.selector && service.spec.type !== 'ExternalName' && !service.metadata.deletionTimestamp;
    const groups = wants ? groupsOf(service, podsOf(service, pods)) : [];
    const free = [...existing];
    for (const group of groups) {
      const ports = canonical(group.ports);
      const index = free.findIndex((slice) => canonical(slice.ports) === ports);
      const [slice] = free.splice(Math.max(index, 0), 1);
      await write(service!, slice, group);
    }
    for (const slice of free) await remove(slice);
  }

  async function write(service: Service, slice: EndpointSlice | undefined, group: Group): Promise<void> {
    const headless: Record<string, string> =
      service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
    const { name, namespace } = service.metadata;
    const labels = { ...service.metadata.labels, ...headless, [SERVICE_NAME]: name, [MANAGED_BY]: MANAGER };
    if (!slice) {
      const metadata = {
        // The server fills it in from generateName.
        name: '',
        generateName: `${name}-`,
        namespace,
        labels,
        ownerReferences: [controllerReference(service)],
      };
      const created: EndpointSlice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
        addressType: 'IPv4',
        ...group,
      };
      slices.observe(await client.create<EndpointSlice>(RESOURCES.endpointslices, created));
      return;
    }
    const now = [group.ports, group.endpoints, labels];
    if (canonical(now) === canonical([slice.ports, slice.endpoints, slice.metadata.labels])) return;
    const updated = { ...slice, ...group, metadata: { ...slice.metadata, labels } };
    slices.observe(await client.update<EndpointSlice>(RESOURCES.endpointslices, updated));
  }

  async function remove(slice: EndpointSlice): Promise<void> {
    const { namespace, name } = slice.metadata;
    try {
      await client.delete(RESOURCES.endpointslices, { namespace, name });
      slices.observeDeletion(keyOf(slice));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  return controller;
}

interface Group {
  endpoints: Endpoint[];
  ports: EndpointPort[];
}

/** One group for each set of ports that pods have in common; a service without pods has one empty slice. */
function groupsOf(service: Service, pods: Pod[]): Group[] {
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    const ports = portsOn(service, pod);
    const group = groups.get(canonical(ports)) ?? { endpoints: [], ports };
    groups.set(canonical(ports), group);
    const serving = isReady(pod);
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const hostname = hostnameOf(service, pod);
    group.endpoints.push({
      addresses: [pod.status?.podIP ?? ''],
      conditions: {
        ready: service.spec.publishNotReadyAddresses ? true : serving && !terminating,
        serving,
        terminating,
      },
      ...(hostname ? { hostname } : {}),
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      targetRef: targetRef(pod),
    });
  }
  return groups.size > 0 ? [...groups.values()] : [{ endpoints: [], ports: [] }];
}
