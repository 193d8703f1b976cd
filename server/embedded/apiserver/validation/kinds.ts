/** What single kinds ask for beside metadata, and what cannot be changed once it is set. By `group/Kind`. */
import type { KubeObject } from '../../client.ts';
import { type Cause, field } from '../errors.ts';
import { asList, asObject, equalJson, type Json } from '../json.ts';
import { SYSTEM, type UserInfo } from '../request.ts';
import { validateDefinition, validateWebhooks } from './extensions.ts';
import { configKey } from './names.ts';
import { validatePodSpec, validatePodUpdate } from './pods.ts';
import { validateService, validateServiceUpdate } from './services.ts';
import { immutable, validateCronJob, validateJob, validateStatefulSetUpdate, validateWorkload } from './workloads.ts';

type Check = (object: KubeObject) => Cause[];
type UpdateCheck = (object: KubeObject, current: KubeObject, user: UserInfo, subresource?: string) => Cause[];

/** Bytes that all values of a ConfigMap or a Secret may have together. */
const LARGEST = 1024 * 1024;

const data: Check = (object) => {
  const causes: Cause[] = [];
  let size = 0;
  for (const part of ['data', 'binaryData']) {
    for (const [key, value] of Object.entries(asObject(object[part]))) {
      causes.push(...configKey(key).map((why) => field.invalid(`${part}[${key}]`, key, why)));
      size += Buffer.byteLength(String(value));
    }
  }
  if (size > LARGEST) causes.push(field.tooLong('data', LARGEST));
  return causes;
};

const REQUIRED: Record<string, string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

const secret: Check = (object) => [
  ...data(object),
  ...(REQUIRED[String(object.type)] ?? [])
    .filter((key) => asObject(object.data)[key] === undefined)
    .map((key) => field.required(`data[${key}]`)),
];

const rules: Check = (object) =>
  asList(object.rules).flatMap((rule, i) => {
    const path = `rules[${i}]`;
    const list = (key: string) => (rule[key] as string[] | undefined) ?? [];
    const causes: Cause[] = [];
    if (list('verbs').length === 0)
      causes.push(field.required(`${path}.verbs`, 'verbs must contain at least one value'));
    if (list('nonResourceURLs').length > 0) return causes;
    if (list('apiGroups').length === 0) {
      causes.push(field.required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
    }
    if (list('resources').length === 0) {
      causes.push(field.required(`${path}.resources`, 'resource rules must supply at least one resource'));
    }
    return causes;
  });

const binding: Check = (object) => {
  const { kind, name } = asObject(object.roleRef);
  const kinds = object.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  const causes: Cause[] = [];
  if (!kinds.includes(String(kind))) causes.push(field.unsupported('roleRef.kind', kind ?? '', kinds));
  if (!name) causes.push(field.required('roleRef.name'));
  for (const [i, subject] of asList(object.subjects).entries()) {
    if (!subject.name) causes.push(field.required(`subjects[${i}].name`));
    if (subject.kind === 'ServiceAccount' && !subject.namespace && object.kind === 'ClusterRoleBinding') {
      causes.push(field.required(`subjects[${i}].namespace`));
    }
  }
  return causes;
};

const ingress: Check = (object) => {
  const spec = asObject(object.spec);
  const causes: Cause[] = [];
  if (asList(spec.rules).length === 0 && !spec.defaultBackend) {
    causes.push(field.invalid('spec', spec, 'either `defaultBackend` or `rules` must be specified'));
  }
  for (const [i, rule] of asList(spec.rules).entries()) {
    for (const [j, path] of asList(asObject(rule.http).paths).entries()) {
      const at = `spec.rules[${i}].http.paths[${j}]`;
      if (!path.pathType) causes.push(field.required(`${at}.pathType`, 'pathType must be specified'));
      else if (path.pathType !== 'ImplementationSpecific' && !String(path.path ?? '').startsWith('/')) {
        causes.push(field.invalid(`${at}.path`, path.path ?? '', 'must be an absolute path'));
      }
    }
  }
  return causes;
};

const claim: Check = ({ spec: given }) => {
  const spec = asObject(given);
  const causes: Cause[] = [];
  if (!(spec.accessModes as unknown[] | undefined)?.length) {
    causes.push(field.required('spec.accessModes', 'at least 1 access mode is required'));
  }
  if (asObject(asObject(spec.resources).requests).storage === undefined) {
    causes.push(field.required('spec.resources[storage]'));
  }
  return causes;
};

export const KINDS: Readonly<Record<string, Check>> = {
  '/Pod': (object) => validatePodSpec(asObject(object.spec), 'spec'),
  '/Service': validateService,
  '/ConfigMap': data,
  '/Secret': secret,
  '/PersistentVolumeClaim': claim,
  'apps/Deployment': validateWorkload,
  'apps/ReplicaSet': validateWorkload,
  'apps/StatefulSet': validateWorkload,
  'apps/DaemonSet': validateWorkload,
  'batch/Job': validateJob,
  'batch/CronJob': validateCronJob,
  'networking.k8s.io/Ingress': ingress,
  'rbac.authorization.k8s.io/Role': rules,
  'rbac.authorization.k8s.io/ClusterRole': rules,
  'rbac.authorization.k8s.io/RoleBinding': binding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': binding,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': validateWebhooks,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': validateWebhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': validateDefinition,
};

/** An object that its author declared immutable keeps its data. */
const sealed: UpdateCheck = (object, current) => {
  if (current.immutable !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  return ['immutable', 'data', 'binaryData']
    .filter((key) => !equalJson(object[key], current[key]))
    .map((key) => field.forbidden(key, why));
};

const sameRole: UpdateCheck = (object, current) =>
  equalJson(object.roleRef, current.roleRef) ? [] : [field.invalid('roleRef', object.roleRef, 'cannot change roleRef')];

const selectorStays: UpdateCheck = (object, current) => immutable(object, current, ['selector']);

const keptTemplate = (spec: Json) => {
  const { completions, template } = spec;
  return { completions, template };
};

export const IMMUTABLE: Readonly<Record<string, UpdateCheck>> = {
  '/Pod': (object, current, user, subresource) =>
    validatePodUpdate(
      asObject(object.spec),
      asObject(current.spec),
      subresource === 'binding' || user.username === SYSTEM.username,
    ),
  '/Service': validateServiceUpdate,
  '/ConfigMap': sealed,
  '/Secret': (object, current) => [
    ...sealed(object, current, SYSTEM),
    ...(object.type === current.type ? [] : [field.invalid('type', object.type, 'field is immutable')]),
  ],
  'apps/Deployment': selectorStays,
  'apps/ReplicaSet': selectorStays,
  'apps/DaemonSet': selectorStays,
  'apps/StatefulSet': validateStatefulSetUpdate,
  'batch/Job': (object, current) => [
    ...immutable(object, current, ['selector', 'completionMode']),
    ...(equalJson(keptTemplate(asObject(object.spec)), keptTemplate(asObject(current.spec)))
      ? []
      : [field.invalid('spec.template', asObject(object.spec).template, 'field is immutable')]),
  ],
  'rbac.authorization.k8s.io/RoleBinding': sameRole,
  'rbac.authorization.k8s.io/ClusterRoleBinding': sameRole,
};
