/** The built-in resources of Kubernetes 1.35 that the API server serves: names, short names, verbs, subresources. Data only. */
import type { ResourceInfo } from '../resource.ts';
import { typeOfKind } from './types.ts';

type Entry = Partial<
  Pick<ResourceInfo, 'shortNames' | 'categories' | 'namespaced' | 'verbs' | 'subresources' | 'singular'>
> & { resource: string; kind: string };

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const createOnly = ['create'];
const all = ['all'];
const apiExtensions = ['api-extensions'];
const cluster = { namespaced: false };
const status = { subresources: ['status'] };
const scaleAndStatus = { subresources: ['scale', 'status'] };

/**
 * Group and version to resources, in the order in which a Kubernetes API server announces its groups; within a group,
 * by name. `kubectl get all` prints in this order.
 */
const groups: Record<string, Entry[]> = {
  v1: [
    { resource: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'] },
    { resource: 'endpoints', kind: 'Endpoints', shortNames: ['ep'], singular: 'endpoints' },
    { resource: 'events', kind: 'Event', shortNames: ['ev'] },
    { resource: 'limitranges', kind: 'LimitRange', shortNames: ['limits'] },
    {
      resource: 'namespaces',
      kind: 'Namespace',
      shortNames: ['ns'],
      ...cluster,
      verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
      subresources: ['finalize', 'status'],
    },
    { resource: 'nodes', kind: 'Node', shortNames: ['no'], ...cluster, subresources: ['proxy', 'status'] },
    { resource: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim', shortNames: ['pvc'], ...status },
    { resource: 'persistentvolumes', kind: 'PersistentVolume', shortNames: ['pv'], ...cluster, ...status },
    {
      resource: 'pods',
      kind: 'Pod',
      shortNames: ['po'],
      categories: all,
      subresources: [
        'attach',
        'binding',
        'ephemeralcontainers',
        'eviction',
        'exec',
        'log',
        'portforward',
        'proxy',
        'resize',
        'status',
      ],
    },
    { resource: 'podtemplates', kind: 'PodTemplate' },
    {
      resource: 'replicationcontrollers',
      kind: 'ReplicationController',
      shortNames: ['rc'],
      categories: all,
      ...scaleAndStatus,
    },
    { resource: 'resourcequotas', kind: 'ResourceQuota', shortNames: ['quota'], ...status },
    { resource: 'secrets', kind: 'Secret' },
    { resource: 'serviceaccounts', kind: 'ServiceAccount', shortNames: ['sa'], subresources: ['token'] },
    {
      resource: 'services',
      kind: 'Service',
      shortNames: ['svc'],
      categories: all,
      subresources: ['proxy', 'status'],
    },
  ],
  'apps/v1': [
    { resource: 'controllerrevisions', kind: 'ControllerRevision' },
    { resource: 'daemonsets', kind: 'DaemonSet', shortNames: ['ds'], categories: all, ...status },
    { resource: 'deployments', kind: 'Deployment', shortNames: ['deploy'], categories: all, ...scaleAndStatus },
    { resource: 'replicasets', kind: 'ReplicaSet', shortNames: ['rs'], categories: all, ...scaleAndStatus },
    { resource: 'statefulsets', kind: 'StatefulSet', shortNames: ['sts'], categories: all, ...scaleAndStatus },
  ],
  'events.k8s.io/v1': [{ resource: 'events', kind: 'Event', shortNames: ['ev'] }],
  'authentication.k8s.io/v1': [
    { resource: 'selfsubjectreviews', kind: 'SelfSubjectReview', ...cluster, verbs: createOnly },
    { resource: 'tokenreviews', kind: 'TokenReview', ...cluster, verbs: createOnly },
  ],
  'authorization.k8s.io/v1': [
    { resource: 'localsubjectaccessreviews', kind: 'LocalSubjectAccessReview', verbs: createOnly },
    { resource: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview', ...cluster, verbs: createOnly },
    { resource: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview', ...cluster, verbs: createOnly },
    { resource: 'subjectaccessreviews', kind: 'SubjectAccessReview', ...cluster, verbs: createOnly },
  ],
  'autoscaling/v2': [
    {
      resource: 'horizontalpodautoscalers',
      kind: 'HorizontalPodAutoscaler',
      shortNames: ['hpa'],
      categories: all,
      ...status,
    },
  ],
  'autoscaling/v1': [
    {
      resource: 'horizontalpodautoscalers',
      kind: 'HorizontalPodAutoscaler',
      shortNames: ['hpa'],
      categories: all,
      ...status,
    },
  ],
  'batch/v1': [
    { resource: 'cronjobs', kind: 'CronJob', shortNames: ['cj'], categories: all, ...status },
    { resource: 'jobs', kind: 'Job', categories: all, ...status },
  ],
  'certificates.k8s.io/v1': [
    {
      resource: 'certificatesigningrequests',
      kind: 'CertificateSigningRequest',
      shortNames: ['csr'],
      ...cluster,
      subresources: ['approval', 'status'],
    },
  ],
  'networking.k8s.io/v1': [
    { resource: 'ingressclasses', kind: 'IngressClass', ...cluster },
    { resource: 'ingresses', kind: 'Ingress', shortNames: ['ing'], ...status },
    { resource: 'ipaddresses', kind: 'IPAddress', shortNames: ['ip'], ...cluster },
    { resource: 'networkpolicies', kind: 'NetworkPolicy', shortNames: ['netpol'] },
    { resource: 'servicecidrs', kind: 'ServiceCIDR', ...cluster, ...status },
  ],
  'policy/v1': [{ resource: 'poddisruptionbudgets', kind: 'PodDisruptionBudget', shortNames: ['pdb'], ...status }],
  'rbac.authorization.k8s.io/v1': [
    { resource: 'clusterrolebindings', kind: 'ClusterRoleBinding', ...cluster },
    { resource: 'clusterroles', kind: 'ClusterRole', ...cluster },
    { resource: 'rolebindings', kind: 'RoleBinding' },
    { resource: 'roles', kind: 'Role' },
  ],
  'storage.k8s.io/v1': [
    { resource: 'csidrivers', kind: 'CSIDriver', ...cluster },
    { resource: 'csinodes', kind: 'CSINode', ...cluster },
    { resource: 'csistoragecapacities', kind: 'CSIStorageCapacity' },
    { resource: 'storageclasses', kind: 'StorageClass', shortNames: ['sc'], ...cluster },
    { resource: 'volumeattachments', kind: 'VolumeAttachment', ...cluster, ...status },
    { resource: 'volumeattributesclasses', kind: 'VolumeAttributesClass', shortNames: ['vac'], ...cluster },
  ],
  'admissionregistration.k8s.io/v1': [
    {
      resource: 'mutatingwebhookconfigurations',
      kind: 'MutatingWebhookConfiguration',
      ...cluster,
      categories: apiExtensions,
    },
    {
      resource: 'validatingadmissionpolicies',
      kind: 'ValidatingAdmissionPolicy',
      ...cluster,
      categories: apiExtensions,
      ...status,
    },
    {
      resource: 'validatingadmissionpolicybindings',
      kind: 'ValidatingAdmissionPolicyBinding',
      ...cluster,
      categories: apiExtensions,
    },
    {
      resource: 'validatingwebhookconfigurations',
      kind: 'ValidatingWebhookConfiguration',
      ...cluster,
      categories: apiExtensions,
    },
  ],
  'apiextensions.k8s.io/v1': [
    {
      resource: 'customresourcedefinitions',
      kind: 'CustomResourceDefinition',
      shortNames: ['crd', 'crds'],
      ...cluster,
      categories: apiExtensions,
      ...status,
    },
  ],
  'scheduling.k8s.io/v1': [{ resource: 'priorityclasses', kind: 'PriorityClass', shortNames: ['pc'], ...cluster }],
  'coordination.k8s.io/v1': [{ resource: 'leases', kind: 'Lease' }],
  'node.k8s.io/v1': [{ resource: 'runtimeclasses', kind: 'RuntimeClass', ...cluster }],
  'discovery.k8s.io/v1': [{ resource: 'endpointslices', kind: 'EndpointSlice' }],
};

const complete = (apiVersion: string, entry: Entry): ResourceInfo => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return {
    group: group!,
    version: version!,
    singular: entry.kind.toLowerCase(),
    listKind: `${entry.kind}List`,
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: allVerbs,
    subresources: [],
    type: typeOfKind(group!, version!, entry.kind),
    ...entry,
  };
};

export const builtinResources: ResourceInfo[] = Object.entries(groups).flatMap(([apiVersion, entries]) =>
  entries.map((entry) => complete(apiVersion, entry)),
);
