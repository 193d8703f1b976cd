/** The arithmetic of a Deployment's rollout: pure functions over replica counts, as in Kubernetes' deployment util. */
import type { Deployment, IntOrString, ReplicaSet } from '../types.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const HASH_LABEL = 'pod-template-hash';

export const wantedOf = (object: Deployment | ReplicaSet): number => object.spec.replicas ?? 1;

export const sumReplicas = (sets: ReplicaSet[]): number => sets.reduce((sum, set) => sum + wantedOf(set), 0);

export const sumStatus = (sets: ReplicaSet[], field: 'replicas' | 'readyReplicas' | 'availableReplicas'): number =>
  sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0);

/** Counts as the API writes them: those that are zero are left out. */
export const withoutZeros = <T extends Record<string, number>>(counts: T): Partial<T> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)) as Partial<T>;

export const revisionOf = (object: Deployment | ReplicaSet): number =>
  Number(object.metadata.annotations?.[REVISION] ?? 0);

/** A count, or a percentage of `total` rounded up or down. */
export function scaled(value: IntOrString, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) return Number(value) || 0;
  const share = (Number(value.slice(0, -1)) * total) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** How far a rollout may go above and below the wanted count; never both zero, or it could not move. */
export function bounds(deployment: Deployment): { maxSurge: number; maxUnavailable: number } {
  const { strategy } = deployment.spec;
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const wanted = wantedOf(deployment);
  const maxSurge = scaled(strategy?.rollingUpdate?.maxSurge ?? '25%', wanted, 'up');
  const maxUnavailable = scaled(strategy?.rollingUpdate?.maxUnavailable ?? '25%', wanted, 'down');
  if (maxSurge === 0 && maxUnavailable === 0) return { maxSurge: 0, maxUnavailable: 1 };
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, wanted) };
}

/** The replicas that the new set may have now, given what all sets together already ask for. */
export function newSetReplicas(deployment: Deployment, all: ReplicaSet[], current: number): number {
  const wanted = wantedOf(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return wanted;
  const room = wanted + bounds(deployment).maxSurge - sumReplicas(all);
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/**
 * New replica counts for old sets in a rolling update, by set name. First goes what never became healthy, then healthy
 * pods as far as `maxUnavailable` allows.
 */
export function shrinkOld(deployment: Deployment, old: ReplicaSet[], current: ReplicaSet): Map<string, number> {
  const target = new Map<string, number>();
  const all = [...old, current];
  const minimum = wantedOf(deployment) - bounds(deployment).maxUnavailable;
  const unavailableNew = wantedOf(current) - (current.status?.availableReplicas ?? 0);
  const most = sumReplicas(all) - minimum - unavailableNew;
  if (most <= 0) return target;

  const inAge = [...old].sort(
    (a, b) => Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? ''),
  );
  let cleaned = 0;
  for (const set of inAge) {
    const unhealthy = wantedOf(set) - (set.status?.availableReplicas ?? 0);
    const count = Math.min(most - cleaned, unhealthy);
    if (wantedOf(set) === 0 || count <= 0) continue;
    cleaned += count;
    target.set(set.metadata.name, wantedOf(set) - count);
  }
  let spare = sumStatus(all, 'availableReplicas') - minimum;
  for (const set of inAge) {
    const has = target.get(set.metadata.name) ?? wantedOf(set);
    const count = Math.min(has, spare);
    if (count <= 0) continue;
    spare -= count;
    target.set(set.metadata.name, has - count);
  }
  return target;
}

/**
 * New replica counts when the Deployment is scaled in the middle of a rollout: the difference is spread over the active
 * sets in proportion to their size, largest first (newest first among equals), the remainder going to the first.
 */
export function proportional(deployment: Deployment, active: ReplicaSet[]): Map<string, number> {
  const target = new Map<string, number>();
  const total = sumReplicas(active);
  const allowed = wantedOf(deployment) > 0 ? wantedOf(deployment) + bounds(deployment).maxSurge : 0;
  const difference = allowed - total;
  const sorted = [...active].sort((a, b) => {
    const newest = Date.parse(b.metadata.creationTimestamp ?? '') - Date.parse(a.metadata.creationTimestamp ?? '');
    return wantedOf(b) - wantedOf(a) || (difference > 0 ? newest : -newest);
  });
  let added = 0;
  for (const set of sorted) {
    if (difference === 0) break;
    const before = Number(set.metadata.annotations?.[MAX_REPLICAS]) || total;
    const share = Math.round((wantedOf(set) * allowed) / before) - wantedOf(set);
    const left = difference - added;
    const part = difference > 0 ? Math.min(Math.max(share, 0), left) : Math.max(Math.min(share, 0), left);
    added += part;
    target.set(set.metadata.name, wantedOf(set) + part);
  }
  const first = sorted[0];
  if (first && difference !== 0) {
    const name = first.metadata.name;
    target.set(name, Math.max((target.get(name) ?? wantedOf(first)) + difference - added, 0));
  }
  return target;
}
