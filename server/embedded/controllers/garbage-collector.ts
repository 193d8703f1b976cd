/**
 * The garbage collector: deletes what has lost its owners, holds owners back for a foreground deletion, and cuts
 * dependents loose for an orphaning one. Follows Kubernetes' rules for owner references.
 */
import type { GroupVersionResource, KubeObject, OwnerReference } from '../client.ts';
import { Informer, keyOf, splitKey } from '../informer.ts';
import { isNotFound } from '../status.ts';
import { type ControllerContext, startController } from './controller.ts';
import { distinct, groupOf, type ServedResource } from './resources.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

export interface GarbageCollector {
  stop(): void;
}

export function startGarbageCollector(context: ControllerContext, resources: () => ServedResource[]): GarbageCollector {
  const { client, informers } = context;
  const monitors = new Map<string, { resource: ServedResource; informer: Informer<KubeObject>; own: boolean }>();
  /** Objects by uid: where to find an owner that a reference names. */
  const known = new Map<string, { monitor: string; key: string }>();
  const controller = startController(context, 'garbage-collector', reconcile);
  const nameOf = (resource: GroupVersionResource) => `${resource.group}/${resource.resource}`;

  /** Watches every resource that is served by now, and no other. */
  function refresh(): void {
    const served = new Map(distinct(resources()).map((resource) => [nameOf(resource), resource]));
    for (const [name, { informer, own }] of monitors) {
      if (served.has(name)) continue;
      if (own) informer.stop();
      monitors.delete(name);
    }
    for (const [name, resource] of served) {
      if (monitors.has(name)) continue;
      const shared = informers.has(resource);
      const informer = shared ? informers.of<KubeObject>(resource) : new Informer<KubeObject>(client, resource);
      monitors.set(name, { resource, informer, own: !shared });
      watch(name, informer);
      if (!shared) void informer.start();
    }
  }

  function watch(monitor: string, informer: Informer<KubeObject>): void {
    const look = (object: KubeObject) => {
      const { uid, ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
      if (uid) known.set(uid, { monitor, key: keyOf(object) });
      const pending = deletionTimestamp && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN));
      if (ownerReferences.length > 0 || pending) controller.enqueue(`${monitor} ${keyOf(object)}`);
    };
    informer.handle({
      added: look,
      updated: (_, object) => look(object),
      deleted(object) {
        const uid = object.metadata.uid ?? '';
        known.delete(uid);
        for (const dependent of dependentsOf(uid)) controller.enqueue(dependent.id);
        for (const owner of object.metadata.ownerReferences ?? []) {
          const place = known.get(owner.uid);
          if (place) controller.enqueue(`${place.monitor} ${place.key}`);
        }
      },
    });
  }

  function dependentsOf(uid: string): { id: string; resource: ServedResource; object: KubeObject }[] {
    return [...monitors].flatMap(([monitor, { resource, informer }]) =>
      informer.by('owner', uid).map((object) => ({ id: `${monitor} ${keyOf(object)}`, resource, object })),
    );
  }

  async function reconcile(id: string): Promise<void> {
    const space = id.indexOf(' ');
    const monitor = monitors.get(id.slice(0, space));
    if (!monitor) return;
    const ref = splitKey(id.slice(space + 1));
    let object: KubeObject;
    try {
      object = await client.get(monitor.resource, ref);
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    const { finalizers = [], deletionTimestamp } = object.metadata;
    if (deletionTimestamp && finalizers.includes(ORPHAN)) await orphan(monitor.resource, object);
    else if (deletionTimestamp && finalizers.includes(FOREGROUND)) await foreground(monitor.resource, object);
    else if (!deletionTimestamp) await collect(monitor.resource, object);
  }

  /** Deletes an object whose owners are all gone or wait for it to go. */
  async function collect(resource: ServedResource, object: KubeObject): Promise<void> {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const solid: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const owner of owners) {
      const found = await find(owner, object.metadata.namespace);
      if (!found) continue;
      const { deletionTimestamp, finalizers = [] } = found.metadata;
      const waits = deletionTimestamp && finalizers.includes(FOREGROUND) && owner.blockOwnerDeletion;
      (waits ? waiting : solid).push(owner);
    }
    const { namespace, name, uid, finalizers = [] } = object.metadata;
    if (solid.length > 0) {
      if (solid.length < owners.length) await patch(resource, object, { ownerReferences: solid });
      return;
    }
    const hasDependents = dependentsOf(uid ?? '').length > 0;
    const propagationPolicy = finalizers.includes(ORPHAN)
      ? 'Orphan'
      : finalizers.includes(FOREGROUND) || (waiting.length > 0 && hasDependents)
        ? 'Foreground'
        : 'Background';
    await client
      .delete(resource, { namespace, name }, { propagationPolicy, preconditions: { uid } })
      .catch(ignoreNotFound);
  }

  /** An owner being deleted in the foreground goes when the dependents that block it are gone. */
  async function foreground(resource: ServedResource, object: KubeObject): Promise<void> {
    const uid = object.metadata.uid ?? '';
    const blocking = dependentsOf(uid).filter(({ object: dependent }) =>
      dependent.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion),
    );
    if (blocking.length === 0) {
      await dropFinalizer(resource, object, FOREGROUND);
      return;
    }
    for (const { id, object: dependent } of blocking) if (!dependent.metadata.deletionTimestamp) controller.enqueue(id);
  }

  async function orphan(resource: ServedResource, object: KubeObject): Promise<void> {
    const uid = object.metadata.uid ?? '';
    for (const { resource: of, object: dependent } of dependentsOf(uid)) {
      const ownerReferences = (dependent.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
      await patch(of, dependent, { ownerReferences }).catch(ignoreNotFound);
    }
    await dropFinalizer(resource, object, ORPHAN);
  }

  async function dropFinalizer(resource: ServedResource, object: KubeObject, finalizer: string): Promise<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
    const { resourceVersion } = object.metadata;
    await patch(resource, object, { finalizers, resourceVersion }).catch(ignoreNotFound);
  }

  async function patch(resource: ServedResource, object: KubeObject, metadata: object): Promise<void> {
    const { namespace, name, uid } = object.metadata;
    await client.patch(resource, { namespace, name }, 'merge', { metadata: { uid, ...metadata } });
  }

  /** The owner that a reference names, if it exists: from the caches, else by asking. */
  async function find(owner: OwnerReference, namespace: string | undefined): Promise<KubeObject | undefined> {
    const place = known.get(owner.uid);
    const cached = place && monitors.get(place.monitor)?.informer.get(place.key);
    if (cached) return cached;
    const group = groupOf(owner.apiVersion);
    const monitor = [...monitors.values()].find(
      ({ resource }) => resource.group === group && resource.kind === owner.kind,
    );
    // A kind that is not served (any more): nobody can tell, so the object stays, as in Kubernetes.
    if (!monitor)
      return { apiVersion: owner.apiVersion, kind: owner.kind, metadata: { name: owner.name, uid: owner.uid } };
    try {
      const { resource } = monitor;
      const found = await client.get(resource, { ...(resource.namespaced ? { namespace } : {}), name: owner.name });
      return found.metadata.uid === owner.uid ? found : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  // New kinds come with CustomResourceDefinitions (and go with them).
  const definitions = informers.of({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    resource: 'customresourcedefinitions',
  });
  const changed = { added: refresh, updated: refresh, deleted: refresh };
  definitions.handle(changed);
  refresh();

  return {
    stop() {
      controller.stop();
      for (const { informer, own } of monitors.values()) if (own) informer.stop();
    },
  };
}

const ignoreNotFound = (error: unknown): void => {
  if (!isNotFound(error)) throw error;
};
