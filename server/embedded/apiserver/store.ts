/**
 * The objects, one counter of versions for all of them, and a window of past changes for watchers: what etcd and the
 * watch cache are to a real API server. Knows no rules; those are the registry's. Objects in here are frozen.
 */
import type { KubeObject } from '../client.ts';
import { expired } from './errors.ts';
import { freezeJson } from './json.ts';

export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** Frozen; for DELETED, the last state with the version of its deletion. */
  object: KubeObject;
  /** The state before, for watchers with a selector. */
  previous?: KubeObject;
  resourceVersion: number;
}

export type Listener = (change: Change) => void;

/** The objects of an earlier run, each with the resource that it is stored under. */
export interface KeptObjects {
  objects: (readonly [resource: string, object: KubeObject])[];
  /** The version of the latest change then. */
  version: number;
}

interface Bucket {
  objects: Map<string, KubeObject>;
  /** Sorted by namespace and name, as etcd's keys; rebuilt when an object comes or goes. */
  sorted?: KubeObject[];
  history: Change[];
  /** Changes up to this version are no longer in `history`. */
  forgotten: number;
  listeners: Set<Listener>;
}

/** How many changes of one resource can be caught up on; the oldest half goes when there are twice as many. */
const DEFAULT_WINDOW = 2000;

const keyOf = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;
const byKey = (a: KubeObject, b: KubeObject) => {
  const left = keyOf(a.metadata.namespace, a.metadata.name);
  const right = keyOf(b.metadata.namespace, b.metadata.name);
  return left < right ? -1 : left > right ? 1 : 0;
};

export class Store {
  private buckets = new Map<string, Bucket>();
  private version = 1;
  /** What changed up to here is not known: it was an earlier run. */
  private begun = 0;
  private readonly everyChange = new Set<(resource: string, change: Change) => void>();

  /** With `kept`, begins with those objects, under the versions that they had. */
  constructor(
    private readonly window = DEFAULT_WINDOW,
    kept?: KeptObjects,
  ) {
    if (!kept) return;
    this.version = kept.version;
    this.begun = kept.version;
    for (const [resource, object] of kept.objects) {
      this.bucket(resource).objects.set(keyOf(object.metadata.namespace, object.metadata.name), freezeJson(object));
    }
  }

  /** The version of the latest change, as clients see it. */
  get resourceVersion(): string {
    return String(this.version);
  }

  private bucket(resource: string): Bucket {
    let bucket = this.buckets.get(resource);
    if (!bucket) {
      bucket = { objects: new Map(), history: [], forgotten: this.begun, listeners: new Set() };
      this.buckets.set(resource, bucket);
    }
    return bucket;
  }

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.buckets.get(resource)?.objects.get(keyOf(namespace, name));
  }

  /** Sorted by namespace and name; all namespaces where `namespace` is undefined. Do not change the answer. */
  list(resource: string, namespace?: string): readonly KubeObject[] {
    const bucket = this.buckets.get(resource);
    if (!bucket) return [];
    bucket.sorted ??= [...bucket.objects.values()].sort(byKey);
    return namespace === undefined ? bucket.sorted : bucket.sorted.filter((o) => o.metadata.namespace === namespace);
  }

  /** Adds or replaces; sets `metadata.resourceVersion`, freezes and returns the object. */
  put(resource: string, object: KubeObject): KubeObject {
    const bucket = this.bucket(resource);
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const previous = bucket.objects.get(key);
    const resourceVersion = ++this.version;
    object.metadata.resourceVersion = String(resourceVersion);
    freezeJson(object);
    bucket.objects.set(key, object);
    bucket.sorted = undefined;
    this.publish(resource, bucket, { type: previous ? 'MODIFIED' : 'ADDED', object, previous, resourceVersion });
    return object;
  }

  /** Removes the object and returns its last state, or undefined where there was none. */
  remove(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    const bucket = this.bucket(resource);
    const key = keyOf(namespace, name);
    const previous = bucket.objects.get(key);
    if (!previous) return undefined;
    bucket.objects.delete(key);
    bucket.sorted = undefined;
    const resourceVersion = ++this.version;
    const object = freezeJson({
      ...previous,
      metadata: { ...previous.metadata, resourceVersion: String(resourceVersion) },
    });
    this.publish(resource, bucket, { type: 'DELETED', object, previous, resourceVersion });
    return object;
  }

  private publish(resource: string, bucket: Bucket, change: Change): void {
    bucket.history.push(change);
    if (bucket.history.length >= this.window * 2) {
      const dropped = bucket.history.splice(0, this.window);
      bucket.forgotten = dropped.at(-1)!.resourceVersion;
    }
    for (const listener of [...bucket.listeners]) listener(change);
    for (const listener of this.everyChange) listener(resource, change);
  }

  /** Everything that is stored, in no order. */
  *entries(): Generator<readonly [resource: string, object: KubeObject]> {
    for (const [resource, { objects }] of this.buckets) for (const object of objects.values()) yield [resource, object];
  }

  /** Calls `listener` with each change of any resource from now on. Returns the function that stops it. */
  watchAll(listener: (resource: string, change: Change) => void): () => void {
    this.everyChange.add(listener);
    return () => this.everyChange.delete(listener);
  }

  /**
   * Calls `listener` for each change after `since`: past ones at once, later ones as they happen, in order and within
   * the write that makes them. Throws 410 Expired where `since` is older than the window. Returns the function that stops it.
   */
  watch(resource: string, since: number, listener: Listener): () => void {
    const bucket = this.bucket(resource);
    if (since < bucket.forgotten) throw expired(`too old resource version: ${since} (${bucket.forgotten})`);
    for (const change of bucket.history) if (change.resourceVersion > since) listener(change);
    bucket.listeners.add(listener);
    return () => bucket.listeners.delete(listener);
  }
}
