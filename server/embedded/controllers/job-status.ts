/** How a Job stands: what its pods have done so far, and whether that makes it complete or failed. */
import { timestamp } from '../time.ts';
import type { Condition, Job, JobStatus, Pod } from '../types.ts';
import { conditionOf, isReady } from './pods.ts';

/** Keeps a pod until the Job has counted it. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
export const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';

export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed';

export const indexOf = (pod: Pod): number => Number(pod.metadata.annotations?.[INDEX_ANNOTATION] ?? -1);

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(TRACKING) ?? false;

/** Nothing of the pod runs any more: it has ended by itself, or was deleted and has stopped. */
export const isOver = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' ||
  pod.status?.phase === 'Failed' ||
  (pod.metadata.deletionTimestamp !== undefined &&
    !(pod.status?.containerStatuses ?? []).some((status) => status.state.running));

export const hasSucceeded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded';

export const isDone = (job: Job): boolean =>
  ['Complete', 'Failed'].some((type) => conditionOf(job.status?.conditions, type)?.status === 'True');

/** `0,2-4` ↔ the set of indexes. */
export function parseIndexes(text = ''): Set<number> {
  const indexes = new Set<number>();
  for (const part of text.split(',').filter(Boolean)) {
    const [from = 0, to = from] = part.split('-').map(Number);
    for (let index = from; index <= to; index++) indexes.add(index);
  }
  return indexes;
}

export function formatIndexes(indexes: Set<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    const [from, to] = [sorted[start], sorted[end]];
    parts.push(end === start ? `${from}` : end === start + 1 ? `${from},${to}` : `${from}-${to}`);
    start = end + 1;
  }
  return parts.join(',');
}

/** The status after counting `counted`, the pods that are over and were not counted yet. */
export function countPods(job: Job, pods: Pod[], counted: Pod[]): JobStatus {
  const active = pods.filter((pod) => !isOver(pod) && !pod.metadata.deletionTimestamp);
  const succeeded = counted.filter(hasSucceeded);
  const before = job.status ?? {};
  const status: JobStatus = {
    ...before,
    active: active.length,
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp && !isOver(pod)).length,
    failed: (before.failed ?? 0) + counted.length - succeeded.length,
    uncountedTerminatedPods: {},
  };
  if (isIndexed(job)) {
    const indexes = parseIndexes(before.completedIndexes);
    for (const pod of succeeded) indexes.add(indexOf(pod));
    status.completedIndexes = formatIndexes(indexes);
    status.succeeded = indexes.size;
  } else {
    status.succeeded = (before.succeeded ?? 0) + succeeded.length;
  }
  for (const field of ['active', 'ready', 'failed', 'succeeded', 'terminating'] as const) {
    if (status[field] === 0 && field !== 'ready' && field !== 'terminating') delete status[field];
  }
  return status;
}

export interface Verdict {
  type: 'Complete' | 'Failed';
  reason: string;
  message: string;
}

/** Whether the counts decide the Job; undefined while it goes on. */
export function decide(job: Job, status: JobStatus): Verdict | undefined {
  const { backoffLimit = 6, completions, activeDeadlineSeconds } = job.spec;
  if ((status.failed ?? 0) > backoffLimit) {
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  const started = status.startTime ? Date.parse(status.startTime) : Date.now();
  if (activeDeadlineSeconds !== undefined && Date.now() - started >= activeDeadlineSeconds * 1000) {
    return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  // Without `completions` the Job is a work queue: done when one pod has succeeded and none is active any more.
  const enough =
    completions === undefined ? (status.succeeded ?? 0) > 0 && !status.active : (status.succeeded ?? 0) >= completions;
  if (!enough) return undefined;
  const message = 'Reached expected number of succeeded pods';
  return { type: 'Complete', reason: 'CompletionsReached', message };
}

/** Adds the final condition, and the one that goes before it since Kubernetes 1.31. */
export function withVerdict(status: JobStatus, verdict: Verdict): JobStatus {
  const { type, reason, message } = verdict;
  const now = timestamp();
  const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const condition = (name: string): Condition => ({
    type: name,
    status: 'True',
    lastProbeTime: now,
    lastTransitionTime: now,
    reason,
    message,
  });
  return {
    ...status,
    ...(type === 'Complete' ? { completionTime: now } : {}),
    conditions: [...(status.conditions ?? []), condition(first), condition(type)],
  };
}

export function withSuspension(job: Job, status: JobStatus): JobStatus {
  const old = conditionOf(status.conditions, 'Suspended');
  const suspended = job.spec.suspend === true;
  if (suspended === (old?.status === 'True')) return status;
  const others = (status.conditions ?? []).filter((condition) => condition.type !== 'Suspended');
  const now = timestamp();
  const condition: Condition = {
    type: 'Suspended',
    status: suspended ? 'True' : 'False',
    lastProbeTime: now,
    lastTransitionTime: now,
    reason: suspended ? 'JobSuspended' : 'JobResumed',
    message: suspended ? 'Job suspended' : 'Job resumed',
  };
  const { startTime: _, ...rest } = status;
  return suspended
    ? { ...rest, conditions: [...others, condition] }
    : { ...status, startTime: now, conditions: [...others, condition] };
}
