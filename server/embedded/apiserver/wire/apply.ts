/**
 * Server-side apply, and the record of who set which field (metadata.managedFields) on every other write. Follows
 * Kubernetes' "Server-Side Apply" reference.
 */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../client.ts';
import { StatusError } from '../../status.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import { difference, type FieldSet, intersection, type Path, printPath, union, without } from './fieldset.ts';
import { type Manager, printManager, readManagers, sameManager, writeManagers } from './managers.ts';
import { type Shape, shapeOf } from './shape.ts';
import {
  type Comparison,
  compare,
  fieldsOf,
  mergeValues,
  removeFields,
  withNamedFields,
  withoutHoles,
} from './structured.ts';
import { typedView } from './typed.ts';

export interface ApplyOptions {
  fieldManager: string;
  /** Takes fields from their managers instead of failing with a conflict. */
  force: boolean;
  /** Where the object is applied through a subresource, such as `status`. */
  subresource?: string;
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

const metadataPath = (name: string): Path => `f:metadata\0f:${name}`;

/** Fields that are never owned: the server's own, and those that say which object it is. */
const unowned: FieldSet = new Set([
  'f:apiVersion',
  'f:kind',
  'f:metadata',
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map(metadataPath),
]);

/** The fields that a write through this path cannot set, so that it does not own them. */
const resetFields = (resource: ResourceInfo, subresource: string | undefined): Path[] => {
  if (subresource === 'status') return ['f:spec', 'f:metadata'];
  return !subresource && resource.subresources.includes('status') ? ['f:status'] : [];
};

const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

const bare = (object: KubeObject): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
};

const withManagers = (object: KubeObject, managers: Manager[]): KubeObject => {
  const entries = writeManagers(managers);
  return { ...bare(object), metadata: { ...bare(object).metadata, ...(entries.length && { managedFields: entries }) } };
};

/** An object as it is compared: as the server's own types hold it. */
const held = (resource: ResourceInfo, object: KubeObject): unknown =>
  resource.type ? typedView(bare(object), resource.type) : bare(object);

/** What became different; both objects as they are held. */
const changes = (resource: ResourceInfo, before: unknown, after: unknown, reset: Path[]): Comparison => {
  const { added, modified, removed } = compare(before, after, shapeOf(resource));
  return { added: without(added, reset), modified: without(modified, reset), removed: without(removed, reset) };
};

const empty = (resource: ResourceInfo): KubeObject =>
  ({ apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: {} }) as unknown as KubeObject;

/** The managers after a write by `self` that is not an apply: it owns what it changed, nobody owns what is gone. */
const afterUpdate = (managers: Manager[], comparison: Comparison, self: Manager): Manager[] => {
  const changed = union(comparison.added, comparison.modified);
  const gone = union(changed, comparison.removed);
  const own = difference(changed, unowned);
  const kept = managers.map((manager) => ({ ...manager, fields: difference(manager.fields, gone) }));
  if (own.size) {
    const index = kept.findIndex((manager) => sameManager(manager, self));
    const fields = union(own, kept[index]?.fields ?? new Set());
    if (index >= 0) kept[index] = { ...self, fields };
    else kept.push({ ...self, fields });
  }
  return kept.filter((manager) => manager.fields.size);
};

/**
 * `after` with managedFields that record the write that made it from `before` (undefined where it was created).
 * `manager` is the request's fieldManager, else the user agent up to its first `/`. An `after` that carries an empty
 * managedFields list starts the record anew, as Kubernetes does.
 */
export const trackUpdate = (
  resource: ResourceInfo,
  before: KubeObject | undefined,
  after: KubeObject,
  manager: string,
  subresource?: string,
): KubeObject => {
  const entries = after.metadata.managedFields;
  const reset = !subresource && Array.isArray(entries) && (entries.length === 0 || isDeepStrictEqual(entries, [{}]));
  const given = subresource || !entries?.length ? before?.metadata.managedFields : entries;
  const known = reset ? [] : readManagers(given);
  // An object that nobody's record began with stays without one until it is applied.
  if (before?.metadata.uid && known.length === 0) return bare(after);
  const comparison = changes(
    resource,
    held(resource, before ?? empty(resource)),
    held(resource, after),
    resetFields(resource, subresource),
  );
  const self: Manager = {
    manager: manager || 'unknown',
    operation: 'Update',
    apiVersion: apiVersionOf(resource),
    ...(subresource && { subresource }),
    time: now(),
    fields: new Set(),
  };
  return withManagers(after, afterUpdate(known, comparison, self));
};

interface Conflict {
  manager: Manager;
  fields: FieldSet;
}

