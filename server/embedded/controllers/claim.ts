/** Who belongs to whom: a controller adopts matching orphans and lets go of what matches no more. */
import type { Client, GroupVersionResource, KubeObject } from '../client.ts';
import type { Informer } from '../informer.ts';
import { matchesSelector } from '../label-selector.ts';
import { isNotFound, StatusError } from '../status.ts';
import type { LabelSelector } from '../types.ts';
import { controllerOf, controllerReference } from './pods.ts';

/**
 * The objects in `owner`'s namespace that it controls after adopting and releasing, as `ControllerRefManager` does.
 * An object controlled by someone else is left alone, and an owner being deleted adopts nothing.
 */
export async function claim<T extends KubeObject>(
  client: Client,
  resource: GroupVersionResource,
  informer: Informer<T>,
  owner: KubeObject,
  selector: LabelSelector,
): Promise<T[]> {
  const claimed: T[] = [];
  for (const object of informer.list(owner.metadata.namespace)) {
    const controller = controllerOf(object);
    const matches = matchesSelector(selector, object.metadata.labels);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches || owner.metadata.deletionTimestamp) claimed.push(object);
      else await setOwners(client, resource, informer, object, (o) => o.uid !== owner.metadata.uid, []);
      continue;
    }
    if (!matches || owner.metadata.deletionTimestamp || object.metadata.deletionTimestamp) continue;
    const adopted = await setOwners(client, resource, informer, object, () => true, [controllerReference(owner)]);
    if (adopted) claimed.push(adopted);
  }
  return claimed;
}

async function setOwners<T extends KubeObject>(
  client: Client,
  resource: GroupVersionResource,
  informer: Informer<T>,
  object: T,
  keep: (owner: NonNullable<KubeObject['metadata']['ownerReferences']>[number]) => boolean,
  add: NonNullable<KubeObject['metadata']['ownerReferences']>,
): Promise<T | undefined> {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  const ownerReferences = [...(object.metadata.ownerReferences ?? []).filter(keep), ...add];
  try {
    const body = { metadata: { uid, resourceVersion, ownerReferences } };
    const patched = await client.patch<T>(resource, { namespace, name }, 'merge', body);
    informer.observe(patched);
    return patched;
  } catch (error) {
    // Gone, or another object under the same name by now: not ours to claim.
    if (isNotFound(error) || (error instanceof StatusError && error.code === 422)) return undefined;
    throw error;
  }
}
