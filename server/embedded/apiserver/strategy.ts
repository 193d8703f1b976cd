/** What a create or an update may and may not set, resource by resource: metadata, status, generation. */
import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../client.ts';
import { timestamp } from '../time.ts';
import { settleDefinition } from './custom/definition.ts';
import { conflict } from './errors.ts';
import { asObject, cloneJson, equalJson, type Json, objectAt } from './json.ts';
import { qosClass } from './qos.ts';
import { qualifiedName, type ResourceInfo } from './resource.ts';

const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
/** With its random ending a generated name has at most 63 characters. */
const LONGEST_PREFIX = 58;

/** `web-` → `web-x7k2p`: no vowels, so that no word comes about. */
export function generateName(prefix: string): string {
  let suffix = '';
  for (let i = 0; i < 5; i++) suffix += NAME_LETTERS[Math.floor(Math.random() * NAME_LETTERS.length)];
  return prefix.slice(0, LONGEST_PREFIX) + suffix;
}

/** Resources whose objects count the changes of their spec. */
const COUNTED_CORE = new Set(['pods', 'replicationcontrollers']);
const UNCOUNTED = new Set(['rbac.authorization.k8s.io', 'coordination.k8s.io', 'events.k8s.io', 'storage.k8s.io']);

const hasGeneration = (r: ResourceInfo): boolean =>
  r.group === '' ? COUNTED_CORE.has(r.resource) : !UNCOUNTED.has(r.group);

export const hasStatus = (r: ResourceInfo): boolean => r.subresources.includes('status');

/** What an object starts with, whatever its author says; nodes bring their own. */
function firstStatus(resource: ResourceInfo, object: KubeObject): void {
  switch (qualifiedName(resource)) {
    case 'pods':
      object.status = { phase: 'Pending', qosClass: qosClass(asObject(object.spec)) };
      return;
    case 'namespaces':
      object.status = { phase: 'Active' };
      return;
    case 'persistentvolumes':
    case 'persistentvolumeclaims':
      object.status = { phase: 'Pending' };
      return;
    case 'services':
      object.status = { loadBalancer: {} };
      return;
    case 'nodes':
      return;
    case 'customresourcedefinitions.apiextensions.k8s.io':
      settleDefinition(object);
      return;
  }
  if (!hasStatus(resource)) return;
  if (resource.type) object.status = {};
  else delete object.status;
}

/** Sets what only the server may set. Changes `object`. */
export function prepareForCreate(resource: ResourceInfo, namespace: string | undefined, object: KubeObject): void {
  const { metadata } = object;
  if (!metadata.name && metadata.generateName) metadata.name = generateName(metadata.generateName);
  if (namespace !== undefined) metadata.namespace = namespace;
  else delete metadata.namespace;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp();
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.resourceVersion;
  if (hasGeneration(resource)) metadata.generation = 1;
  else delete metadata.generation;
  if (qualifiedName(resource) === 'namespaces') {
    objectAt(metadata as unknown as Json, 'labels')['kubernetes.io/metadata.name'] = metadata.name;
    // Taken off by the namespace controller once the namespace is empty.
    objectAt(object as unknown as Json, 'spec').finalizers = ['kubernetes'];
  }
  if (qualifiedName(resource) === 'jobs.batch') labelJob(object);
  firstStatus(resource, object);
}

/** A Job without a selector of its own selects its pods by its uid. */
function labelJob(object: KubeObject): void {
  const spec = asObject(object.spec);
  if (spec.manualSelector === true) return;
  const { name, uid } = object.metadata;
  const labels = objectAt(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels');
  labels['batch.kubernetes.io/controller-uid'] = uid;
  labels['controller-uid'] = uid;
  labels['batch.kubernetes.io/job-name'] = name;
  labels['job-name'] = name;
  spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
}

/** Resources whose status subresource may also change labels and annotations. */
const STATUS_WRITES_METADATA = new Set(['pods', 'nodes']);

/** Everything but metadata and, where it is a subresource, status. */
function specOf(resource: ResourceInfo, object: KubeObject): Json {
  const { metadata: _metadata, status, ...rest } = object;
  return hasStatus(resource) ? rest : { ...rest, status };
}

/**
 * Keeps what this request may not change as it is in `current`. Changes `object`. Throws 409 where the caller means
 * another object of the same name.
 */
export function prepareForUpdate(
  resource: ResourceInfo,
  subresource: string | undefined,
  object: KubeObject,
  current: KubeObject,
): void {
  const { metadata } = object;
  const old = current.metadata;
  if (metadata.uid && metadata.uid !== old.uid) {
    throw conflict(
      resource,
      old.name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.uid}`,
    );
  }
  if (subresource === 'status') keepAllButStatus(resource, object, current);
  else if (hasStatus(resource)) {
    if (current.status === undefined) delete object.status;
    else object.status = current.status;
  }
  const kept = object.metadata;
  for (const key of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (old[key] === undefined) delete kept[key];
    else (kept as unknown as Json)[key] = old[key];
  }
  kept.name = old.name;
  if (old.namespace !== undefined) kept.namespace = old.namespace;
  if (old.generation === undefined) delete kept.generation;
  else kept.generation = old.generation;
  if (qualifiedName(resource) === 'namespaces') {
    objectAt(kept as unknown as Json, 'labels')['kubernetes.io/metadata.name'] = kept.name;
    // Only the finalize subresource may take a finalizer off a namespace's spec.
    if (subresource !== 'finalize') object.spec = current.spec;
  }
  if (subresource === undefined && qualifiedName(resource) === 'customresourcedefinitions.apiextensions.k8s.io') {
    object.status = { ...asObject(current.status) };
    settleDefinition(object);
  }
  // A pod's node is not something that its author asked for.
  const counts = hasGeneration(resource) && subresource !== 'binding';
  if (counts && !equalJson(specOf(resource, object), specOf(resource, current))) {
    kept.generation = (old.generation ?? 0) + 1;
  }
}

function keepAllButStatus(resource: ResourceInfo, object: KubeObject, current: KubeObject): void {
  const { status, metadata } = object;
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, current);
  if (status === undefined) delete object.status;
  else object.status = status;
  const { labels, annotations, finalizers, managedFields } = metadata;
  object.metadata = cloneJson(
    STATUS_WRITES_METADATA.has(qualifiedName(resource))
      ? { ...current.metadata, labels, annotations, finalizers, managedFields }
      : { ...current.metadata, managedFields },
  );
}

/** True where the two differ in nothing that a client could have changed. */
export function isUnchanged(object: KubeObject, current: KubeObject): boolean {
  const { resourceVersion: _new, managedFields: _newManaged, ...metadata } = object.metadata;
  const { resourceVersion: _old, managedFields: _oldManaged, ...old } = current.metadata;
  return equalJson({ ...object, metadata }, { ...current, metadata: old });
}
