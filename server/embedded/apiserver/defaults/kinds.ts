/** Defaults of the built-in kinds, one function each; those of a pod's spec are in ./pods.ts. */
import type { KubeObject } from '../../client.ts';
import { asList, asObject, type Json, objectAt } from '../json.ts';
import { defaultPodSpec, fill } from './pods.ts';

type Default = (object: KubeObject, spec: Json) => void;

/** The template's labels are what the selector of these kinds is checked against. */
function workload(_object: KubeObject, spec: Json): void {
  const template = objectAt(spec, 'template');
  objectAt(template, 'metadata');
  defaultPodSpec(objectAt(template, 'spec'));
}

const rollingUpdate = (strategy: Json, values: Json) => {
  fill(strategy, 'type', 'RollingUpdate');
  if (strategy.type !== 'RollingUpdate') return;
  const rolling = objectAt(strategy, 'rollingUpdate');
  for (const [key, value] of Object.entries(values)) fill(rolling, key, value);
};

function service(_object: KubeObject, spec: Json): void {
  fill(spec, 'type', 'ClusterIP');
  fill(spec, 'sessionAffinity', 'None');
  if (spec.sessionAffinity === 'ClientIP') {
    fill(objectAt(objectAt(spec, 'sessionAffinityConfig'), 'clientIP'), 'timeoutSeconds', 10800);
  }
  for (const port of asList(spec.ports)) {
    fill(port, 'protocol', 'TCP');
    fill(port, 'targetPort', port.port);
  }
  if (spec.type !== 'ExternalName') {
    fill(spec, 'internalTrafficPolicy', 'Cluster');
    fill(spec, 'ipFamilyPolicy', 'SingleStack');
    fill(spec, 'ipFamilies', ['IPv4']);
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') fill(spec, 'externalTrafficPolicy', 'Cluster');
  if (spec.type === 'LoadBalancer') fill(spec, 'allocateLoadBalancerNodePorts', true);
}

/** `stringData` is a way to write `data`, and is not kept. */
function secret(object: KubeObject): void {
  fill(object as unknown as Json, 'type', 'Opaque');
  for (const [key, text] of Object.entries(asObject(object.stringData))) {
    objectAt(object as unknown as Json, 'data')[key] = Buffer.from(String(text)).toString('base64');
  }
  delete object.stringData;
}

function networkPolicy(_object: KubeObject, spec: Json): void {
  fill(spec, 'policyTypes', ['Ingress', ...(spec.egress === undefined ? [] : ['Egress'])]);
  for (const rule of [...asList(spec.ingress), ...asList(spec.egress)]) {
    for (const port of asList(rule.ports)) fill(port, 'protocol', 'TCP');
  }
}

const slicePorts: Default = (object) => {
  for (const port of asList(object.ports)) {
    fill(port, 'name', '');
    fill(port, 'protocol', 'TCP');
  }
};

const endpointPorts: Default = (object) => {
  for (const subset of asList(object.subsets)) for (const port of asList(subset.ports)) fill(port, 'protocol', 'TCP');
};

const storageClass: Default = (object) => {
  fill(object as unknown as Json, 'reclaimPolicy', 'Delete');
  fill(object as unknown as Json, 'volumeBindingMode', 'Immediate');
};

const autoscaler: Default = (object, spec) => {
  fill(spec, 'minReplicas', 1);
  if (object.apiVersion !== 'autoscaling/v2') return;
  const target = { type: 'Utilization', averageUtilization: 80 };
  fill(spec, 'metrics', [{ type: 'Resource', resource: { name: 'cpu', target } }]);
};

function job(_object: KubeObject, spec: Json): void {
  fill(spec, 'completionMode', 'NonIndexed');
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  fill(spec, 'parallelism', 1);
  fill(spec, 'backoffLimit', 6);
  fill(spec, 'suspend', false);
  fill(spec, 'podReplacementPolicy', 'TerminatingOrFailed');
  workload(_object, spec);
}

function webhooks(object: KubeObject): void {
  for (const webhook of asList(object.webhooks)) {
    fill(webhook, 'failurePolicy', 'Fail');
    fill(webhook, 'matchPolicy', 'Equivalent');
    fill(webhook, 'namespaceSelector', {});
    fill(webhook, 'objectSelector', {});
    fill(webhook, 'timeoutSeconds', 10);
    if (object.kind === 'MutatingWebhookConfiguration') fill(webhook, 'reinvocationPolicy', 'Never');
    for (const rule of asList(webhook.rules)) fill(rule, 'scope', '*');
    const target = asObject(webhook.clientConfig).service as Json | undefined;
    if (target) fill(target, 'port', 443);
  }
}

function definition(_object: KubeObject, spec: Json): void {
  const names = objectAt(spec, 'names');
  fill(names, 'listKind', `${String(names.kind)}List`);
  fill(names, 'singular', String(names.kind).toLowerCase());
  fill(spec, 'conversion', { strategy: 'None' });
}

const subjects: Default = (object) => {
  fill(objectAt(object as unknown as Json, 'roleRef'), 'apiGroup', 'rbac.authorization.k8s.io');
  for (const subject of asList(object.subjects)) {
    if (subject.kind === 'User' || subject.kind === 'Group') fill(subject, 'apiGroup', 'rbac.authorization.k8s.io');
  }
};

/** By `group/Kind`. A function may change the object; `spec` is its spec, made where it was missing. */
export const DEFAULTS: Readonly<Record<string, Default>> = {
  '/Pod': (_object, spec) => {
    defaultPodSpec(spec);
    fill(spec, 'enableServiceLinks', true);
  },
  '/Service': service,
  '/Secret': secret,
  '/PersistentVolumeClaim': (_object, spec) => fill(spec, 'volumeMode', 'Filesystem'),
  '/ReplicationController': (object, spec) => {
    fill(spec, 'replicas', 1);
    workload(object, spec);
  },
  '/Endpoints': endpointPorts,
  'discovery.k8s.io/EndpointSlice': slicePorts,
  'storage.k8s.io/StorageClass': storageClass,
  'autoscaling/HorizontalPodAutoscaler': autoscaler,
  'networking.k8s.io/NetworkPolicy': networkPolicy,
  'apps/Deployment': (object, spec) => {
    fill(spec, 'replicas', 1);
    fill(spec, 'revisionHistoryLimit', 10);
    fill(spec, 'progressDeadlineSeconds', 600);
    rollingUpdate(objectAt(spec, 'strategy'), { maxUnavailable: '25%', maxSurge: '25%' });
    workload(object, spec);
  },
  'apps/ReplicaSet': (object, spec) => {
    fill(spec, 'replicas', 1);
    workload(object, spec);
  },
  'apps/StatefulSet': (object, spec) => {
    fill(spec, 'replicas', 1);
    fill(spec, 'revisionHistoryLimit', 10);
    fill(spec, 'podManagementPolicy', 'OrderedReady');
    fill(spec, 'persistentVolumeClaimRetentionPolicy', { whenDeleted: 'Retain', whenScaled: 'Retain' });
    rollingUpdate(objectAt(spec, 'updateStrategy'), { partition: 0 });
    workload(object, spec);
  },
  'apps/DaemonSet': (object, spec) => {
    fill(spec, 'revisionHistoryLimit', 10);
    rollingUpdate(objectAt(spec, 'updateStrategy'), { maxUnavailable: 1, maxSurge: 0 });
    workload(object, spec);
  },
  'batch/Job': job,
  'batch/CronJob': (object, spec) => {
    fill(spec, 'concurrencyPolicy', 'Allow');
    fill(spec, 'suspend', false);
    fill(spec, 'successfulJobsHistoryLimit', 3);
    fill(spec, 'failedJobsHistoryLimit', 1);
    // The jobs themselves get a Job's defaults when they are made.
    workload(object, objectAt(objectAt(spec, 'jobTemplate'), 'spec'));
  },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  'rbac.authorization.k8s.io/ClusterRoleBinding': subjects,
  'rbac.authorization.k8s.io/RoleBinding': subjects,
};

/** Kinds that have no spec of their own: none is made for them. */
export const SPECLESS = new Set([
  '/Secret',
  '/Endpoints',
  'discovery.k8s.io/EndpointSlice',
  'storage.k8s.io/StorageClass',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/RoleBinding',
]);
