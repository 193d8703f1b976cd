/** What is in a cluster beside its own things: to tell what a lesson has left, and what a reset would throw away. */
import { createHash } from 'node:crypto';
import { type ApiObject, connect } from '../istioctl/cluster.ts';
import { type Found, isSystem, isSystemResource, objectsOf, resourcesOf } from './resources.ts';

/** `Deployment web in ucontas-app` → digest of what its owner wrote of it. Objects that another object made are left out. */
export type Inventory = Record<string, string>;

export interface Difference {
  added: string[];
  changed: string[];
  removed: string[];
}

export async function takeInventory(kubeconfig: string): Promise<Inventory> {
  const cluster = await connect({ kubeconfig }, process.env);
  const resources = (await resourcesOf(cluster)).filter((resource) => !isSystemResource(resource));
  const found = (await Promise.all(resources.map((resource) => objectsOf(cluster, resource)))).flat();
  const kept = found.filter((one) => !isSystem(one) && !isOwned(one.object) && !one.object.metadata.deletionTimestamp);
  return Object.fromEntries(kept.map((one) => [nameOf(one), digestOf(one)]).sort());
}

export function compare(before: Inventory, after: Inventory): Difference {
  return {
    added: Object.keys(after).filter((name) => !(name in before)),
    changed: Object.keys(after).filter((name) => name in before && before[name] !== after[name]),
    removed: Object.keys(before).filter((name) => !(name in after)),
  };
}

const isOwned = ({ metadata }: ApiObject): boolean =>
  ((metadata as { ownerReferences?: unknown[] }).ownerReferences ?? []).length > 0;

function nameOf({ resource, object }: Found): string {
  const { name, namespace } = object.metadata;
  return `${resource.kind} ${name}${namespace ? ` in ${namespace}` : ''}`;
}

/** Annotations that tools and controllers write for themselves. */
const OWN_ANNOTATIONS =
  /^(kubectl\.kubernetes\.io\/(last-applied-configuration|restartedAt)|deployment\.kubernetes\.io\/)/;
/** Fields that the cluster fills in, differently each time. */
const FILLED_IN = new Set([
  'status',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'healthCheckNodePort',
  'caBundle',
  'creationTimestamp',
  'finalizers',
]);

function digestOf({ resource, object }: Found): string {
  const { metadata, ...rest } = object;
  const { labels = {}, annotations = {} } = metadata;
  // Keys and tokens are made anew for each.
  if (resource.kind === 'Secret') delete rest.data;
  const content = plain({ labels, annotations, ...rest });
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}

/** The same content gives the same text: keys in order, what is filled in left out. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !FILLED_IN.has(key) && !OWN_ANNOTATIONS.test(key))
      .map(([key, one]): [string, unknown] => [key, plain(one)])
      // An empty map and none are the same.
      .filter(
        ([, one]) => !(typeof one === 'object' && one !== null && !Array.isArray(one) && Object.keys(one).length === 0),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
