/**
 * A local copy of one resource, kept current by list and watch, with indexes and change handlers: what client-go calls
 * a shared informer.
 *
 * Unlike client-go's it also takes in the answers of the holder's own writes (`observe`, `observeDeletion`), so that a
 * reconcile that runs again before the watch catches up does not repeat what the one before it did.
 */
import type { Client, GroupVersionResource, KubeObject, ListOptions, WatchEvent } from './client.ts';
import { StatusError } from './status.ts';

export interface Handlers<T> {
  added?(object: T): void;
  updated?(old: T, object: T): void;
  deleted?(object: T): void;
}

/** From an object to the keys under which it is found. */
export type Indexer<T> = (object: T) => string[];

/** `namespace/name`, or the name alone for a cluster-scoped object: the key of queues and caches. */
export const keyOf = (object: KubeObject): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name;

export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Deleted objects' uids that are remembered, so that a late `observe` cannot bring one back. */
const TOMBSTONES = 2000;

export class Informer<T extends KubeObject> {
  private readonly objects = new Map<string, T>();
  private readonly indexers = new Map<string, Indexer<T>>();
  private readonly indexes = new Map<string, Map<string, Set<string>>>();
  private readonly handlers = new Set<Handlers<T>>();
  private readonly tombstones = new Set<string>();
  private started?: Promise<void>;
  private stopWatch?: () => void;
  private retry?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly client: Client,
    private readonly resource: GroupVersionResource,
    private readonly options: ListOptions = {},
  ) {
    this.addIndexer('namespace', (object) => [object.metadata.namespace ?? '']);
    this.addIndexer('owner', (object) => (object.metadata.ownerReferences ?? []).map((owner) => owner.uid));
  }

  /** Resolves when the first list is in the cache; the same promise at every call. */
  start(): Promise<void> {
    this.started ??= new Promise((resolve) => void this.relist(resolve));
    return this.started;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    this.stopWatch?.();
    this.handlers.clear();
  }

  /** Adds handlers; objects that are in the cache already are reported as added. Returns how to take them off. */
  handle(handlers: Handlers<T>): () => void {
    this.handlers.add(handlers);
    for (const object of this.objects.values()) handlers.added?.(object);
    return () => this.handlers.delete(handlers);
  }

  /** Call before `start`. */
  addIndexer(name: string, indexer: Indexer<T>): void {
    if (this.indexers.has(name)) return;
    this.indexers.set(name, indexer);
    this.indexes.set(name, new Map());
    for (const [key, object] of this.objects) this.index(key, undefined, object);
  }

  /** The cached object: shared by all readers, so clone it before changing it. */
  get(key: string): T | undefined {
    return this.objects.get(key);
  }

  list(namespace?: string): T[] {
    return namespace === undefined ? [...this.objects.values()] : this.by('namespace', namespace);
  }

  /** Objects that the named indexer files under `value`: `by('owner', uid)`. */
  by(index: string, value: string): T[] {
    const found: T[] = [];
    for (const key of this.indexes.get(index)?.get(value) ?? []) {
      const object = this.objects.get(key);
      if (object) found.push(object);
    }
    return found;
  }

  /** Takes in the answer of one's own write before the watch reports it. */
  observe(object: T): void {
    if (!this.stopped) this.put(object);
  }

  /** Marks an object as being deleted after a successful delete of one's own, before the watch reports it. */
  observeDeletion(key: string): void {
    const object = this.objects.get(key);
    if (!object || object.metadata.deletionTimestamp) return;
    const metadata = { ...object.metadata, deletionTimestamp: new Date().toISOString() };
    this.replace(key, object, { ...object, metadata });
  }

  private async relist(synced: () => void, attempt = 0): Promise<void> {
    if (this.stopped) return synced();
    try {
      const { items, resourceVersion } = await this.client.list<T>(this.resource, this.options);
      if (this.stopped) return synced();
      const listed = new Set(items.map(keyOf));
      for (const [key, object] of this.objects) if (!listed.has(key)) this.remove(key, object);
      for (const item of items) this.put(item);
      synced();
      this.stopWatch = this.client.watch<T>(
        this.resource,
        { ...this.options, resourceVersion },
        (event) => this.onEvent(event),
        (error) => this.again(error instanceof StatusError && error.code === 410 ? 0 : 1),
      );
    } catch {
      // The server may not be up yet, or the resource not defined yet: client-go tries again for ever, and so do we.
      this.again(attempt + 1, synced);
    }
  }

  private again(attempt: number, synced: () => void = () => {}): void {
    if (this.stopped) return;
    const delay = attempt === 0 ? 0 : Math.min(50 * 2 ** attempt, 5000);
    this.retry = setTimeout(() => void this.relist(synced, attempt), delay);
  }

  private onEvent(event: WatchEvent<T>): void {
    if (this.stopped || event.type === 'BOOKMARK') return;
    if (event.type === 'DELETED') this.remove(keyOf(event.object), event.object);
    else this.put(event.object);
  }

  private put(object: T): void {
    const { uid } = object.metadata;
    if (uid && this.tombstones.has(uid)) return;
    const key = keyOf(object);
    const old = this.objects.get(key);
    if (old && old.metadata.uid === uid && !isNewer(object, old)) return;
    if (old && old.metadata.uid !== uid) {
      this.remove(key, old);
      this.replace(key, undefined, object);
      return;
    }
    this.replace(key, old, object);
  }

  private replace(key: string, old: T | undefined, object: T): void {
    this.objects.set(key, object);
    this.index(key, old, object);
    for (const handlers of [...this.handlers]) {
      if (old) handlers.updated?.(old, object);
      else handlers.added?.(object);
    }
  }

  private remove(key: string, object: T): void {
    if (object.metadata.uid) {
      this.tombstones.add(object.metadata.uid);
      if (this.tombstones.size > TOMBSTONES) this.tombstones.delete(this.tombstones.values().next().value as string);
    }
    const old = this.objects.get(key);
    if (!old || old.metadata.uid !== object.metadata.uid) return;
    this.objects.delete(key);
    this.index(key, old, undefined);
    for (const handlers of [...this.handlers]) handlers.deleted?.(object);
  }

  private index(key: string, old: T | undefined, object: T | undefined): void {
    for (const [name, indexer] of this.indexers) {
      const index = this.indexes.get(name)!;
      for (const value of old ? indexer(old) : []) {
        const keys = index.get(value);
        keys?.delete(key);
        if (keys?.size === 0) index.delete(value);
      }
      for (const value of object ? indexer(object) : []) {
        const keys = index.get(value) ?? new Set();
        index.set(value, keys.add(key));
      }
    }
  }
}

