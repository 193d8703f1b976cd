/** Components "Ingress gateways" and "Egress gateways": proxies at the mesh's edge, each with its Service. */
import { ISTIO } from '../../versions.ts';
import { autoscaler } from './autoscaler.ts';
import { type Component, chartLabels, HUB, type Manifest, NAMESPACE, owned, ownerLabels } from './object.ts';
import type { Profile } from './profiles.ts';
import { namespaced } from './rbac.ts';

interface GatewayPort {
  name: string;
  port: number;
  targetPort: number;
  protocol: string;
}

interface Gateway {
  name: string;
  component: Component;
  istio: string;
  type: 'LoadBalancer' | 'ClusterIP';
  ports: GatewayPort[];
  /** Stem of the secrets that may be mounted: `ingressgateway`. */
  secrets: string;
}

const port = (name: string, number: number, targetPort = number): GatewayPort => ({
  name,
  port: number,
  targetPort,
  protocol: 'TCP',
});
const WEB = [port('http2', 80, 8080), port('https', 443, 8443)];
const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

const environment = (gateway: Gateway) => [
  { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
  { name: 'CA_ADDR', value: `istiod.${NAMESPACE}.svc:15012` },
  field('NODE_NAME', 'spec.nodeName'),
  field('POD_NAME', 'metadata.name'),
  field('POD_NAMESPACE', 'metadata.namespace'),
  field('INSTANCE_IP', 'status.podIP'),
  field('HOST_IP', 'status.hostIP'),
  { name: 'ISTIO_CPU_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
  field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
  { name: 'ISTIO_META_WORKLOAD_NAME', value: gateway.name },
  {
    name: 'ISTIO_META_OWNER',
    value: `kubernetes://apis/apps/v1/namespaces/${NAMESPACE}/deployments/${gateway.name}`,
  },
  { name: 'ISTIO_META_MESH_ID', value: 'cluster.local' },
  { name: 'TRUST_DOMAIN', value: 'cluster.local' },
  { name: 'ISTIO_META_UNPRIVILEGED_POD', value: 'true' },
  { name: 'ISTIO_META_CLUSTER_ID', value: 'Kubernetes' },
  field('ISTIO_META_NODE_NAME', 'spec.nodeName'),
];

const volumes = (gateway: Gateway) => [
  { name: 'workload-socket', emptyDir: {} },
  { name: 'credential-socket', emptyDir: {} },
  { name: 'workload-certs', emptyDir: {} },
  { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } },
  {
    name: 'podinfo',
    downwardAPI: {
      items: [
        { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
        { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
      ],
    },
  },
  { name: 'istio-envoy', emptyDir: {} },
  { name: 'istio-data', emptyDir: {} },
  {
    name: 'istio-token',
    projected: {
      sources: [{ serviceAccountToken: { path: 'istio-token', expirationSeconds: 43200, audience: 'istio-ca' } }],
    },
  },
  { name: 'config-volume', configMap: { name: 'istio', optional: true } },
  ...['certs', 'ca-certs'].map((kind) => ({
    name: `${gateway.secrets}-${kind}`,
    secret: { secretName: `istio-${gateway.secrets}-${kind}`, optional: true },
  })),
];

const mounts = (gateway: Gateway) => [
  { name: 'workload-socket', mountPath: '/var/run/secrets/workload-spiffe-uds' },
  { name: 'credential-socket', mountPath: '/var/run/secrets/credential-uds' },
  { name: 'workload-certs', mountPath: '/var/run/secrets/workload-spiffe-credentials' },
  { name: 'istio-envoy', mountPath: '/etc/istio/proxy' },
  { name: 'config-volume', mountPath: '/etc/istio/config' },
  { name: 'istiod-ca-cert', mountPath: '/var/run/secrets/istio' },
  { name: 'istio-token', mountPath: '/var/run/secrets/tokens', readOnly: true },
  { name: 'istio-data', mountPath: '/var/lib/istio/data' },
  { name: 'podinfo', mountPath: '/etc/istio/pod' },
  ...['certs', 'ca-certs'].map((kind) => ({
    name: `${gateway.secrets}-${kind}`,
    mountPath: `/etc/istio/${gateway.secrets}-${kind}`,
    readOnly: true,
  })),
];

const container = (gateway: Gateway, profile: Profile) => ({
  name: 'istio-proxy',
  image: `${HUB}/proxyv2:${ISTIO}`,
  ports: [
    ...gateway.ports.map(({ targetPort, protocol }) => ({ containerPort: targetPort, protocol })),
    { containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' },
  ],
  args: [
    'proxy',
    'router',
    '--domain',
    '$(POD_NAMESPACE).svc.cluster.local',
    '--proxyLogLevel=warning',
    '--proxyComponentLogLevel=misc:error',
    '--log_output_level=default:info',
  ],
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
  },
  readinessProbe: {
    failureThreshold: 30,
    httpGet: { path: '/healthz/ready', port: 15021, scheme: 'HTTP' },
    initialDelaySeconds: 1,
    periodSeconds: 2,
    successThreshold: 1,
    timeoutSeconds: 1,
  },
  resources: profile.proxyResources,
  env: environment(gateway),
  volumeMounts: mounts(gateway),
});

function manifests(gateway: Gateway, profile: Profile): Manifest[] {
  const selector = { app: gateway.name, istio: gateway.istio };
  const labels = { ...selector, release: 'istio', ...chartLabels(gateway.name, gateway.name) };
  const account = `${gateway.name}-service-account`;
  const metadata = (name: string) => ({ name, namespace: NAMESPACE, labels });
  return owned(gateway.component, [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(account) },
    ...namespaced(
      `${gateway.name}-sds`,
      account,
      [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }],
      labels,
    ),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(gateway.name),
      spec: {
        ...(profile.autoscale ? {} : { replicas: 1 }),
        selector: { matchLabels: selector },
        strategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
        template: {
          metadata: {
            labels: {
              ...labels,
              ...ownerLabels(gateway.component),
              chart: 'gateways',
              heritage: 'Tiller',
              'istio.io/dataplane-mode': 'none',
              'service.istio.io/canonical-name': gateway.name,
              'service.istio.io/canonical-revision': 'latest',
              'sidecar.istio.io/inject': 'false',
            },
            annotations: {
              'istio.io/rev': 'default',
              'prometheus.io/path': '/stats/prometheus',
              'prometheus.io/port': '15020',
              'prometheus.io/scrape': 'true',
              'sidecar.istio.io/inject': 'false',
            },
          },
          spec: {
            securityContext: { runAsGroup: 1337, runAsNonRoot: true, runAsUser: 1337 },
            serviceAccountName: account,
            containers: [container(gateway, profile)],
            volumes: volumes(gateway),
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(gateway.name),
      spec: { type: gateway.type, selector, ports: gateway.ports },
    },
    ...(profile.autoscale ? [autoscaler(gateway.name, labels)] : []),
  ]);
}

export const ingressGateway = (profile: Profile): Manifest[] =>
  manifests(
    {
      name: 'istio-ingressgateway',
      component: 'IngressGateways',
      istio: 'ingressgateway',
      type: 'LoadBalancer',
      secrets: 'ingressgateway',
      ports: [
        port('status-port', 15021),
        ...WEB,
        ...profile.extraIngressPorts.map((extra) => port(extra.name, extra.port)),
      ],
    },
    profile,
  );

export const egressGateway = (profile: Profile): Manifest[] =>
  manifests(
    {
      name: 'istio-egressgateway',
      component: 'EgressGateways',
      istio: 'egressgateway',
      type: 'ClusterIP',
      secrets: 'egressgateway',
      ports: WEB,
    },
    profile,
  );
