/** The namespace controller: empties a namespace that is being deleted, then lets it go. */
import type { GroupVersionResource, KubeObject } from '../client.ts';
import { keyOf } from '../informer.ts';
import { isNotFound, StatusError } from '../status.ts';
import { timestamp } from '../time.ts';
import { type Condition, type Namespace, RESOURCES } from '../types.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';
import { canonical } from './hash.ts';
import { distinct, type ServedResource } from './resources.ts';

/** Milliseconds between looks at a namespace whose contents are on their way out. */
const LOOK_AGAIN = 50;
const LOOK_AGAIN_LONGEST = 2000;

export function startNamespaceController(context: ControllerContext, resources: () => ServedResource[]): Controller {
  const { client, informers } = context;
  const namespaces = informers.of<Namespace>(RESOURCES.namespaces);
  const looks = new Map<string, number>();
  const controller = startController(context, 'namespace', reconcile);
  namespaces.handle({
    added: (namespace) => namespace.metadata.deletionTimestamp && controller.enqueue(keyOf(namespace)),
    updated: (_, namespace) => namespace.metadata.deletionTimestamp && controller.enqueue(keyOf(namespace)),
    deleted: (namespace) => looks.delete(keyOf(namespace)),
  });

  async function reconcile(name: string): Promise<void> {
    const namespace = namespaces.get(name);
    if (!namespace?.metadata.deletionTimestamp || !(namespace.spec?.finalizers ?? []).includes('kubernetes')) return;
    const remaining: { resource: ServedResource; objects: KubeObject[] }[] = [];
    await Promise.all(
      distinct(resources())
        .filter((resource) => resource.namespaced)
        .map(async (resource) => {
          const objects = await empty(resource, name);
          if (objects.length > 0) remaining.push({ resource, objects });
        }),
    );
    await removeEvents(name);
    if (remaining.length > 0) {
      await report(namespace, remaining);
      const look = looks.get(name) ?? 0;
      looks.set(name, look + 1);
      controller.enqueueAfter(name, Math.min(LOOK_AGAIN * 2 ** look, LOOK_AGAIN_LONGEST));
      return;
    }
    const current = await client.get<Namespace>(RESOURCES.namespaces, { name });
    const finalizers = (current.spec?.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
    await client.update<Namespace>(
      RESOURCES.namespaces,
      { ...current, spec: { ...current.spec, finalizers } },
      'finalize',
    );
  }

  /** Deletes all objects of a resource in the namespace; resolves with those that are still there. */
  async function empty(resource: GroupVersionResource, namespace: string): Promise<KubeObject[]> {
    let items: KubeObject[];
    try {
      ({ items } = await client.list(resource, { namespace }));
    } catch (error) {
      // Its definition has gone meanwhile, and its objects with it; or it cannot be listed at all.
      if (error instanceof StatusError && (error.code === 404 || error.code === 405)) return [];
      throw error;
    }
    for (const { metadata } of items) {
      if (metadata.deletionTimestamp) continue;
      const options = { propagationPolicy: 'Background' as const };
      await client.delete(resource, { namespace, name: metadata.name }, options).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    }
    return items.length > 0 ? (await client.list(resource, { namespace })).items : [];
  }

  async function removeEvents(namespace: string): Promise<void> {
    await empty(RESOURCES.events, namespace);
  }

  /** Says what the deletion waits for, as kubectl describe namespace shows it. */
  async function report(
    namespace: Namespace,
    remaining: { resource: ServedResource; objects: KubeObject[] }[],
  ): Promise<void> {
    const counts = remaining.map(({ resource, objects }) => {
      const name = resource.group ? `${resource.resource}.${resource.group}` : resource.resource;
      return `${name} has ${objects.length} resource instances`;
    });
    const finalizers = remaining.flatMap(({ objects }) =>
      objects.flatMap((object) => object.metadata.finalizers ?? []),
    );
    const kinds = [...new Set(finalizers)].map(
      (finalizer) => `${finalizer} in ${finalizers.filter((other) => other === finalizer).length} resource instances`,
    );
    const conditions = [
      condition(
        namespace,
        'NamespaceDeletionDiscoveryFailure',
        'False',
        'ResourcesDiscovered',
        'All resources successfully discovered',
      ),
      condition(
        namespace,
        'NamespaceDeletionGroupVersionParsingFailure',
        'False',
        'ParsedGroupVersions',
        'All legacy kube types successfully parsed',
      ),
      condition(
        namespace,
        'NamespaceDeletionContentFailure',
        'False',
        'ContentDeleted',
        'All content successfully deleted, may be waiting on finalization',
      ),
      condition(
        namespace,
        'NamespaceContentRemaining',
        'True',
        'SomeResourcesRemain',
        `Some resources are remaining: ${counts.sort().join(', ')}`,
      ),
      kinds.length > 0
        ? condition(
            namespace,
            'NamespaceFinalizersRemaining',
            'True',
            'SomeFinalizersRemain',
            `Some content in the namespace has finalizers remaining: ${kinds.sort().join(', ')}`,
          )
        : condition(
            namespace,
            'NamespaceFinalizersRemaining',
            'False',
            'ContentHasNoFinalizers',
            'All content-preserving finalizers finished',
          ),
    ];
    const current = namespaces.get(namespace.metadata.name) ?? namespace;
    if (canonical(conditions) === canonical(current.status?.conditions)) return;
    const status = { ...current.status, phase: 'Terminating' as const, conditions };
    namespaces.observe(await client.update<Namespace>(RESOURCES.namespaces, { ...current, status }, 'status'));
  }

  return controller;
}

function condition(
  namespace: Namespace,
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
): Condition {
  const old = namespace.status?.conditions?.find((candidate) => candidate.type === type);
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : timestamp();
  return { type, status, lastTransitionTime, reason, message };
}
