/** The columns of the kinds that make pods, and of what scales and protects them. */
import type { KubeObject } from '../../../client.ts';
import { humanDuration, since } from '../duration.ts';
import {
  age,
  at,
  type Column,
  computed,
  condition,
  containers,
  count,
  field,
  formatLabels,
  list,
  map,
  name,
  number,
  selector,
  text,
} from './column.ts';

const ready = computed(
  'Ready',
  (object) => `${number(object, 'status.readyReplicas')}/${number(object, 'spec.replicas')}`,
);

const replicas: Column[] = [
  count('Desired', 'spec.replicas'),
  count('Current', 'status.replicas'),
  count('Ready', 'status.readyReplicas'),
];

export const deployments: Column[] = [
  name,
  ready,
  count('Up-to-date', 'status.updatedReplicas'),
  count('Available', 'status.availableReplicas'),
  age,
  ...containers('spec.template'),
  selector(),
];

export const replicaSets: Column[] = [name, ...replicas, age, ...containers('spec.template'), selector()];

export const replicationControllers: Column[] = [
  name,
  ...replicas,
  age,
  ...containers('spec.template'),
  computed('Selector', (object) => formatLabels(map<string>(object, 'spec.selector')), { priority: 1 }),
];

export const statefulSets: Column[] = [name, ready, age, ...containers('spec.template')];

export const daemonSets: Column[] = [
  name,
  count('Desired', 'status.desiredNumberScheduled'),
  count('Current', 'status.currentNumberScheduled'),
  count('Ready', 'status.numberReady'),
  count('Up-to-date', 'status.updatedNumberScheduled'),
  count('Available', 'status.numberAvailable'),
  computed('Node Selector', (object) => formatLabels(map<string>(object, 'spec.template.spec.nodeSelector'))),
  age,
  ...containers('spec.template'),
  selector(),
];

const jobStatus = (job: KubeObject): string => {
  const is = (type: string) => condition(job, type)?.status === 'True';
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  if (is('Suspended')) return 'Suspended';
  return is('FailureTarget') ? 'FailureTarget' : 'Running';
};

const jobCompletions = (job: KubeObject): string => {
  const succeeded = number(job, 'status.succeeded');
  const completions = at(job, 'spec.completions');
  if (typeof completions === 'number') return `${succeeded}/${completions}`;
  const parallelism = number(job, 'spec.parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
};

const jobDuration = (job: KubeObject): string => {
  const [start, end] = [text(job, 'status.startTime'), text(job, 'status.completionTime')];
  if (!start) return '';
  return end ? humanDuration(Date.parse(end) - Date.parse(start)) : since(start);
};

export const jobs: Column[] = [
  name,
  computed('Status', jobStatus),
  computed('Completions', jobCompletions),
  computed('Duration', jobDuration),
  age,
  ...containers('spec.template'),
  selector(),
];

const trueOrFalse = (value: unknown) => (value === undefined ? '<unset>' : value ? 'True' : 'False');

export const cronJobs: Column[] = [
  name,
  field('Schedule', 'spec.schedule'),
  field('Timezone', 'spec.timeZone', '<none>'),
  computed('Suspend', (object) => trueOrFalse(at(object, 'spec.suspend')), { type: 'boolean' }),
  computed('Active', (object) => list(object, 'status.active').length, { type: 'integer' }),
  computed('Last Schedule', (object) => {
    const last = text(object, 'status.lastScheduleTime');
    return last ? since(last) : '<none>';
  }),
  age,
  ...containers('spec.jobTemplate.spec.template'),
  selector('spec.jobTemplate.spec.selector'),
];

export const controllerRevisions: Column[] = [
  name,
  computed('Controller', (object) => {
    const owner = object.metadata.ownerReferences?.find((reference) => reference.controller);
    if (!owner) return '<none>';
    const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
    return `${owner.kind}${group}`.toLowerCase().concat(`/${owner.name}`);
  }),
  count('Revision', 'revision'),
  age,
];

/** Where an autoscaler's metric keeps its target and its current value. */
const metricFields: Record<string, string> = {
  External: 'external',
  Pods: 'pods',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};

const formatMetric = (spec: unknown, status: unknown): string => {
  const type = text(spec, 'type');
  const key = metricFields[type];
  if (!key) return '<unknown type>';
  const unknown = '<unknown>';
  const average = text(spec, `${key}.target.averageValue`);
  if (type === 'Resource' || type === 'ContainerResource') {
    const title = text(spec, `${key}.name`);
    if (average) return `${title}: ${text(status, `${key}.current.averageValue`, unknown)}/${average}`;
    const percent = (object: unknown, path: string, otherwise: string) => {
      const value = at(object, path);
      return typeof value === 'number' ? `${value}%` : otherwise;
    };
    const current = percent(status, `${key}.current.averageUtilization`, unknown);
    return `${title}: ${current}/${percent(spec, `${key}.target.averageUtilization`, '<auto>')}`;
  }
  if (type === 'Pods') return `${text(status, `${key}.current.averageValue`, unknown)}/${average}`;
  if (average) return `${text(status, `${key}.current.averageValue`, unknown)}/${average} (avg)`;
  return `${text(status, `${key}.current.value`, unknown)}/${text(spec, `${key}.target.value`)}`;
};

/** autoscaling/v1 knows processor use alone; it is shown as v2's resource metric would be. */
const autoscalerTargets = (object: KubeObject): string => {
  const target = at(object, 'spec.targetCPUUtilizationPercentage');
  if (typeof target === 'number') {
    const current = at(object, 'status.currentCPUUtilizationPercentage');
    return `cpu: ${typeof current === 'number' ? `${current}%` : '<unknown>'}/${target}%`;
  }
  const specs = list(object, 'spec.metrics');
  const statuses = list(object, 'status.currentMetrics');
  const shown = specs.slice(0, 2).map((spec, index) => formatMetric(spec, statuses[index]));
  if (!shown.length) return '<none>';
  return shown.join(', ') + (specs.length > 2 ? ` + ${specs.length - 2} more...` : '');
};

export const horizontalPodAutoscalers: Column[] = [
  name,
  computed(
    'Reference',
    (object) => `${text(object, 'spec.scaleTargetRef.kind')}/${text(object, 'spec.scaleTargetRef.name')}`,
  ),
  computed('Targets', autoscalerTargets),
  field('MinPods', 'spec.minReplicas', '<unset>'),
  count('MaxPods', 'spec.maxReplicas'),
  count('Replicas', 'status.currentReplicas'),
  age,
];

export const podDisruptionBudgets: Column[] = [
  name,
  field('Min Available', 'spec.minAvailable', 'N/A'),
  field('Max Unavailable', 'spec.maxUnavailable', 'N/A'),
  count('Allowed Disruptions', 'status.disruptionsAllowed'),
  age,
];

export const scales: Column[] = [name, count('Desired', 'spec.replicas'), count('Available', 'status.replicas'), age];
