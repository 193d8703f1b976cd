/** For tests of the rooms that read the API: a Client over a list of objects, with watches that follow `put` and `remove`. */
import type { Client, GroupVersionResource, KubeObject, WatchEvent } from '../client.ts';
import { StatusError } from '../status.ts';
import type { Endpoint, EndpointSlice, Pod, Service } from '../types.ts';
import { RESOURCES } from '../types.ts';

type Watcher = (event: WatchEvent) => void;

export class FixedClient implements Client {
  private readonly objects = new Map<string, Map<string, KubeObject>>();
  private readonly watchers = new Map<string, Set<Watcher>>();
  private version = 0;

  put(resource: GroupVersionResource, object: KubeObject): this {
    const stored = this.of(resource);
    const key = keyOf(object.metadata);
    const resourceVersion = String(++this.version);
    const metadata = { uid: `uid-${resource.resource}-${key}`, ...object.metadata, resourceVersion };
    const type = stored.has(key) ? 'MODIFIED' : 'ADDED';
    stored.set(key, { ...object, metadata });
    this.emit(resource, { type, object: { ...object, metadata } });
    return this;
  }

  remove(resource: GroupVersionResource, namespace: string, name: string): void {
    const key = keyOf({ namespace, name });
    const object = this.of(resource).get(key);
    if (!object) return;
    this.of(resource).delete(key);
    const metadata = { ...object.metadata, resourceVersion: String(++this.version) };
    this.emit(resource, { type: 'DELETED', object: { ...object, metadata } });
  }

  async get<T extends KubeObject>(resource: GroupVersionResource, ref: { namespace?: string; name: string }) {
    const found = this.of(resource).get(keyOf(ref));
    if (!found) throw new StatusError(404, 'NotFound', `${resource.resource} "${ref.name}" not found`);
    return structuredClone(found) as T;
  }

  async list<T extends KubeObject>(resource: GroupVersionResource) {
    const items = [...this.of(resource).values()].map((object) => structuredClone(object) as T);
    return { items, resourceVersion: String(this.version) };
  }

  watch<T extends KubeObject>(
    resource: GroupVersionResource,
    _options: unknown,
    onEvent: (event: WatchEvent<T>) => void,
  ): () => void {
    const watchers = this.watchers.get(resource.resource) ?? new Set();
    this.watchers.set(resource.resource, watchers.add(onEvent as Watcher));
    return () => watchers.delete(onEvent as Watcher);
  }

  create(): Promise<never> {
    return unsupported('create');
  }
  update(): Promise<never> {
    return unsupported('update');
  }
  patch(): Promise<never> {
    return unsupported('patch');
  }
  delete(): Promise<never> {
    return unsupported('delete');
  }

  private of(resource: GroupVersionResource): Map<string, KubeObject> {
    const stored = this.objects.get(resource.resource) ?? new Map<string, KubeObject>();
    this.objects.set(resource.resource, stored);
    return stored;
  }

  private emit(resource: GroupVersionResource, event: WatchEvent): void {
    for (const watcher of this.watchers.get(resource.resource) ?? []) watcher(structuredClone(event));
  }
}

const keyOf = (ref: { namespace?: string; name: string }): string => `${ref.namespace ?? ''}/${ref.name}`;

const unsupported = (verb: string): Promise<never> =>
  Promise.reject(new Error(`this test's client only reads: ${verb} is not there`));

/** A service with one TCP port, 80, and a slice with the given ready endpoints on `targetPort`. */
export function putService(
  client: FixedClient,
  namespace: string,
  name: string,
  spec: Partial<Service['spec']>,
  endpoints: (Endpoint | string)[] = [],
  targetPort = 9090,
): void {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80, targetPort }], ...spec },
  };
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-abcde`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: targetPort, protocol: 'TCP' }],
    endpoints: endpoints.map((endpoint) =>
      typeof endpoint === 'string' ? { addresses: [endpoint], conditions: { ready: true } } : endpoint,
    ),
  };
  client.put(RESOURCES.services, service).put(RESOURCES.endpointslices, slice);
}

/** A running pod at `podIP`, with the containers given by name. */
export function putPod(
  client: FixedClient,
  namespace: string,
  name: string,
  podIP: string,
  containers: string[] = ['main'],
  metadata: Partial<Pod['metadata']> = {},
): void {
  client.put(RESOURCES.pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...metadata },
    spec: { containers: containers.map((container) => ({ name: container, image: 'busybox' })) },
    status: {
      phase: 'Running',
      podIP,
      containerStatuses: containers.map((container) => ({ name: container, state: { running: {} } })),
    },
  });
}
