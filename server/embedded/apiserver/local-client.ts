/** The Client of controllers, node and mesh: the same path as over HTTP, without HTTP. */
import type {
  Client,
  DeleteOptions,
  GroupVersionResource,
  KubeObject,
  ListOptions,
  PatchType,
  Ref,
  WatchEvent,
} from '../client.ts';
import { cloneJson } from './json.ts';
import type { Registry } from './registry.ts';
import { type RequestOptions, SYSTEM } from './request.ts';
import { updateSubresource } from './subresources.ts';
import { startWatch } from './watch.ts';

/** `options` names who asks; by default the cluster itself. What callers pass in stays theirs: it is copied. */
export function createLocalClient(registry: Registry, options: RequestOptions = { user: SYSTEM }): Client {
  return {
    async get<T extends KubeObject>(resource: GroupVersionResource, ref: Ref) {
      return cloneJson(registry.get(registry.resource(resource), ref)) as T;
    },
    async list<T extends KubeObject>(resource: GroupVersionResource, list: ListOptions = {}) {
      const items = registry.list(registry.resource(resource), list).map(cloneJson) as T[];
      return { items, resourceVersion: registry.store.resourceVersion };
    },
    watch<T extends KubeObject>(
      resource: GroupVersionResource,
      watch: ListOptions & { resourceVersion: string },
      onEvent: (event: WatchEvent<T>) => void,
      onEnd?: (error?: Error) => void,
    ) {
      return watchLocally(registry, resource, watch, onEvent as (event: WatchEvent) => void, onEnd);
    },
    async create<T extends KubeObject>(resource: GroupVersionResource, object: T) {
      const info = registry.resource(resource);
      return cloneJson(await registry.create(info, object.metadata.namespace, cloneJson(object), options)) as T;
    },
    async update<T extends KubeObject>(resource: GroupVersionResource, object: T, subresource?: string) {
      const info = registry.resource(resource);
      return cloneJson(
        await updateSubresource(registry, info, object.metadata, cloneJson(object), options, subresource),
      ) as T;
    },
    async patch<T extends KubeObject>(
      resource: GroupVersionResource,
      ref: Ref & { subresource?: string; fieldManager?: string; force?: boolean },
      type: PatchType,
      body: unknown,
    ) {
      const { subresource, fieldManager, force } = ref;
      const how = { ...options, ...(fieldManager ? { fieldManager } : {}), ...(force ? { force } : {}) };
      const { object } = await registry.patch(
        registry.resource(resource),
        ref,
        type,
        cloneJson(body),
        how,
        subresource,
      );
      return cloneJson(object) as T;
    },
    async delete(resource: GroupVersionResource, ref: Ref, deleteOptions: DeleteOptions = {}) {
      await registry.delete(registry.resource(resource), ref, deleteOptions, options);
    },
  };
}

/** Events come in turns of their own, never within the write that caused them: handlers may write in their turn. */
function watchLocally(
  registry: Registry,
  resource: GroupVersionResource,
  watch: ListOptions & { resourceVersion: string },
  onEvent: (event: WatchEvent) => void,
  onEnd?: (error?: Error) => void,
): () => void {
  const waiting: WatchEvent[] = [];
  let scheduled = false;
  let stopped = false;
  let stop = () => {};
  const deliver = () => {
    scheduled = false;
    for (const event of waiting.splice(0)) {
      if (stopped) return;
      onEvent({ type: event.type, object: cloneJson(event.object) });
    }
  };
  try {
    stop = startWatch(registry, registry.resource(resource), watch, (event) => {
      waiting.push(event);
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(deliver);
    });
  } catch (error) {
    queueMicrotask(() => {
      if (!stopped) onEnd?.(error as Error);
    });
  }
  return () => {
    stopped = true;
    stop();
  };
}
