/** What all workload controllers need to know of pods: ready or not, whose turn to go, how to make one and to end one. */
import type { Client, KubeObject, OwnerReference } from '../client.ts';
import type { EventRecorder } from '../events.ts';
import { type Informer, keyOf } from '../informer.ts';
import { isNotFound } from '../status.ts';
import { millisOf } from '../time.ts';
import { type Condition, type ContainerStatus, type Pod, type PodTemplate, RESOURCES } from '../types.ts';

export const conditionOf = (conditions: Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type);

export const isReady = (pod: Pod): boolean => conditionOf(pod.status?.conditions, 'Ready')?.status === 'True';

/** Milliseconds since the epoch; 0 where the pod is not ready. */
export const readySince = (pod: Pod): number =>
  isReady(pod) ? millisOf(conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime) : 0;

/** Ready for `minReadySeconds` at least. */
export const isAvailable = (pod: Pod, minReadySeconds = 0, now = Date.now()): boolean =>
  isReady(pod) && (minReadySeconds === 0 || readySince(pod) + minReadySeconds * 1000 <= now);

export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Neither finished nor on its way out: it counts as a replica. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && !pod.metadata.deletionTimestamp;

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller);

export const controllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** A pod for `owner` from its template: named `name`, or by the server from the owner's name where it is left out. */
export function podFromTemplate(template: PodTemplate, owner: KubeObject, name?: string): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      // The server fills it in from generateName.
      name: name ?? '',
      ...(name ? {} : { generateName: `${owner.metadata.name}-` }),
      namespace: owner.metadata.namespace,
      ...(labels ? { labels: { ...labels } } : {}),
      ...(annotations ? { annotations: { ...annotations } } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    spec: structuredClone(template.spec),
  };
}

export interface PodControl {
  /** Creates a pod and says so in an event of `owner`; rejects with the server's StatusError after a FailedCreate event. */
  create(owner: KubeObject, pod: Pod): Promise<Pod>;
  /** Deletes a pod and says so; a pod that is gone already is no error. */
  remove(owner: KubeObject, pod: Pod): Promise<void>;
}

export function podControl(client: Client, informer: Informer<Pod>, events: EventRecorder): PodControl {
  return {
    async create(owner, pod) {
      let created: Pod;
      try {
        created = await client.create<Pod>(RESOURCES.pods, pod);
      } catch (error) {
        events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${(error as Error).message}`);
        throw error;
      }
      informer.observe(created);
      events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
      return created;
    },
    async remove(owner, pod) {
      const { namespace, name, uid } = pod.metadata;
      try {
        await client.delete(RESOURCES.pods, { namespace, name }, { ...(uid ? { preconditions: { uid } } : {}) });
      } catch (error) {
        if (isNotFound(error)) return;
        events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${(error as Error).message}`);
        throw error;
      }
      informer.observeDeletion(keyOf(pod));
      events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    },
  };
}

const PHASE_RANK: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

const restarts = (pod: Pod): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status: ContainerStatus) => status.restartCount));

const deletionCost = (pod: Pod): number =>
  Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) || 0;

/**
 * Orders pods by who goes first when there are too many: unassigned, pending, not ready, cheaper by the
 * pod-deletion-cost annotation, ready for less time, more restarts, newer (`ActivePodsWithRanks` in Kubernetes).
 */
export function byDeletionOrder(a: Pod, b: Pod): number {
  return (
    Number(!!a.spec.nodeName) - Number(!!b.spec.nodeName) ||
    (PHASE_RANK[a.status?.phase ?? 'Pending'] ?? 0) - (PHASE_RANK[b.status?.phase ?? 'Pending'] ?? 0) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    readySince(b) - readySince(a) ||
    restarts(b) - restarts(a) ||
    millisOf(b.metadata.creationTimestamp) - millisOf(a.metadata.creationTimestamp)
  );
}