/** Resource versions of one resource are ordered numbers (Kubernetes promises so from 1.35). */
function isNewer(object: KubeObject, old: KubeObject): boolean {
  const a = object.metadata.resourceVersion;
  const b = old.metadata.resourceVersion;
  return a === undefined || b === undefined || Number(a) > Number(b);
}

/** One informer per resource, shared by all who ask. */
export class Informers {
  private readonly informers = new Map<string, Informer<KubeObject>>();

  constructor(private readonly client: Client) {}

  of<T extends KubeObject>(resource: GroupVersionResource): Informer<T> {
    const key = `${resource.group}/${resource.version}/${resource.resource}`;
    let informer = this.informers.get(key);
    if (!informer) {
      informer = new Informer<KubeObject>(this.client, resource);
      this.informers.set(key, informer);
    }
    // The map forgets the type; the resource stands for it.
    return informer as unknown as Informer<T>;
  }

  /** Whether someone has asked for the resource already. */
  has(resource: GroupVersionResource): boolean {
    return this.informers.has(`${resource.group}/${resource.version}/${resource.resource}`);
  }

  /** Starts all that were asked for; resolves when every cache is filled. */
  async start(): Promise<void> {
    await Promise.all([...this.informers.values()].map((informer) => informer.start()));
  }

  stop(): void {
    for (const informer of this.informers.values()) informer.stop();
  }
}
