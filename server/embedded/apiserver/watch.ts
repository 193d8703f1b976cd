/** Turns the store's changes into the events that one watcher sees through its selectors. */
import type { ListOptions, WatchEvent } from '../client.ts';
import { present, storageKey } from './convert.ts';
import { badRequest } from './errors.ts';
import type { Registry } from './registry.ts';
import type { ResourceInfo } from './resource.ts';
import { selectorOf } from './selectors.ts';
import type { Change } from './store.ts';

/**
 * Calls `onEvent` with each event after `options.resourceVersion`, within the write that causes it; objects are
 * frozen. An object that comes to match is ADDED, one that no longer matches is DELETED. Throws 400, or 410 where the
 * version is too old. Returns the function that stops it.
 */
export function startWatch(
  registry: Registry,
  resource: ResourceInfo,
  options: ListOptions & { resourceVersion: string },
  onEvent: (event: WatchEvent) => void,
): () => void {
  const since = Number(options.resourceVersion);
  if (!Number.isSafeInteger(since)) throw badRequest(`invalid resource version "${options.resourceVersion}"`);
  const selected = selectorOf(resource, options);
  const namespace = resource.namespaced ? options.namespace : undefined;
  return registry.store.watch(storageKey(resource), since, (change) => {
    if (namespace !== undefined && change.object.metadata.namespace !== namespace) return;
    const type = selected ? typeFor(change, selected) : change.type;
    if (type) onEvent({ type, object: present(resource, change.object) });
  });
}

function typeFor(change: Change, selected: (object: Change['object']) => boolean): Change['type'] | undefined {
  const before = change.previous !== undefined && selected(change.previous);
  if (change.type === 'DELETED') return before ? 'DELETED' : undefined;
  const now = selected(change.object);
  if (now) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
