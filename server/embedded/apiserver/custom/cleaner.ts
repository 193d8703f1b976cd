/** Empties a CustomResourceDefinition that is being deleted: its objects go first, then the definition itself. */

import { storageKey } from '../convert.ts';
import { asObject } from '../json.ts';
import type { Registry } from '../registry.ts';
import type { RequestOptions } from '../request.ts';
import type { ResourceInfo } from '../resource.ts';
import { DEFINITION_FINALIZER } from './definition.ts';

const CRD = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };

export class DefinitionCleaner {
  private readonly watches = new Map<string, () => void>();
  /** Definitions whose objects are gone; their own end follows. */
  private readonly released = new Set<string>();
  private readonly stopWatch: () => void;

  constructor(
    private readonly registry: Registry,
    private readonly options: RequestOptions,
  ) {
    const key = `${CRD.group}/${CRD.resource}`;
    // One that an earlier run did not get to the end of.
    for (const { metadata } of registry.store.list(key)) if (metadata.deletionTimestamp) this.empty(metadata.name);
    this.stopWatch = registry.store.watch(key, Number(registry.store.resourceVersion), ({ type, object }) => {
      const { name, deletionTimestamp } = object.metadata;
      if (type === 'DELETED') {
        this.watches.get(name)?.();
        this.watches.delete(name);
        this.released.delete(name);
      } else if (deletionTimestamp && !this.watches.has(name)) this.empty(name);
    });
  }

  private empty(name: string): void {
    const definition = this.registry.get(this.registry.resource(CRD), { name });
    const { group, names } = asObject(definition.spec);
    const { plural } = asObject(names);
    const resource = this.registry.resources.all().find((r) => r.group === group && r.resource === plural);
    const key = storageKey({ group: String(group), resource: String(plural) });
    const look = () => {
      if (this.registry.store.list(key).length === 0) void this.release(name);
    };
    this.watches.set(name, this.registry.store.watch(key, Number(this.registry.store.resourceVersion), look));
    // In a turn of its own: this runs within the write that marked the definition.
    queueMicrotask(() => void this.deleteAll(resource, key).then(look));
  }

  private async deleteAll(resource: ResourceInfo | undefined, key: string): Promise<void> {
    if (!resource) return;
    for (const { metadata } of this.registry.store.list(key)) {
      await this.registry.delete(resource, metadata, {}, this.options).catch(() => {
        // Already gone, or held by a finalizer: the watch sees when it goes.
      });
    }
  }

  private async release(name: string): Promise<void> {
    const unwatch = this.watches.get(name);
    if (!unwatch || this.released.has(name)) return;
    this.released.add(name);
    unwatch();
    const resource = this.registry.resource(CRD);
    const current = this.registry.store.get(`${CRD.group}/${CRD.resource}`, undefined, name);
    const finalizers = current?.metadata.finalizers ?? [];
    if (!finalizers.includes(DEFINITION_FINALIZER)) return;
    const left = finalizers.filter((finalizer) => finalizer !== DEFINITION_FINALIZER);
    await this.registry.patch(resource, { name }, 'merge', { metadata: { finalizers: left } }, this.options);
  }

  stop(): void {
    this.stopWatch();
    for (const stop of this.watches.values()) stop();
  }
}
