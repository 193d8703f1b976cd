/**
 * Keeps the store's objects in a file, so that a cluster goes on where it stood after its process ended, however it did.
 *
 * One JSON value a line: a header; then an object (`[resource, object]`), a deletion (`[resource, namespace, name]`) or
 * the version that all lines before it amount to. Lines are added as things change; the file is written whole at the
 * first change and whenever the additions outgrow it. Nothing waits for the disk, and the disk is not waited for
 * (no fsync): when the process crashes, the last tenth of a second may be lost, when the machine does, a little more.
 */

import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { KubeObject } from '../client.ts';
import { isObject } from './json.ts';
import type { Change, KeptObjects, Store } from './store.ts';

/** To be raised when stored objects change their shape: an older file is set aside then. */
const VERSION = 1;
const HEADER = { format: 'malha-cluster-state', version: VERSION };
/** Changes are gathered for so long, in milliseconds. */
const GATHER = 100;
/** The file is written anew when more than this many bytes, and twice its size, were added to it. */
const LEAST_ADDED = 8 * 1024 * 1024;
/** What says only what has happened, and what the node says of itself every ten seconds. */
const NOT_KEPT = new Set(['/events', 'coordination.k8s.io/leases']);

const keyOf = (resource: string, namespace: string | undefined, name: string) =>
  `${resource} ${namespace ?? ''}/${name}`;

export class StateFile {
  /** By resource and name; only the last change of each counts. */
  #pending = new Map<string, { resource: string; change: Change }>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #handle: FileHandle | undefined;
  #size = 0;
  #added = 0;
  #store: Store | undefined;
  #unwatch = () => {};
  #hasFailed = false;

  private constructor(
    private readonly file: string,
    private readonly log: (line: string) => void,
    /** What an earlier run left, if it left anything that can be read. */
    readonly kept: KeptObjects | undefined,
    /** One sentence, where not all of it could be read; the file was set aside then. */
    readonly problem: string | undefined,
  ) {}

  /** Rejects where the folder cannot be made or the file cannot be read for another reason than its content. */
  static async open(folder: string, log: (line: string) => void = () => {}): Promise<StateFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, 'state.jsonl');
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return new StateFile(file, log, undefined, undefined);
    const { kept, isWhole } = read(text);
    if (isWhole) return new StateFile(file, log, kept, undefined);
    const aside = `${file}.damaged-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
    await rename(file, aside);
    const what = kept ? 'The last part of the cluster’s state' : 'The cluster’s state';
    return new StateFile(file, log, kept, `${what} could not be read; it was set aside as ${path.basename(aside)}.`);
  }

  /** Writes down each change from now on. */
  follow(store: Store): void {
    this.#store = store;
    this.#unwatch = store.watchAll((resource, change) => {
      if (NOT_KEPT.has(resource) || this.#hasFailed) return;
      const key = keyOf(resource, change.object.metadata.namespace, change.object.metadata.name);
      // At the end of the order, so that the lines tell what happened in its sequence.
      this.#pending.delete(key);
      this.#pending.set(key, { resource, change });
      this.#timer ??= setTimeout(() => this.#flush(), GATHER).unref();
    });
  }

  /** Writes what is left, and lets go of the file. */
  async close(): Promise<void> {
    this.#unwatch();
    this.#flush();
    await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0) return;
    this.#writing = this.#writing
      .then(() => this.#write())
      .catch(async (error: Error) => {
        this.#hasFailed = true;
        this.log(`The cluster’s state is not kept any more: ${error.message}`);
        await this.#handle?.close().catch(() => {});
        this.#handle = undefined;
      });
  }

  async #write(): Promise<void> {
    const store = this.#store;
    const changes = [...this.#pending.values()];
    // The write before this one, while this waited, took them along.
    if (!store || changes.length === 0) return;
    this.#pending.clear();
    if (!this.#handle || this.#added > Math.max(LEAST_ADDED, 2 * this.#size)) {
      await this.#writeWhole(store);
      return;
    }
    const lines = changes.map(({ resource, change: { type, object } }) => {
      const { namespace = null, name } = object.metadata;
      return JSON.stringify(type === 'DELETED' ? [resource, namespace, name] : [resource, object]);
    });
    const text = `${lines.join('\n')}\n${store.resourceVersion}\n`;
    await this.#handle.appendFile(text);
    this.#added += text.length;
  }

  async #writeWhole(store: Store): Promise<void> {
    const lines = [JSON.stringify(HEADER)];
    for (const [resource, object] of store.entries()) {
      if (!NOT_KEPT.has(resource)) lines.push(JSON.stringify([resource, object]));
    }
    const text = `${lines.join('\n')}\n${store.resourceVersion}\n`;
    const temporary = `${this.file}.new`;
    // One that a crash left may have another mode.
    await rm(temporary, { force: true });
    const handle = await open(temporary, 'ax', 0o600);
    try {
      await handle.appendFile(text);
      await rename(temporary, this.file);
    } catch (error) {
      await handle.close();
      throw error;
    }
    await this.#handle?.close();
    this.#handle = handle;
    this.#size = text.length;
    this.#added = 0;
  }
}

/** The objects up to the first line that is none of ours. A last line without an end is what a crash cuts off. */
function read(text: string): { kept: KeptObjects | undefined; isWhole: boolean } {
  const [header = '', ...lines] = text.split('\n');
  lines.pop();
  const first = parse(header);
  if (!isObject(first) || first.format !== HEADER.format || first.version !== VERSION) {
    return { kept: undefined, isWhole: false };
  }
  const objects = new Map<string, readonly [string, KubeObject]>();
  let version = 1;
  for (const line of lines) {
    const value = parse(line);
    if (typeof value === 'number') version = value;
    else if (!take(objects, value)) return { kept: finish(objects, version), isWhole: false };
  }
  return { kept: finish(objects, version), isWhole: true };
}

function take(objects: Map<string, readonly [string, KubeObject]>, value: unknown): boolean {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false;
  const resource = value[0];
  if (value.length === 3) {
    objects.delete(keyOf(resource, value[1] ?? undefined, String(value[2])));
    return true;
  }
  const object = value[1] as KubeObject;
  if (!isObject(object) || !isObject(object.metadata) || typeof object.metadata.name !== 'string') return false;
  objects.set(keyOf(resource, object.metadata.namespace, object.metadata.name), [resource, object]);
  return true;
}

function finish(objects: Map<string, readonly [string, KubeObject]>, version: number): KeptObjects {
  const versions = [...objects.values()].map(([, { metadata }]) => Number(metadata.resourceVersion) || 0);
  return { objects: [...objects.values()], version: versions.reduce((a, b) => Math.max(a, b), version) };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
