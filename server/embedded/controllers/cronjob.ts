/** The CronJob controller: makes a Job whenever the schedule says so, and keeps the last few. */
import { keyOf } from '../informer.ts';
import { isAlreadyExists, isNotFound } from '../status.ts';
import { millisOf, timestamp } from '../time.ts';
import { type CronJob, type Job, type ObjectReference, RESOURCES } from '../types.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';
import { CronSchedule } from './cron-schedule.ts';
import { canonical } from './hash.ts';
import { isDone } from './job-status.ts';
import { conditionOf, controllerOf, controllerReference } from './pods.ts';

/** As many missed times as are looked back on. */
const MOST_MISSED = 100;

export function startCronJobController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const cronJobs = informers.of<CronJob>(RESOURCES.cronjobs);
  const jobs = informers.of<Job>(RESOURCES.jobs);
  const events = context.events('cronjob-controller');
  const controller = startController(context, 'cronjob', reconcile);
  cronJobs.handle({
    added: (cronJob) => controller.enqueue(keyOf(cronJob)),
    updated: (_, cronJob) => controller.enqueue(keyOf(cronJob)),
  });
  const jobChanged = (job: Job) => {
    const owner = controllerOf(job);
    if (owner?.kind === 'CronJob') controller.enqueue(`${job.metadata.namespace}/${owner.name}`);
  };
  jobs.handle({ added: jobChanged, updated: (_, job) => jobChanged(job), deleted: jobChanged });

  async function reconcile(key: string): Promise<void> {
    const cronJob = cronJobs.get(key);
    if (!cronJob || cronJob.metadata.deletionTimestamp) return;
    const owned = jobs.by('owner', cronJob.metadata.uid ?? '');
    const status = { ...cronJob.status };
    const finished = owned.filter(isDone);
    for (const job of finished) {
      const active = status.active?.some(({ uid }) => uid === job.metadata.uid);
      if (!active) continue;
      const complete = conditionOf(job.status?.conditions, 'Complete');
      const outcome = complete ? 'Complete' : 'Failed';
      events.event(
        cronJob,
        'Normal',
        'SawCompletedJob',
        `Saw completed job: ${job.metadata.name}, condition: ${outcome}`,
      );
      if (complete && millisOf(job.status?.completionTime) > millisOf(status.lastSuccessfulTime)) {
        status.lastSuccessfulTime = job.status?.completionTime;
      }
    }
    status.active = owned.filter((job) => !isDone(job)).map(referenceTo);
    await trim(cronJob, finished);

    let schedule: CronSchedule;
    try {
      schedule = new CronSchedule(cronJob.spec.schedule, cronJob.spec.timeZone);
    } catch (error) {
      const words = `unparseable schedule: ${cronJob.spec.schedule} : ${(error as Error).message}`;
      events.event(cronJob, 'Warning', 'UnparseableSchedule', words);
      return;
    }
    const now = Date.now();
    const due = lastDue(cronJob, schedule, now);
    if (due !== undefined && !cronJob.spec.suspend) {
      const created = await run(cronJob, status, due);
      if (created) {
        status.lastScheduleTime = timestamp(due);
        status.active = [...status.active.filter(({ uid }) => uid !== created.uid), created];
      }
    }
    if (canonical(status) !== canonical(cronJob.status)) {
      cronJobs.observe(await client.update<CronJob>(RESOURCES.cronjobs, { ...cronJob, status }, 'status'));
    }
    const next = schedule.next(now);
    if (next !== undefined) controller.enqueueAfter(key, next - now + 50);
  }

  /** Makes the Job of the time `due`, as the concurrency policy allows. */
  async function run(
    cronJob: CronJob,
    status: NonNullable<CronJob['status']>,
    due: number,
  ): Promise<ObjectReference | undefined> {
    const { concurrencyPolicy = 'Allow', startingDeadlineSeconds, jobTemplate } = cronJob.spec;
    if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1000 < Date.now()) {
      const words = `Missed scheduled time to start a job: ${new Date(due).toUTCString()}`;
      events.event(cronJob, 'Warning', 'MissSchedule', words);
      return undefined;
    }
    if (concurrencyPolicy === 'Forbid' && (status.active ?? []).length > 0) {
      events.event(
        cronJob,
        'Normal',
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
      );
      return undefined;
    }
    if (concurrencyPolicy === 'Replace') {
      for (const { namespace, name = '' } of status.active ?? []) {
        await remove(namespace, name);
        events.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
      }
      status.active = [];
    }
    const { labels, annotations } = jobTemplate.metadata ?? {};
    const scheduled = { 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due) };
    const job: Job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `${cronJob.metadata.name}-${Math.floor(due / 60_000)}`,
        namespace: cronJob.metadata.namespace,
        ...(labels ? { labels } : {}),
        annotations: { ...annotations, ...scheduled },
        ownerReferences: [controllerReference(cronJob)],
      },
      spec: structuredClone(jobTemplate.spec),
    };
    try {
      const created = await client.create<Job>(RESOURCES.jobs, job);
      jobs.observe(created);
      events.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${created.metadata.name}`);
      return referenceTo(created);
    } catch (error) {
      // Made by a pass before this one that did not get to write the status.
      if (isAlreadyExists(error)) return undefined;
      events.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${(error as Error).message}`);
      throw error;
    }
  }

  /** Keeps the newest finished Jobs, so many that succeeded and so many that failed. */
  async function trim(cronJob: CronJob, finished: Job[]): Promise<void> {
    const succeeded = finished.filter((job) => conditionOf(job.status?.conditions, 'Complete'));
    const failed = finished.filter((job) => !succeeded.includes(job));
    const limits: [Job[], number][] = [
      [succeeded, cronJob.spec.successfulJobsHistoryLimit ?? 3],
      [failed, cronJob.spec.failedJobsHistoryLimit ?? 1],
    ];
    for (const [list, limit] of limits) {
      const oldest = list.sort((a, b) => millisOf(a.status?.startTime) - millisOf(b.status?.startTime));
      for (const job of oldest.slice(0, Math.max(list.length - limit, 0))) {
        await remove(job.metadata.namespace, job.metadata.name);
        events.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
      }
    }
  }

  async function remove(namespace: string | undefined, name: string): Promise<void> {
    await client.delete(RESOURCES.jobs, { namespace, name }, { propagationPolicy: 'Background' }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }

  return controller;
}

const referenceTo = (job: Job): ObjectReference => ({
  apiVersion: job.apiVersion,
  kind: job.kind,
  namespace: job.metadata.namespace,
  name: job.metadata.name,
  uid: job.metadata.uid,
  resourceVersion: job.metadata.resourceVersion,
});

/** The latest time up to `now` that has no Job yet. */
function lastDue(cronJob: CronJob, schedule: CronSchedule, now: number): number | undefined {
  const { lastScheduleTime } = cronJob.status ?? {};
  let after = millisOf(lastScheduleTime ?? cronJob.metadata.creationTimestamp);
  const deadline = cronJob.spec.startingDeadlineSeconds;
  if (deadline !== undefined) after = Math.max(after, now - deadline * 1000);
  let due: number | undefined;
  for (let missed = 0; missed < MOST_MISSED; missed++) {
    const next = schedule.next(due ?? after, Math.ceil((now - (due ?? after)) / 60_000) + 1);
    if (next === undefined || next > now) break;
    due = next;
  }
  return due;
}
