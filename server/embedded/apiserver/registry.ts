/**
 * What the API server does with a request once it is understood: rules, defaults, admission, validation, then the
 * store. HTTP and the in-process client both come through here. Objects handed out are the store's own: frozen.
 */
import type { DeleteOptions, GroupVersionResource, KubeObject, PatchType } from '../client.ts';
import { allocateForService } from './allocate.ts';
import { present, storageKey, toStored } from './convert.ts';
import { decode, tidy } from './decode.ts';
import { applyDefaults } from './defaults/index.ts';
import { checkPreconditions, isFinished, markDeleted } from './deletion.ts';
import { alreadyExists, badRequest, type Cause, conflict, invalid, noSuchResource, notFound } from './errors.ts';
import { cloneJson } from './json.ts';
import { checkNamespace, checkNamespaceDeletion, placeOf } from './namespaces.ts';
import type { Admission, Attributes, RequestOptions } from './request.ts';
import { qualifiedName, type ResourceInfo } from './resource.ts';
import { ResourceTable } from './resources.ts';
import { selectorOf } from './selectors.ts';
import { Store } from './store.ts';
import { isUnchanged, prepareForCreate, prepareForUpdate } from './strategy.ts';
import { withoutEffect } from './unsupported.ts';
import { validateCreate, validateUpdate } from './validation/index.ts';
import { serverSideApply, trackUpdate } from './wire/apply.ts';
import { applyPatch } from './wire/patch.ts';

/** How often a write that names no version is tried again when others write in between. */
const ATTEMPTS = 10;

export interface Place {
  namespace?: string;
  name: string;
}

export class Registry {
  readonly resources: ResourceTable;
  private readonly admission: Admission[] = [];

  constructor(readonly store = new Store()) {
    this.resources = new ResourceTable(store);
  }

  /** Adds a step of admission; the steps run in the order in which they were added. */
  admit(admission: Admission): void {
    this.admission.push(admission);
  }

  /** Throws 404 where there is no such resource. */
  resource(resource: GroupVersionResource): ResourceInfo {
    const found = this.resources.find(resource);
    if (!found) throw noSuchResource();
    return found;
  }

  get(resource: ResourceInfo, { namespace, name }: Place): KubeObject {
    const object = this.find(resource, { namespace, name });
    if (!object) throw notFound(resource, name);
    return present(resource, object);
  }

  private find(resource: ResourceInfo, { namespace, name }: Place): KubeObject | undefined {
    return this.store.get(storageKey(resource), resource.namespaced ? namespace : undefined, name);
  }

  /** Sorted by namespace and name. */
  list(
    resource: ResourceInfo,
    options: { namespace?: string; labelSelector?: string; fieldSelector?: string },
  ): KubeObject[] {
    const wanted = selectorOf(resource, options);
    const all = this.store.list(storageKey(resource), resource.namespaced ? options.namespace : undefined);
    const found = wanted ? all.filter(wanted) : [...all];
    return found.map((object) => present(resource, object));
  }

  async create(
    resource: ResourceInfo,
    namespace: string | undefined,
    body: unknown,
    options: RequestOptions,
  ): Promise<KubeObject> {
    return this.createDecoded(resource, namespace, decode(resource, body, options), options);
  }

  private async createDecoded(
    resource: ResourceInfo,
    namespace: string | undefined,
    decoded: KubeObject,
    options: RequestOptions,
  ): Promise<KubeObject> {
    let object = decoded;
    const { metadata } = object;
    const place = placeOf(resource, namespace, object);
    if (metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    if (!metadata.name && !metadata.generateName) {
      throw invalid(resource, '', [
        {
          reason: 'FieldValueRequired',
          field: 'metadata.name',
          message: 'Required value: name or generateName is required',
        },
      ]);
    }
    checkNamespace(this.store, resource, place, metadata.name);
    applyDefaults(resource, object);
    prepareForCreate(resource, place, object);
    const attributes: Attributes = {
      operation: 'CREATE',
      resource,
      namespace: place,
      name: metadata.name,
      object,
      options,
    };
    object = await this.mutate(attributes);
    if (options.fieldManager && !metadata.managedFields?.length) {
      object = trackUpdate(resource, undefined, object, options.fieldManager);
    }
    this.refuse(resource, object, validateCreate(resource, object));
    await this.validate({ ...attributes, object });
    // From here to the write nothing waits, so that what is checked stays true.
    checkNamespace(this.store, resource, place, object.metadata.name);
    if (this.find(resource, { namespace: place, name: object.metadata.name })) {
      throw alreadyExists(resource, object.metadata.name);
    }
    this.allocate(resource, object);
    const warning = withoutEffect(resource, object);
    if (warning) options.warn?.(warning);
    if (options.dryRun) return object;
    return present(resource, this.store.put(storageKey(resource), toStored(object)));
  }

  /** Replaces an object or, with a subresource, the part that it stands for. */
  async update(
    resource: ResourceInfo,
    place: Place,
    body: unknown,
    options: RequestOptions,
    subresource?: string,
  ): Promise<KubeObject> {
    const object = decode(resource, body, options);
    if (object.metadata.name && object.metadata.name !== place.name) {
      throw badRequest(
        `the name of the object (${object.metadata.name}) does not match the name on the URL (${place.name})`,
      );
    }
    return this.change(resource, place, () => cloneJson(object), options, subresource);
  }

  /**
   * Writes what `next` makes of the stored object. Where it gives an object with the version of an older state, the
   * answer is 409; without a version, `next` is asked again when another write came first.
   */
  private async change(
    resource: ResourceInfo,
    { namespace, name }: Place,
    next: (current: KubeObject) => KubeObject,
    options: RequestOptions,
    subresource?: string,
  ): Promise<KubeObject> {
    for (let attempt = 1; ; attempt++) {
      const current = this.find(resource, { namespace, name });
      if (!current) throw notFound(resource, name);
      let object = next(present(resource, current));
      const { resourceVersion } = object.metadata;
      if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, name);
      applyDefaults(resource, object);
      prepareForUpdate(resource, subresource, object, present(resource, current));
      const attributes: Attributes = {
        operation: 'UPDATE',
        resource,
        subresource,
        namespace,
        name,
        object,
        oldObject: current,
        options,
      };
      object = await this.mutate(attributes);
      if (options.fieldManager) {
        object = trackUpdate(resource, present(resource, current), object, options.fieldManager, subresource);
      }
      this.refuse(resource, object, validateUpdate(resource, object, current, options.user, subresource));
      await this.validate({ ...attributes, object });
      if (this.find(resource, { namespace, name }) !== current) {
        if (!resourceVersion && attempt < ATTEMPTS) continue;
        throw conflict(resource, name);
      }
      this.allocate(resource, object, current);
      if (options.dryRun || isUnchanged(object, present(resource, current))) {
        return options.dryRun ? object : present(resource, current);
      }
      if (isFinished(object)) {
        this.store.put(storageKey(resource), toStored(object));
        this.store.remove(storageKey(resource), namespace, name);
        return object;
      }
      return present(resource, this.store.put(storageKey(resource), toStored(object)));
    }
  }

