/** How an object goes: at once, after its grace period, or when its finalizers are done. */
import type { DeleteOptions, KubeObject } from '../client.ts';
import { timestamp } from '../time.ts';
import { DEFINITION_FINALIZER, markTerminating } from './custom/definition.ts';
import { conflict } from './errors.ts';
import { asObject, cloneJson } from './json.ts';
import { qualifiedName, type ResourceInfo } from './resource.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** Throws 409 where the caller means another object, or another state of it. */
export function checkPreconditions(resource: ResourceInfo, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { metadata } = object;
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      resource,
      metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      resource,
      metadata.name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    );
  }
}

/** Seconds that the object may take to end; only a pod on a node has any. */
function gracePeriod(resource: ResourceInfo, object: KubeObject, wanted: number | undefined): number {
  if (qualifiedName(resource) !== 'pods') return 0;
  const spec = asObject(object.spec);
  const phase = asObject(object.status).phase;
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const seconds = wanted ?? (spec.terminationGracePeriodSeconds as number | undefined) ?? 30;
  // Kubernetes takes a negative period for one second.
  return seconds < 0 ? 1 : seconds;
}

function finalizersFor(object: KubeObject, options: DeleteOptions): string[] {
  const others = (object.metadata.finalizers ?? []).filter((f) => f !== FOREGROUND && f !== ORPHAN);
  if (options.propagationPolicy === 'Foreground') return [...others, FOREGROUND];
  if (options.propagationPolicy === 'Orphan') return [...others, ORPHAN];
  return options.propagationPolicy ? others : (object.metadata.finalizers ?? []);
}

/** True where nothing holds the object any more: it was deleted, its grace period is over, no finalizer is left. */
export const isFinished = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  !object.metadata.finalizers?.length &&
  !(object.kind === 'Namespace' && (asObject(object.spec).finalizers as string[] | undefined)?.length);

/**
 * The object as it is once the deletion has been asked for, marked with its deletion time; `isFinished` says whether
 * it can go now. The same object where the request changes nothing.
 */
export function markDeleted(resource: ResourceInfo, current: KubeObject, options: DeleteOptions): KubeObject {
  const grace = gracePeriod(resource, current, options.gracePeriodSeconds);
  const { metadata } = current;
  const object = cloneJson(current);
  const finalizers = finalizersFor(current, options);
  if (finalizers.length > 0) object.metadata.finalizers = finalizers;
  else delete object.metadata.finalizers;
  if (metadata.deletionTimestamp === undefined) {
    object.metadata.deletionTimestamp = timestamp(Date.now() + grace * 1000);
    object.metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined) object.metadata.generation = metadata.generation + 1;
  } else if (options.gracePeriodSeconds !== undefined && grace < (metadata.deletionGracePeriodSeconds ?? 0)) {
    // A second request can only shorten the first one's period.
    const requested = Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
    object.metadata.deletionTimestamp = timestamp(requested + grace * 1000);
    object.metadata.deletionGracePeriodSeconds = grace;
  } else if (finalizers.length === (metadata.finalizers?.length ?? 0)) {
    return current;
  }
  if (object.kind === 'CustomResourceDefinition' && metadata.deletionTimestamp === undefined) {
    object.metadata.finalizers = [...finalizers, DEFINITION_FINALIZER];
    markTerminating(object);
  }
  if (object.kind === 'Namespace') object.status = { ...asObject(object.status), phase: 'Terminating' };
  return object;
}
