/** A Deployment's status: counts, and the conditions by which kubectl rollout status knows how it goes. */
import { timestamp } from '../time.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../types.ts';
import { conditionOf } from './pods.ts';
import { bounds, sumReplicas, sumStatus, wantedOf, withoutZeros } from './rollout.ts';

/** Stands for "no deadline": the API's default is 600 s, and this value switches it off. */
const NO_DEADLINE = 2 ** 31 - 1;

/** Replaces a condition; the transition time stays where the status does. Nothing changes where reason and status agree. */
export function withCondition(
  conditions: Condition[],
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
): Condition[] {
  const old = conditionOf(conditions, type);
  if (old && old.status === status && old.reason === reason && old.message === message) return conditions;
  const now = timestamp();
  const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? now) : now;
  return [
    ...conditions.filter((condition) => condition.type !== type),
    { type, status, lastUpdateTime: now, lastTransitionTime, reason, message },
  ];
}

export function countsOf(deployment: Deployment, all: ReplicaSet[], current: ReplicaSet | undefined): DeploymentStatus {
  const available = sumStatus(all, 'availableReplicas');
  let { conditions = [] } = deployment.status ?? {};
  conditions =
    available >= wantedOf(deployment) - bounds(deployment).maxUnavailable
      ? withCondition(
          conditions,
          'Available',
          'True',
          'MinimumReplicasAvailable',
          'Deployment has minimum availability.',
        )
      : withCondition(
          conditions,
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
        );
  const { collisionCount } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata.generation,
    ...withoutZeros({
      replicas: sumStatus(all, 'replicas'),
      updatedReplicas: current?.status?.replicas ?? 0,
      readyReplicas: sumStatus(all, 'readyReplicas'),
      availableReplicas: available,
      unavailableReplicas: Math.max(sumReplicas(all) - available, 0),
    }),
    terminatingReplicas: all.reduce((sum, set) => sum + (set.status?.terminatingReplicas ?? 0), 0),
    ...(collisionCount ? { collisionCount } : {}),
    conditions,
  };
}

export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean =>
  (status.updatedReplicas ?? 0) === wantedOf(deployment) &&
  (status.replicas ?? 0) === wantedOf(deployment) &&
  (status.availableReplicas ?? 0) === wantedOf(deployment) &&
  (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);

const isProgressing = (old: DeploymentStatus, status: DeploymentStatus): boolean =>
  (status.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
  (status.replicas ?? 0) - (status.updatedReplicas ?? 0) < (old.replicas ?? 0) - (old.updatedReplicas ?? 0) ||
  (status.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
  (status.availableReplicas ?? 0) > (old.availableReplicas ?? 0);

export const hasDeadline = (deployment: Deployment): boolean =>
  (deployment.spec.progressDeadlineSeconds ?? 600) !== NO_DEADLINE;

/** Milliseconds until the rollout counts as stuck; undefined where no deadline runs. Negative: it is over. */
export function untilDeadline(deployment: Deployment, status: DeploymentStatus): number | undefined {
  const condition = conditionOf(status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || !condition || isComplete(deployment, status)) return undefined;
  if (['NewReplicaSetAvailable', 'ProgressDeadlineExceeded', 'DeploymentPaused'].includes(condition.reason ?? '')) {
    return undefined;
  }
  const from = Date.parse(condition.lastUpdateTime ?? condition.lastTransitionTime ?? '');
  return from + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000 - Date.now();
}

/** Completes `status` with the Progressing and ReplicaFailure conditions of a rollout that is not paused. */
export function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  all: ReplicaSet[],
  current: ReplicaSet | undefined,
): DeploymentStatus {
  let conditions = status.conditions ?? [];
  const progressing = conditionOf(conditions, 'Progressing');
  const settled =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && progressing?.reason === 'NewReplicaSetAvailable';
  const subject = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (!hasDeadline(deployment)) {
    conditions = conditions.filter((condition) => condition.type !== 'Progressing');
  } else if (!settled) {
    const left = untilDeadline(deployment, status);
    if (isComplete(deployment, status)) {
      const message = `${subject} has successfully progressed.`;
      conditions = withCondition(conditions, 'Progressing', 'True', 'NewReplicaSetAvailable', message);
    } else if (isProgressing(deployment.status ?? {}, status)) {
      // Even with the same words its update time moves on: the deadline counts from the last progress.
      const others = conditions.filter((condition) => condition.type !== 'Progressing');
      const now = timestamp();
      const lastTransitionTime = progressing?.status === 'True' ? progressing.lastTransitionTime : now;
      const message = `${subject} is progressing.`;
      const type = 'Progressing';
      const reason = 'ReplicaSetUpdated';
      conditions = [...others, { type, status: 'True', lastUpdateTime: now, lastTransitionTime, reason, message }];
    } else if (left !== undefined && left <= 0) {
      const message = `${subject} has timed out progressing.`;
      conditions = withCondition(conditions, 'Progressing', 'False', 'ProgressDeadlineExceeded', message);
    }
  }
  const failure = (current ? [current, ...all] : all)
    .map((set) => conditionOf(set.status?.conditions, 'ReplicaFailure'))
    .find((condition) => condition !== undefined);
  conditions = failure
    ? withCondition(conditions, 'ReplicaFailure', failure.status, failure.reason ?? '', failure.message ?? '')
    : conditions.filter((condition) => condition.type !== 'ReplicaFailure');
  return { ...status, conditions };
}

/** Completes `status` with the Progressing condition of a Deployment that was just paused or resumed. */
export function withPause(deployment: Deployment, conditions: Condition[]): Condition[] {
  if (!hasDeadline(deployment)) return conditions;
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded') return conditions;
  if (deployment.spec.paused && reason !== 'DeploymentPaused') {
    return withCondition(conditions, 'Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused');
  }
  if (!deployment.spec.paused && reason === 'DeploymentPaused') {
    return withCondition(conditions, 'Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
  }
  return conditions;
}