  /** The object as patched, and whether server-side apply made it. */
  async patch(
    resource: ResourceInfo,
    place: Place,
    type: PatchType,
    body: unknown,
    options: RequestOptions,
    subresource?: string,
  ): Promise<{ object: KubeObject; created: boolean }> {
    if (type === 'apply') return this.apply(resource, place, body, options, subresource);
    const object = await this.change(
      resource,
      place,
      (current) => {
        const patched = decode(resource, applyPatch(type, resource, current, body), options);
        // Only a version that the patch itself names is the caller's condition.
        if (patched.metadata.resourceVersion === current.metadata.resourceVersion) {
          delete patched.metadata.resourceVersion;
        }
        return patched;
      },
      options,
      subresource,
    );
    return { object, created: false };
  }

  private async apply(
    resource: ResourceInfo,
    place: Place,
    body: unknown,
    options: RequestOptions,
    subresource?: string,
  ): Promise<{ object: KubeObject; created: boolean }> {
    // Decoding checks the body and adds what Go's types always have; owned is only what the applier said itself.
    const { apiVersion, kind } = decode(resource, body, options);
    const said = cloneJson(body) as KubeObject;
    const applied: KubeObject = { ...said, apiVersion, kind, metadata: { ...said.metadata } };
    applied.metadata.name ||= place.name;
    if (resource.namespaced) applied.metadata.namespace ||= place.namespace;
    const how = { fieldManager: options.fieldManager ?? '', force: options.force ?? false, subresource };
    // The record of managers is made by the apply itself.
    const untracked = { ...options, fieldManager: undefined };
    if (!this.find(resource, place)) {
      if (subresource) throw notFound(resource, place.name);
      const first = serverSideApply(resource, undefined, applied, how);
      return {
        object: await this.createDecoded(resource, place.namespace, tidy(resource, first), untracked),
        created: true,
      };
    }
    const object = await this.change(
      resource,
      place,
      (current) => {
        const merged = tidy(resource, serverSideApply(resource, current, applied, how));
        if (!applied.metadata.resourceVersion) delete merged.metadata.resourceVersion;
        return merged;
      },
      untracked,
      subresource,
    );
    return { object, created: false };
  }

  /** The last state, and whether the object is gone; a pod, or an object with finalizers, goes later. */
  async delete(
    resource: ResourceInfo,
    { namespace, name }: Place,
    deleteOptions: DeleteOptions,
    options: RequestOptions,
  ): Promise<{ object: KubeObject; gone: boolean }> {
    const current = this.find(resource, { namespace, name });
    if (!current) throw notFound(resource, name);
    checkPreconditions(resource, current, deleteOptions);
    checkNamespaceDeletion(resource, name);
    await this.validate({ operation: 'DELETE', resource, namespace, name, oldObject: current, options });
    const now = this.find(resource, { namespace, name });
    if (!now || now.metadata.uid !== current.metadata.uid) throw notFound(resource, name);
    const marked = markDeleted(resource, now, deleteOptions);
    const gone = isFinished(marked);
    if (options.dryRun) return { object: marked, gone };
    if (gone) return { object: this.store.remove(storageKey(resource), namespace, name) ?? now, gone };
    if (marked === now) return { object: now, gone };
    return { object: present(resource, this.store.put(storageKey(resource), marked)), gone };
  }

  private async mutate(attributes: Attributes): Promise<KubeObject> {
    const { resource } = attributes;
    for (const [index, step] of this.admission.entries()) {
      const before = attributes.object;
      await step.mutate(attributes);
      if (attributes.object === before || !attributes.object) continue;
      // What a webhook wrote gets its defaults, and what was there before it looks at the object once more.
      attributes.object = tidy(resource, attributes.object);
      applyDefaults(resource, attributes.object);
      for (const earlier of this.admission.slice(0, index)) await earlier.mutate(attributes);
    }
    return attributes.object!;
  }

  private async validate(attributes: Attributes): Promise<void> {
    for (const step of this.admission) await step.validate(attributes);
  }

  private refuse(resource: ResourceInfo, object: KubeObject, causes: Cause[]): void {
    if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
  }

  private allocate(resource: ResourceInfo, object: KubeObject, current?: KubeObject): void {
    if (qualifiedName(resource) !== 'services') return;
    this.refuse(resource, object, allocateForService(this.store, object, current));
  }
}
