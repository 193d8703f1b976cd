/** Empties a cluster through its API: everything that is not the cluster's own is deleted and waited for. */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, type ApiObject, type Cluster, connect } from '../istioctl/cluster.ts';
import {
  DEFAULT_NAMESPACE,
  type Found,
  isSystem,
  isSystemResource,
  objectsOf,
  pathOf,
  type Resource,
  resourcesOf,
} from './resources.ts';

/** Milliseconds until what is left is named in an error. */
const PATIENCE = 180_000;
const POLL = 200;
/** Seconds that a program gets to end: nobody waits for what it would still say. */
const GRACE = 1;

const WEBHOOKS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];
const DEFINITION = 'CustomResourceDefinition';

/** Rejects with an Error that names what does not go away. `progress` takes one short sentence. */
export async function emptyCluster(kubeconfig: string, progress: (message: string) => void): Promise<void> {
  const cluster = await connect({ kubeconfig }, process.env);
  const resources = (await resourcesOf(cluster)).filter((resource) => !isSystemResource(resource));
  const of = (kinds: string[]) => resources.filter(({ kind }) => kinds.includes(kind));
  const others = resources.filter(({ kind }) => ![...WEBHOOKS, DEFINITION, 'Namespace', 'Pod'].includes(kind));

  // A webhook whose program is gone would refuse what follows.
  progress('Removing webhooks.');
  await removeAll(cluster, of(WEBHOOKS));
  progress('Removing namespaces and what is in them.');
  await removeAll(cluster, of(['Namespace']), async () => {
    await endPods(cluster, of(['Pod']));
  });
  progress('Removing what is left in the namespace default.');
  await removeAll(
    cluster,
    others.filter(({ namespaced }) => namespaced),
    () => endPods(cluster, of(['Pod'])),
  );
  await removeAll(cluster, of(['Pod']));
  progress('Removing what belongs to no namespace.');
  await removeAll(
    cluster,
    others.filter(({ namespaced }) => !namespaced),
  );
  await removeAll(cluster, of([DEFINITION]));
}

/** Deletes until a list of these resources finds nothing more. `meanwhile` is called at each round. */
async function removeAll(cluster: Cluster, resources: Resource[], meanwhile = async () => {}): Promise<void> {
  const until = Date.now() + PATIENCE;
  const asked = new Set<string>();
  for (;;) {
    const found = (await Promise.all(resources.map((resource) => objectsOf(cluster, resource)))).flat();
    const left = found.filter((one) => !isSystem(one));
    if (left.length === 0) return;
    if (Date.now() > until)
      throw new Error(`These objects do not go away: ${left.slice(0, 5).map(nameOf).join(', ')}.`);
    await Promise.all(
      left.map(async ({ resource, object }) => {
        const path = pathOf(resource, object);
        const key = `${path} ${uidOf(object)}`;
        if (asked.has(key) || object.metadata.deletionTimestamp) return;
        asked.add(key);
        await remove(cluster, path, {});
      }),
    );
    await meanwhile();
    await delay(POLL);
  }
}

/** Pods get their whole grace period from the deletion of a namespace: half a minute for a shell that sleeps. */
async function endPods(cluster: Cluster, pods: Resource[]): Promise<void> {
  const found = (await Promise.all(pods.map((resource) => objectsOf(cluster, resource)))).flat();
  const ending = found.filter(
    (one) =>
      !isSystem(one) && (one.object.metadata.deletionTimestamp || one.object.metadata.namespace === DEFAULT_NAMESPACE),
  );
  await Promise.all(
    ending.map(({ resource, object }) => remove(cluster, pathOf(resource, object), { gracePeriodSeconds: GRACE })),
  );
}

async function remove(cluster: Cluster, path: string, options: object): Promise<void> {
  try {
    await cluster.request({
      method: 'DELETE',
      path,
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', ...options },
    });
  } catch (error) {
    // Gone already, or going: 404, 409. A namespace that is being emptied says 403 or 409 to some.
    if (error instanceof ApiError && [404, 409].includes(error.code)) return;
    throw error;
  }
}

const uidOf = ({ metadata }: ApiObject): string => (metadata as { uid?: string }).uid ?? '';

const nameOf = ({ resource, object: { metadata } }: Found): string =>
  `${resource.kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
