/** The ReplicaSet controller: as many pods as asked for, no more and no fewer. */
import { keyOf } from '../informer.ts';
import { timestamp } from '../time.ts';
import { type Condition, type Pod, RESOURCES, type ReplicaSet, type ReplicaSetStatus } from '../types.ts';
import { claim } from './claim.ts';
import { type Controller, type ControllerContext, ReportedError, startController } from './controller.ts';
import { canonical } from './hash.ts';
import {
  byDeletionOrder,
  controllerOf,
  isActive,
  isAvailable,
  isFinished,
  isReady,
  podControl,
  podFromTemplate,
  readySince,
} from './pods.ts';
import { withoutZeros } from './rollout.ts';

export function startReplicaSetController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const sets = informers.of<ReplicaSet>(RESOURCES.replicasets);
  const pods = informers.of<Pod>(RESOURCES.pods);
  const control = podControl(client, pods, context.events('replicaset-controller'));
  const controller = startController(context, 'replicaset', reconcile);

  sets.handle({
    added: (set) => controller.enqueue(keyOf(set)),
    updated: (_, set) => controller.enqueue(keyOf(set)),
    deleted: (set) => controller.enqueue(keyOf(set)),
  });
  const podChanged = (pod: Pod) => {
    const owner = controllerOf(pod);
    if (owner?.kind === 'ReplicaSet') controller.enqueue(`${pod.metadata.namespace}/${owner.name}`);
  };
  pods.handle({
    added(pod) {
      if (controllerOf(pod)) podChanged(pod);
      // An orphan may be for any set whose selector it matches.
      else for (const set of sets.list(pod.metadata.namespace)) controller.enqueue(keyOf(set));
    },
    updated(old, pod) {
      podChanged(old);
      podChanged(pod);
      if (!controllerOf(pod) && controllerOf(old)) {
        for (const set of sets.list(pod.metadata.namespace)) controller.enqueue(keyOf(set));
      }
    },
    deleted: podChanged,
  });

  async function reconcile(key: string): Promise<void> {
    const set = sets.get(key);
    if (!set) return;
    const owned = await claim(client, RESOURCES.pods, pods, set, set.spec.selector);
    const active = owned.filter(isActive);
    let failure: Error | undefined;
    if (!set.metadata.deletionTimestamp) {
      try {
        await manage(set, active);
      } catch (error) {
        failure = error as Error;
      }
    }
    const current = pods
      .by('owner', set.metadata.uid ?? '')
      .filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);
    await updateStatus(key, current, failure, (set.spec.replicas ?? 1) - active.length);
    if (failure) throw new ReportedError(failure.message);
  }

  async function manage(set: ReplicaSet, active: Pod[]): Promise<void> {
    const missing = (set.spec.replicas ?? 1) - active.length;
    if (missing > 0) {
      // In batches of 1, 2, 4 …, so that a template that admission refuses costs one refusal and not hundreds.
      let left = missing;
      for (let batch = 1; left > 0; batch *= 2) {
        const size = Math.min(batch, left);
        const made = await Promise.allSettled(
          Array.from({ length: size }, () => control.create(set, podFromTemplate(set.spec.template, set))),
        );
        const failed = made.find((result) => result.status === 'rejected');
        if (failed) throw failed.reason;
        left -= size;
      }
    } else if (missing < 0) {
      const doomed = [...active].sort(byDeletionOrder).slice(0, -missing);
      const ended = await Promise.allSettled(doomed.map((pod) => control.remove(set, pod)));
      const failed = ended.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    }
  }

  async function updateStatus(key: string, owned: Pod[], failure: Error | undefined, diff: number): Promise<void> {
    const set = sets.get(key);
    if (!set) return;
    const status = statusOf(set, owned, failure, diff);
    const waiting = owned.filter((pod) => isActive(pod) && isReady(pod) && !isAvailable(pod, set.spec.minReadySeconds));
    if (waiting.length > 0) {
      const next = Math.min(...waiting.map(readySince)) + (set.spec.minReadySeconds ?? 0) * 1000;
      controller.enqueueAfter(key, Math.max(next - Date.now(), 1));
    }
    if (canonical(status) === canonical(set.status)) return;
    sets.observe(await client.update<ReplicaSet>(RESOURCES.replicasets, { ...set, status }, 'status'));
  }

  return controller;
}

function statusOf(set: ReplicaSet, owned: Pod[], failure: Error | undefined, diff: number): ReplicaSetStatus {
  const active = owned.filter(isActive);
  const wanted = Object.entries(set.spec.template.metadata?.labels ?? {});
  const conditions = (set.status?.conditions ?? []).filter((condition) => condition.type !== 'ReplicaFailure');
  if (failure) {
    const reason = diff > 0 ? 'FailedCreate' : 'FailedDelete';
    // Kept as it was where the reason is the same: its message names a pod, and a condition that changed with each try
    // would call for the next at once, past the back-off.
    const old = set.status?.conditions?.find((c: Condition) => c.type === 'ReplicaFailure' && c.reason === reason);
    conditions.push(
      old ?? {
        type: 'ReplicaFailure',
        status: 'True',
        reason,
        message: failure.message,
        lastTransitionTime: timestamp(),
      },
    );
  }
  return {
    replicas: active.length,
    ...withoutZeros({
      fullyLabeledReplicas: active.filter((pod) => wanted.every(([k, v]) => pod.metadata.labels?.[k] === v)).length,
      readyReplicas: active.filter(isReady).length,
      availableReplicas: active.filter((pod) => isAvailable(pod, set.spec.minReadySeconds)).length,
    }),
    terminatingReplicas: owned.filter((pod) => pod.metadata.deletionTimestamp && !isFinished(pod)).length,
    observedGeneration: set.metadata.generation,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}
