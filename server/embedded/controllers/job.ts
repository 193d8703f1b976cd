/** The Job controller: runs pods until enough of them have succeeded, or too many have failed. */
import { keyOf } from '../informer.ts';
import { isNotFound } from '../status.ts';
import { millisOf, timestamp } from '../time.ts';
import { type Job, type JobStatus, type Pod, RESOURCES } from '../types.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';
import { canonical } from './hash.ts';
import {
  countPods,
  decide,
  hasSucceeded,
  INDEX_ANNOTATION,
  indexOf,
  isDone,
  isIndexed,
  isOver,
  isTracked,
  parseIndexes,
  TRACKING,
  withSuspension,
  withVerdict,
} from './job-status.ts';
import { byDeletionOrder, conditionOf, controllerOf, podControl, podFromTemplate } from './pods.ts';

/** Milliseconds before a new pod takes the place of a failed one: doubled with each failure, as in Kubernetes. */
const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 600_000;

export function startJobController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const jobs = informers.of<Job>(RESOURCES.jobs);
  const pods = informers.of<Pod>(RESOURCES.pods);
  const events = context.events('job-controller');
  const control = podControl(client, pods, events);
  const controller = startController(context, 'job', reconcile);
  jobs.handle({ added: (job) => controller.enqueue(keyOf(job)), updated: (_, job) => controller.enqueue(keyOf(job)) });
  const podChanged = (pod: Pod) => {
    const owner = controllerOf(pod);
    if (owner?.kind === 'Job') controller.enqueue(`${pod.metadata.namespace}/${owner.name}`);
    // Its Job has gone: nobody counts it any more.
    if (
      isTracked(pod) &&
      pod.metadata.deletionTimestamp &&
      (!owner || !jobs.get(`${pod.metadata.namespace}/${owner.name}`))
    ) {
      void untrack(pod).catch(() => {});
    }
  };
  pods.handle({ added: podChanged, updated: (_, pod) => podChanged(pod), deleted: podChanged });
  jobs.handle({
    deleted(job) {
      for (const pod of pods.by('owner', job.metadata.uid ?? '')) if (isTracked(pod)) void untrack(pod).catch(() => {});
    },
  });

  async function reconcile(key: string): Promise<void> {
    let job = jobs.get(key);
    if (!job || job.metadata.deletionTimestamp) return;
    if (isDone(job)) {
      await afterwards(key, job);
      return;
    }
    const owned = () => pods.by('owner', job!.metadata.uid ?? '');
    const over = owned().filter((pod) => isTracked(pod) && isOver(pod));
    let status = countPods(job, owned(), over);
    if (!job.spec.suspend && !status.startTime) status.startTime = timestamp();
    const wasSuspended = conditionOf(job.status?.conditions, 'Suspended')?.status === 'True';
    status = withSuspension(job, status);
    if (job.spec.suspend && !wasSuspended) events.event(job, 'Normal', 'Suspended', 'Job suspended');
    if (!job.spec.suspend && wasSuspended) events.event(job, 'Normal', 'Resumed', 'Job resumed');

    const verdict = decide(job, status);
    if (verdict) {
      for (const pod of owned()) if (!isOver(pod) && !pod.metadata.deletionTimestamp) await control.remove(job, pod);
      status = withVerdict({ ...status, active: undefined, ready: 0 }, verdict);
    }
    // Counted first, let go after: a pod is never counted twice and never forgotten.
    job = await writeStatus(job, status);
    for (const pod of over) await untrack(pod);
    if (verdict) {
      if (verdict.type === 'Complete') events.event(job, 'Normal', 'Completed', 'Job completed');
      else events.event(job, 'Warning', verdict.reason, verdict.message);
      return;
    }
    await manage(key, job);
  }

  async function manage(key: string, job: Job): Promise<void> {
    const { parallelism = 1, completions, activeDeadlineSeconds } = job.spec;
    const status = job.status ?? {};
    const owned = pods.by('owner', job.metadata.uid ?? '');
    const active = owned.filter((pod) => !isOver(pod) && !pod.metadata.deletionTimestamp);
    if (activeDeadlineSeconds !== undefined && status.startTime) {
      controller.enqueueAfter(key, Math.max(millisOf(status.startTime) + activeDeadlineSeconds * 1000 - Date.now(), 1));
    }
    const succeeded = status.succeeded ?? 0;
    let wanted = job.spec.suspend ? 0 : Math.min(parallelism, (completions ?? Number.POSITIVE_INFINITY) - succeeded);
    if (completions === undefined && succeeded > 0) wanted = active.length;
    if (active.length > wanted) {
      const surplus = [...active].sort(byDeletionOrder).slice(0, active.length - wanted);
      for (const pod of surplus) await control.remove(job, pod);
      return;
    }
    if (active.length === wanted) return;
    const pause = pauseAfter(owned, status);
    if (pause > 0) {
      controller.enqueueAfter(key, pause);
      return;
    }
    const free = isIndexed(job) ? freeIndexes(job, active) : [];
    for (let missing = wanted - active.length; missing > 0; missing--) {
      const index = isIndexed(job) ? free.shift() : -1;
      if (index === undefined) return;
      await control.create(job, podFor(job, index));
    }
    const current = jobs.get(key);
    if (current) await writeStatus(current, countPods(current, pods.by('owner', job.metadata.uid ?? ''), []));
  }

  async function writeStatus(job: Job, status: JobStatus): Promise<Job> {
    if (canonical(status) === canonical(job.status)) return job;
    const updated = await client.update<Job>(RESOURCES.jobs, { ...job, status }, 'status');
    jobs.observe(updated);
    return updated;
  }

  async function untrack(pod: Pod): Promise<void> {
    const finalizers = (pod.metadata.finalizers ?? []).filter((finalizer) => finalizer !== TRACKING);
    const { namespace, name, uid } = pod.metadata;
    try {
      pods.observe(
        await client.patch<Pod>(RESOURCES.pods, { namespace, name }, 'merge', { metadata: { uid, finalizers } }),
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** A finished Job deletes itself after `ttlSecondsAfterFinished`. */
  async function afterwards(key: string, job: Job): Promise<void> {
    for (const pod of pods.by('owner', job.metadata.uid ?? '')) if (isTracked(pod) && isOver(pod)) await untrack(pod);
    const { ttlSecondsAfterFinished } = job.spec;
    if (ttlSecondsAfterFinished === undefined) return;
    const finished = job.status?.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed');
    const left = millisOf(finished?.lastTransitionTime) + ttlSecondsAfterFinished * 1000 - Date.now();
    if (left > 0) {
      controller.enqueueAfter(key, left);
      return;
    }
    const { namespace, name, uid } = job.metadata;
    const options = { propagationPolicy: 'Foreground' as const, preconditions: { uid } };
    await client.delete(RESOURCES.jobs, { namespace, name }, options);
  }

  return controller;
}

/** Milliseconds to wait since the last failure; none where the last pod to end has succeeded. */
function pauseAfter(owned: Pod[], status: JobStatus): number {
  const failed = owned.filter((pod) => isOver(pod) && !hasSucceeded(pod) && !pod.metadata.deletionTimestamp);
  if (failed.length === 0 || !status.failed) return 0;
  const endOf = (pod: Pod) =>
    Math.max(...(pod.status?.containerStatuses ?? []).map((each) => millisOf(each.state.terminated?.finishedAt)), 0);
  const last = Math.max(...failed.map(endOf));
  const pause = Math.min(FIRST_PAUSE * 2 ** (Math.min(failed.length, status.failed) - 1), LONGEST_PAUSE);
  return last + pause - Date.now();
}

function freeIndexes(job: Job, active: Pod[]): number[] {
  const done = parseIndexes(job.status?.completedIndexes);
  const taken = new Set(active.map(indexOf));
  const all = Array.from({ length: job.spec.completions ?? 0 }, (_, index) => index);
  return all.filter((index) => !done.has(index) && !taken.has(index));
}

function podFor(job: Job, index: number): Pod {
  const pod = podFromTemplate(job.spec.template, job);
  const { uid = '', name } = job.metadata;
  pod.metadata.labels = {
    ...pod.metadata.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), TRACKING];
  if (index < 0) return pod;
  pod.metadata.generateName = `${name}-${index}-`;
  pod.metadata.annotations = { ...pod.metadata.annotations, [INDEX_ANNOTATION]: String(index) };
  pod.metadata.labels[INDEX_ANNOTATION] = String(index);
  pod.spec.hostname ??= `${name}-${index}`;
  const fieldRef = { fieldPath: `metadata.labels['${INDEX_ANNOTATION}']` };
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    container.env = [...(container.env ?? []), { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } }];
  }
  return pod;
}
