/** Where the API keeps the kinds that a check may ask for. */
import type { CustomKind, Kinds } from './lab.ts';

interface Place {
  /** `/api/v1` or `/apis/<group>/<version>`. */
  base: string;
  plural: string;
  namespaced: boolean;
}

const core = (plural: string, namespaced = true): Place => ({ base: '/api/v1', plural, namespaced });
const apps = (plural: string): Place => ({ base: '/apis/apps/v1', plural, namespaced: true });

const PLACES: Record<keyof Kinds, Place> = {
  ConfigMap: core('configmaps'),
  DaemonSet: apps('daemonsets'),
  Deployment: apps('deployments'),
  Endpoints: core('endpoints'),
  EndpointSlice: { base: '/apis/discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true },
  Job: { base: '/apis/batch/v1', plural: 'jobs', namespaced: true },
  MutatingWebhookConfiguration: {
    base: '/apis/admissionregistration.k8s.io/v1',
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
  },
  Namespace: core('namespaces', false),
  Node: core('nodes', false),
  Pod: core('pods'),
  ReplicaSet: apps('replicasets'),
  Secret: core('secrets'),
  Service: core('services'),
  ServiceAccount: core('serviceaccounts'),
  StatefulSet: apps('statefulsets'),
};

/** The path of a kind's objects, in one namespace or in all. A custom kind is namespaced where a namespace is given. */
export function collectionPath(kind: keyof Kinds | CustomKind, namespace?: string): string {
  const { base, plural, namespaced } = placeOf(kind);
  const within = namespace !== undefined && namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${base}${within}/${plural}`;
}

/** One object's path. Throws where a namespaced kind of ours comes without its namespace. */
export function objectPath(kind: keyof Kinds | CustomKind, name: string, namespace?: string): string {
  if (kind in PLACES && placeOf(kind).namespaced && namespace === undefined) {
    throw new Error(`A ${kind} is in a namespace: name it, get('${kind}', '${name}', '<namespace>').`);
  }
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

function placeOf(kind: keyof Kinds | CustomKind): Place {
  const known = (PLACES as Record<string, Place | undefined>)[kind];
  if (known) return known;
  const [plural, version, ...group] = kind.split('.');
  if (!plural || !version || group.length === 0) {
    throw new Error(`${kind} is no kind that checks know; write it as <plural>.<version>.<group>.`);
  }
  return { base: `/apis/${group.join('.')}/${version}`, plural, namespaced: true };
}
