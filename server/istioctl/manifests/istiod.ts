/** Component "Istiod": the control plane's Deployment and Service, its configuration, rights and webhook. */
import { ISTIO } from '../../versions.ts';
import { autoscaler } from './autoscaler.ts';
import { configMaps } from './configmaps.ts';
import { chartLabels, HUB, type Manifest, NAMESPACE, owned, ownerLabels } from './object.ts';
import type { Profile } from './profiles.ts';
import { istiodRbac } from './rbac.ts';
import { injectorWebhook } from './webhook.ts';

const labels = { app: 'istiod', istio: 'pilot', release: 'istio', ...chartLabels('istiod', 'istiod') };
const podLabels = {
  ...labels,
  ...ownerLabels('Pilot'),
  'istio.io/dataplane-mode': 'none',
  'sidecar.istio.io/inject': 'false',
};
const port = (containerPort: number, name: string) => ({ containerPort, name, protocol: 'TCP' });
const fromField = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

const optionalSecret = (name: string, secretName: string) => ({ name, secret: { secretName, optional: true } });

const container = (profile: Profile) => ({
  name: 'discovery',
  image: `${HUB}/pilot:${ISTIO}`,
  args: [
    'discovery',
    '--monitoringAddr=:15014',
    '--log_output_level=default:info',
    '--domain',
    'cluster.local',
    '--keepaliveMaxServerConnectionAge',
    '30m',
  ],
  ports: [
    port(8080, 'http-debug'),
    port(15010, 'grpc-xds'),
    port(15012, 'tls-xds'),
    port(15017, 'https-webhooks'),
    port(15014, 'http-monitoring'),
  ],
  readinessProbe: {
    httpGet: { path: '/ready', port: 8080 },
    initialDelaySeconds: 1,
    periodSeconds: 3,
    timeoutSeconds: 5,
  },
  env: [
    { name: 'REVISION', value: 'default' },
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    fromField('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    { name: 'KUBECONFIG', value: '/var/run/secrets/remote/config' },
    { name: 'CA_TRUSTED_NODE_ACCOUNTS', value: `${NAMESPACE}/ztunnel` },
    { name: 'PILOT_TRACE_SAMPLING', value: String(profile.traceSampling) },
    { name: 'PILOT_ENABLE_ANALYSIS', value: 'false' },
    { name: 'CLUSTER_ID', value: 'Kubernetes' },
    { name: 'PLATFORM', value: '' },
  ],
  resources: { requests: profile.istiodRequests },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
  },
  volumeMounts: [
    { name: 'istio-token', mountPath: '/var/run/secrets/tokens', readOnly: true },
    { name: 'local-certs', mountPath: '/var/run/secrets/istio-dns' },
    { name: 'cacerts', mountPath: '/etc/cacerts', readOnly: true },
    { name: 'istio-kubeconfig', mountPath: '/var/run/secrets/remote', readOnly: true },
    { name: 'istio-csr-dns-cert', mountPath: '/var/run/secrets/istiod/tls', readOnly: true },
    { name: 'istio-csr-ca-configmap', mountPath: '/var/run/secrets/istiod/ca', readOnly: true },
  ],
});

const volumes = [
  { name: 'local-certs', emptyDir: { medium: 'Memory' } },
  {
    name: 'istio-token',
    projected: {
      sources: [{ serviceAccountToken: { audience: 'istio-ca', expirationSeconds: 43200, path: 'istio-token' } }],
    },
  },
  optionalSecret('cacerts', 'cacerts'),
  optionalSecret('istio-kubeconfig', 'istio-kubeconfig'),
  optionalSecret('istio-csr-dns-cert', 'istiod-tls'),
  { name: 'istio-csr-ca-configmap', configMap: { name: 'istio-ca-root-cert', defaultMode: 420, optional: true } },
];

const deployment = (profile: Profile): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'istiod', namespace: NAMESPACE, labels },
  spec: {
    ...(profile.autoscale ? {} : { replicas: 1 }),
    strategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
    selector: { matchLabels: { istio: 'pilot' } },
    template: {
      metadata: {
        labels: podLabels,
        annotations: {
          'prometheus.io/port': '15014',
          'prometheus.io/scrape': 'true',
          'sidecar.istio.io/inject': 'false',
        },
      },
      spec: {
        serviceAccountName: 'istiod',
        tolerations: [{ key: 'cni.istio.io/not-ready', operator: 'Exists' }],
        containers: [container(profile)],
        volumes,
      },
    },
  },
});

const service: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'istiod', namespace: NAMESPACE, labels },
  spec: {
    ports: [
      { name: 'grpc-xds', port: 15010, protocol: 'TCP' },
      { name: 'https-dns', port: 15012, protocol: 'TCP' },
      { name: 'https-webhook', port: 443, targetPort: 15017, protocol: 'TCP' },
      { name: 'http-monitoring', port: 15014, protocol: 'TCP' },
    ],
    selector: { app: 'istiod', istio: 'pilot' },
  },
};

export const istiod = (profile: Profile): Manifest[] =>
  owned('Pilot', [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'istiod', namespace: NAMESPACE, labels } },
    ...istiodRbac(),
    ...configMaps(profile),
    injectorWebhook(),
    deployment(profile),
    service,
    ...(profile.autoscale ? [autoscaler('istiod', labels)] : []),
  ]);