const conflictError = (conflicts: Conflict[]): StatusError => {
  const all = conflicts.flatMap(({ manager, fields }) =>
    [...fields].map((path) => ({ by: printManager(manager), field: printPath(path) })),
  );
  all.sort((a, b) => (a.by === b.by ? (a.field < b.field ? -1 : 1) : a.by < b.by ? -1 : 1));
  const lines = [...new Set(all.map((conflict) => conflict.by))].flatMap((by) => [
    `conflicts with ${by}:`,
    ...all.filter((conflict) => conflict.by === by).map((conflict) => `- ${conflict.field}`),
  ]);
  const message =
    all.length === 1
      ? `Apply failed with 1 conflict: conflict with ${all[0]!.by}: ${all[0]!.field}`
      : `Apply failed with ${all.length} conflicts: ${lines.join('\n')}`;
  return new StatusError(409, 'Conflict', message, {
    causes: all.map(({ by, field }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${by}`, field })),
  });
};

/**
 * Takes away what the manager applied last time and does not now, unless someone else owns it.
 * `managers` has the manager's new fields already.
 */
const prune = (merged: unknown, last: FieldSet, managers: Manager[], shape: Shape): unknown => {
  if (!last.size) return merged;
  const named = (set: FieldSet) => withNamedFields(set, shape);
  const owned = named(managers.reduce<FieldSet>((all, manager) => union(all, manager.fields), new Set()));
  const mergedFields = named(fieldsOf(merged, shape));
  const fieldsLeft = (object: unknown) => named(fieldsOf(object ?? {}, shape));
  const pruned = removeFields(merged, named(last), shape);
  const ownedBack = removeFields(merged, difference(mergedFields, union(fieldsLeft(pruned), owned)), shape);
  // What the manager never owned stays, owned or not.
  return removeFields(merged, intersection(difference(mergedFields, fieldsLeft(ownedBack)), named(last)), shape);
};

/** Fields in which kubectl's client-side apply last left the object as it is: server-side apply may take them over. */
const appliedByClient = (current: KubeObject, shape: Shape): FieldSet => {
  const annotation = current.metadata.annotations?.[lastApplied];
  if (!annotation) return new Set();
  let applied: KubeObject;
  try {
    applied = JSON.parse(annotation) as KubeObject;
  } catch {
    return new Set();
  }
  const { added, modified } = compare(bare(current), applied, shape);
  return difference(fieldsOf(applied, shape), union(added, modified));
};

const checkBody = (resource: ResourceInfo, body: KubeObject, { fieldManager }: ApplyOptions): void => {
  if (!fieldManager)
    throw new StatusError(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  const expected = apiVersionOf(resource);
  if (body.apiVersion !== expected)
    throw new StatusError(
      400,
      'BadRequest',
      `Incorrect version specified in apply patch. Specified patch version: ${body.apiVersion}, expected: ${expected}`,
    );
  if (body.metadata?.managedFields) throw new StatusError(400, 'BadRequest', 'metadata.managedFields must be nil');
};

/** kubectl's own annotation is kept in step with what kubectl applies on the server. */
const syncLastApplied = (object: KubeObject, body: KubeObject, fieldManager: string): KubeObject => {
  const annotations = object.metadata.annotations;
  if (fieldManager !== 'kubectl' || !annotations?.[lastApplied]) return object;
  const { [lastApplied]: _, ...others } = body.metadata.annotations ?? {};
  const metadata = { ...body.metadata, ...(body.metadata.annotations && { annotations: others }) };
  const applied = `${JSON.stringify({ ...body, metadata })}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [lastApplied]: applied } } };
};

/**
 * The object after `body` was applied to `current` (undefined where there is none yet), its managedFields up to date.
 * The same as `current` where nothing changed. Neither argument is changed; validation is the caller's.
 *
 * Throws a StatusError: 409 Conflict where another manager has a field that the body sets to something else and
 * `force` is not set, 400 for another version or a body with managedFields, 422 without a field manager.
 */
export const serverSideApply = (
  resource: ResourceInfo,
  current: KubeObject | undefined,
  body: KubeObject,
  options: ApplyOptions,
): KubeObject => {
  checkBody(resource, body, options);
  const shape = shapeOf(resource);
  const reset = resetFields(resource, options.subresource);
  const live = current ?? empty(resource);
  let managers = readManagers(live.metadata.managedFields);
  if (current && !managers.length) {
    const comparison = changes(resource, held(resource, empty(resource)), held(resource, current), reset);
    const self = {
      manager: 'before-first-apply',
      operation: 'Update',
      apiVersion: apiVersionOf(resource),
      time: now(),
    };
    managers = afterUpdate([], comparison, { ...self, fields: new Set() } as Manager);
  }

  const self: Manager = {
    manager: options.fieldManager,
    operation: 'Apply',
    apiVersion: apiVersionOf(resource),
    ...(options.subresource && { subresource: options.subresource }),
    time: now(),
    fields: without(fieldsOf(body, shape), reset),
  };
  const before = managers.find((manager) => sameManager(manager, self));
  const others = managers.filter((manager) => manager !== before);
  const applied = (to: unknown) =>
    prune(mergeValues(to, body, shape), before?.fields ?? new Set(), [...others, self], shape);
  // Ownership is reckoned on the object as the server holds it; the result is made from the object as it was sent.
  const seen = held(resource, live);
  const object = withoutHoles(applied(bare(live)), bare(live)) as KubeObject;

  const { added, modified, removed } = changes(resource, seen, applied(seen), reset);
  const changed = union(added, modified);
  const conflicts = others
    .map((manager) => ({ manager, fields: intersection(manager.fields, changed) }))
    .filter((conflict) => conflict.fields.size);
  if (!options.force && conflicts.length) {
    const allowed = options.fieldManager === 'kubectl' ? appliedByClient(live, shape) : new Set<Path>();
    const left = conflicts
      .map(({ manager, fields }) => ({ manager, fields: difference(fields, allowed) }))
      .filter((conflict) => conflict.fields.size);
    if (left.length) throw conflictError(left);
  }

  const gone = union(changed, removed);
  const own = { ...self, fields: difference(self.fields, unowned) };
  const same = isDeepStrictEqual(object, bare(live));
  const after = [
    ...others.map((manager) => ({ ...manager, fields: difference(manager.fields, gone) })),
    { ...own, time: same && before ? before.time : own.time },
  ].filter((manager) => manager.fields.size);
  return withManagers(syncLastApplied(object, body, options.fieldManager), after);
};
