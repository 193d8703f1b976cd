/** What istiod and the reader may do: roles and bindings of the istio-discovery chart. */
import { ISTIO_GROUPS } from './crds.ts';
import { chartLabels, type Manifest, NAMESPACE } from './object.ts';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];
const ALL = ['get', 'watch', 'list', 'update', 'patch', 'create', 'delete'];

const rule = (apiGroups: readonly string[], resources: string[], verbs: string[]) => ({ apiGroups, resources, verbs });

const ISTIOD_RULES = [
  rule(['admissionregistration.k8s.io'], ['mutatingwebhookconfigurations'], [...READ, 'update', 'patch']),
  rule(['admissionregistration.k8s.io'], ['validatingwebhookconfigurations'], [...READ, 'update']),
  rule(ISTIO_GROUPS, ['*'], READ),
  rule(['networking.istio.io'], ['workloadentries'], ALL),
  rule(['networking.istio.io'], ['workloadentries/status', 'serviceentries/status'], ALL),
  rule(['security.istio.io'], ['authorizationpolicies/status'], ALL),
  rule([''], ['services/status'], ALL),
  rule(['apiextensions.k8s.io'], ['customresourcedefinitions'], READ),
  rule([''], ['pods', 'nodes', 'services', 'namespaces', 'endpoints'], READ),
  rule(['discovery.k8s.io'], ['endpointslices'], READ),
  rule(['networking.k8s.io'], ['ingresses', 'ingressclasses'], READ),
  rule(['networking.k8s.io'], ['ingresses/status'], ['*']),
  rule([''], ['configmaps'], ['create', ...READ, 'update']),
  rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
  rule(['authorization.k8s.io'], ['subjectaccessreviews'], ['create']),
  rule([''], ['secrets'], READ),
];

const GATEWAY_CONTROLLER_RULES = [
  rule(['apps'], ['deployments'], ALL),
  rule(['autoscaling'], ['horizontalpodautoscalers'], ALL),
  rule(['policy'], ['poddisruptionbudgets'], ALL),
  rule([''], ['services'], ALL),
  rule([''], ['serviceaccounts'], ALL),
];

const READER_RULES = [
  rule(ISTIO_GROUPS, ['*'], READ),
  rule(
    [''],
    ['endpoints', 'pods', 'services', 'nodes', 'replicationcontrollers', 'namespaces', 'secrets', 'configmaps'],
    READ,
  ),
  rule(['apiextensions.k8s.io'], ['customresourcedefinitions'], READ),
  rule(['discovery.k8s.io'], ['endpointslices'], READ),
  rule(['apps'], ['replicasets'], READ),
  rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
  rule(['authorization.k8s.io'], ['subjectaccessreviews'], ['create']),
];

const ISTIOD_ROLE_RULES = [
  rule(['networking.istio.io'], ['gateways'], ['create']),
  rule([''], ['secrets'], ['create', ...READ, 'update', 'delete']),
  rule([''], ['configmaps'], ['delete']),
  rule(['coordination.k8s.io'], ['leases'], ['get', 'update', 'patch', 'create']),
];

const labels = (app: string) => ({ app, release: 'istio', ...chartLabels(app, 'istiod') });

function cluster(name: string, app: string, rules: unknown[], account: string): Manifest[] {
  const metadata = { name: `${name}-${NAMESPACE}`, labels: labels(app) };
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: NAMESPACE }],
    },
  ];
}

export function namespaced(name: string, account: string, rules: unknown[], own: Record<string, string>): Manifest[] {
  const metadata = { name, namespace: NAMESPACE, labels: own };
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: NAMESPACE }],
    },
  ];
}

export const istiodRbac = (): Manifest[] => [
  ...cluster('istiod-clusterrole', 'istiod', ISTIOD_RULES, 'istiod'),
  ...cluster('istiod-gateway-controller', 'istiod', GATEWAY_CONTROLLER_RULES, 'istiod'),
  ...cluster('istio-reader-clusterrole', 'istio-reader', READER_RULES, 'istio-reader-service-account'),
  ...namespaced('istiod', 'istiod', ISTIOD_ROLE_RULES, labels('istiod')),
];
