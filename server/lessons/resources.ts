/** Everything that a cluster can list and delete, and which of it is the cluster's own. */
import { ApiError, type ApiObject, type Cluster } from '../istioctl/cluster.ts';

export interface Resource {
  /** Empty for the core group. */
  group: string;
  /** `/api/v1/pods` without the resource: `/api/v1`. */
  base: string;
  plural: string;
  kind: string;
  namespaced: boolean;
}

export interface Found {
  resource: Resource;
  object: ApiObject;
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

/** The resources of every group in its preferred version, as discovery tells them. */
export async function resourcesOf(cluster: Cluster): Promise<Resource[]> {
  const { groups } = await cluster.request<{
    groups: { name: string; preferredVersion: { groupVersion: string } }[];
  }>({ path: '/apis' });
  const bases = [
    { group: '', base: '/api/v1' },
    ...groups.map(({ name, preferredVersion }) => ({ group: name, base: `/apis/${preferredVersion.groupVersion}` })),
  ];
  const lists = await Promise.all(
    bases.map(async ({ group, base }) => {
      // A group whose own server is down (metrics) has nothing to say.
      const { resources } = await cluster
        .request<ResourceList>({ path: base })
        .catch(orNothing<ResourceList>({ resources: [] }));
      return resources
        .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list') && verbs.includes('delete'))
        .map(({ name, kind, namespaced }): Resource => ({ group, base, plural: name, kind, namespaced }));
    }),
  );
  return lists.flat();
}

/** Only an answer of the API is passed over; a cluster that cannot be reached is not empty. */
function orNothing<T>(nothing: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ApiError) return nothing;
    throw error;
  };
}

/** All objects of a resource, in all namespaces. */
export async function objectsOf(cluster: Cluster, resource: Resource): Promise<Found[]> {
  const { items } = await cluster
    .request<{ items: ApiObject[] }>({ path: `${resource.base}/${resource.plural}` })
    .catch(orNothing<{ items: ApiObject[] }>({ items: [] }));
  return items.map((object) => ({ resource, object }));
}

export function pathOf({ base, plural, namespaced }: Resource, { metadata }: ApiObject): string {
  const within = namespaced && metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
  return `${base}${within}/${plural}/${encodeURIComponent(metadata.name)}`;
}

/** Namespaces that come with a cluster, kind's own among them. */
const SYSTEM_NAMESPACES = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);
export const DEFAULT_NAMESPACE = 'default';

/** Groups and resources that are the cluster's book-keeping, in which a lesson has nothing. */
const SYSTEM_GROUPS = new Set([
  'apiregistration.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'coordination.k8s.io',
  'events.k8s.io',
  'metrics.k8s.io',
  'certificates.k8s.io',
]);
const SYSTEM_RESOURCES = new Set([
  'events',
  'nodes',
  'endpoints',
  'endpointslices',
  'csinodes',
  'ipaddresses',
  'servicecidrs',
  'controllerrevisions',
  'volumeattachments',
]);
/** Made by Kubernetes in every namespace. */
const IN_EVERY_NAMESPACE = new Set(['ConfigMap kube-root-ca.crt', 'ServiceAccount default']);
/** Names of cluster-scoped objects that Kubernetes, kubeadm and kind bring along. */
const SYSTEM_NAME = /^(system:|system-|kubeadm:|kindnet$|local-path-provisioner-|cluster-admin$|admin$|edit$|view$)/;

export const isSystemResource = ({ group, plural }: Resource): boolean =>
  SYSTEM_GROUPS.has(group) || SYSTEM_RESOURCES.has(plural);

/** Whether it was there before anybody used the cluster. */
export function isSystem({ resource, object }: Found): boolean {
  const { name, namespace, labels = {} } = object.metadata;
  if (isSystemResource(resource)) return true;
  if (resource.kind === 'Namespace') return SYSTEM_NAMESPACES.has(name) || name === DEFAULT_NAMESPACE;
  if (namespace !== undefined) {
    if (SYSTEM_NAMESPACES.has(namespace) || IN_EVERY_NAMESPACE.has(`${resource.kind} ${name}`)) return true;
    return namespace === DEFAULT_NAMESPACE && resource.kind === 'Service' && name === 'kubernetes';
  }
  if (labels['kubernetes.io/bootstrapping'] !== undefined) return true;
  if (resource.kind === 'StorageClass') return name === 'standard';
  return SYSTEM_NAME.test(name);
}
