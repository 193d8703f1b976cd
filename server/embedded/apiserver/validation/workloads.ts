/** What the kinds that make pods ask for: a selector that their template matches, a restart policy, whole numbers. */
import type { KubeObject } from '../../client.ts';
import { matchesSelector } from '../../label-selector.ts';
import type { LabelSelector } from '../../types.ts';
import { type Cause, field } from '../errors.ts';
import { asObject, equalJson, type Json } from '../json.ts';
import { validateLabels } from './metadata.ts';
import { validatePodSpec } from './pods.ts';

export const notNegative = (value: unknown, path: string): Cause[] =>
  typeof value === 'number' && value < 0 ? [field.invalid(path, value, 'must be greater than or equal to 0')] : [];

/** `true` where the selector names nothing at all. */
const isEmptySelector = (selector: unknown): boolean => {
  const { matchLabels, matchExpressions } = asObject(selector);
  return (
    Object.keys(asObject(matchLabels)).length === 0 && ((matchExpressions as unknown[] | undefined) ?? []).length === 0
  );
};

export function validateTemplate(spec: Json, path: string, restart: readonly string[]): Cause[] {
  const template = asObject(spec.template);
  const podSpec = asObject(template.spec);
  const labels = asObject(template.metadata).labels as Record<string, string> | undefined;
  const causes = validateLabels(labels, `${path}.template.metadata.labels`);
  causes.push(...validatePodSpec(podSpec, `${path}.template.spec`));
  if (
    !restart.includes(String(podSpec.restartPolicy)) &&
    ['Always', 'OnFailure', 'Never'].includes(String(podSpec.restartPolicy))
  ) {
    causes.push(field.unsupported(`${path}.template.spec.restartPolicy`, podSpec.restartPolicy, restart));
  }
  return causes;
}

/** Deployments, ReplicaSets, StatefulSets and DaemonSets. */
export function validateWorkload({ kind, spec: given }: KubeObject): Cause[] {
  const spec = asObject(given);
  const causes: Cause[] = [];
  const labels = asObject(asObject(asObject(spec.template).metadata).labels) as Record<string, string>;
  if (spec.selector === undefined) causes.push(field.required('spec.selector'));
  else if (isEmptySelector(spec.selector)) {
    causes.push(field.invalid('spec.selector', spec.selector, `empty selector is invalid for ${kind.toLowerCase()}`));
  }
  if (!matchesSelector(spec.selector as LabelSelector | undefined, labels)) {
    causes.push(field.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  for (const key of ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']) {
    causes.push(...notNegative(spec[key], `spec.${key}`));
  }
  return [...causes, ...validateTemplate(spec, 'spec', ['Always']), ...validateStrategy(spec)];
}

function validateStrategy(spec: Json): Cause[] {
  const strategy = asObject(spec.strategy);
  if (spec.strategy === undefined) return [];
  const { type, rollingUpdate } = strategy;
  const types = ['Recreate', 'RollingUpdate'];
  if (!types.includes(String(type))) return [field.unsupported('spec.strategy.type', type, types)];
  if (type === 'Recreate' && rollingUpdate) {
    return [field.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")];
  }
  const { maxUnavailable, maxSurge } = asObject(rollingUpdate);
  const isNone = (value: unknown) => value === 0 || value === '0%';
  if (isNone(maxUnavailable) && isNone(maxSurge)) {
    return [
      field.invalid('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
    ];
  }
  return [];
}

export function validateJob({ spec: given }: KubeObject): Cause[] {
  const spec = asObject(given);
  const causes = ['completions', 'parallelism', 'backoffLimit', 'ttlSecondsAfterFinished'].flatMap((key) =>
    notNegative(spec[key], `spec.${key}`),
  );
  const policy = asObject(asObject(spec.template).spec).restartPolicy;
  if (policy === 'Always') {
    causes.push(field.required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"'));
  }
  return [...causes, ...validateTemplate(spec, 'spec', ['OnFailure', 'Never', 'Always'])];
}

export function validateCronJob({ spec: given }: KubeObject): Cause[] {
  const spec = asObject(given);
  const causes: Cause[] = [];
  if (!spec.schedule) causes.push(field.required('spec.schedule'));
  else if (!/^(@\w+( \S+)?|(\S+\s+){4}\S+)$/.test(String(spec.schedule).trim())) {
    const count = String(spec.schedule).trim().split(/\s+/).length;
    const why = `expected exactly 5 fields, found ${count}: [${String(spec.schedule).trim()}]`;
    causes.push(field.invalid('spec.schedule', spec.schedule, why));
  }
  const jobSpec = asObject(asObject(spec.jobTemplate).spec);
  return [...causes, ...validateTemplate(jobSpec, 'spec.jobTemplate.spec', ['OnFailure', 'Never'])];
}

/** A cause for each of the spec's fields that changed though it must not. */
export const immutable = (object: KubeObject, current: KubeObject, keys: string[]): Cause[] =>
  keys
    .filter((key) => !equalJson(asObject(object.spec)[key], asObject(current.spec)[key]))
    .map((key) => field.invalid(`spec.${key}`, asObject(object.spec)[key], 'field is immutable'));

const STATEFUL_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

export function validateStatefulSetUpdate(object: KubeObject, current: KubeObject): Cause[] {
  const fixed = (o: KubeObject) =>
    Object.fromEntries(Object.entries(asObject(o.spec)).filter(([key]) => !STATEFUL_MUTABLE.includes(key)));
  if (equalJson(fixed(object), fixed(current))) return [];
  return [
    field.forbidden(
      'spec',
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
}
