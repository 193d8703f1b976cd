/** istiod's two ConfigMaps: `istio` (mesh configuration) and `istio-sidecar-injector` (policy and values). */
import { stringify } from 'yaml';
import { ISTIO } from '../../versions.ts';
import { chartLabels, HUB, type Manifest, NAMESPACE } from './object.ts';
import type { Profile } from './profiles.ts';

const labels = { release: 'istio', ...chartLabels('istiod', 'istiod') };

const meshConfig = (profile: Profile): Record<string, unknown> => ({
  ...profile.meshConfig,
  defaultConfig: { discoveryAddress: `istiod.${NAMESPACE}.svc:15012` },
  defaultProviders: { metrics: ['prometheus'] },
  enablePrometheusMerge: true,
  rootNamespace: NAMESPACE,
  trustDomain: 'cluster.local',
});

/** The chart's default values, narrowed as the chart does to what the injection template reads. */
const injectionValues = (profile: Profile): Record<string, unknown> => ({
  gateways: { seccompProfile: {}, securityContext: {} },
  global: {
    caAddress: '',
    caName: '',
    configCluster: false,
    configValidation: true,
    defaultPodDisruptionBudget: { enabled: true },
    defaultResources: { requests: { cpu: '10m' } },
    externalIstiod: false,
    hub: HUB,
    imagePullPolicy: '',
    imagePullSecrets: [],
    istioNamespace: NAMESPACE,
    istiod: { enableAnalysis: false },
    logAsJson: false,
    logging: { level: 'default:info' },
    meshID: '',
    meshNetworks: {},
    mountMtlsCerts: false,
    multiCluster: { clusterName: '', enabled: false },
    nativeNftables: false,
    network: '',
    networkPolicy: { enabled: false },
    omitSidecarInjectorConfigMap: false,
    operatorManageWebhooks: false,
    pilotCertProvider: 'istiod',
    priorityClassName: '',
    proxy: {
      autoInject: 'enabled',
      clusterDomain: 'cluster.local',
      componentLogLevel: 'misc:error',
      excludeIPRanges: '',
      excludeInboundPorts: '',
      excludeOutboundPorts: '',
      image: 'proxyv2',
      includeIPRanges: '*',
      includeInboundPorts: '*',
      includeOutboundPorts: '',
      logLevel: 'warning',
      outlierLogPath: '',
      privileged: false,
      readinessFailureThreshold: 4,
      readinessInitialDelaySeconds: 0,
      readinessPeriodSeconds: 15,
      resources: profile.proxyResources,
      seccompProfile: {},
      startupProbe: { enabled: true, failureThreshold: 600 },
      statusPort: 15020,
      tracer: 'none',
    },
    proxy_init: { forceApplyIptables: false, image: 'proxyv2' },
    remotePilotAddress: '',
    resourceScope: 'all',
    sds: { token: { aud: 'istio-ca' } },
    sts: { servicePort: 0 },
    tag: ISTIO,
    variant: '',
  },
  pilot: { cni: { enabled: false, provider: 'default' }, env: {} },
  revision: '',
  sidecarInjectorWebhook: {
    alwaysInjectSelector: [],
    defaultTemplates: [],
    enableNamespacesByDefault: false,
    injectedAnnotations: {},
    neverInjectSelector: [],
    reinvocationPolicy: 'Never',
    rewriteAppHTTPProbe: true,
    templates: {},
  },
});

const INJECTION_CONFIG = `# Which template a pod gets that does not name one.
defaultTemplates: [sidecar]
policy: enabled
alwaysInjectSelector: []
neverInjectSelector: []
injectedAnnotations: {}
# A real installation keeps the Go templates of the sidecar under "templates" here. The embedded istiod builds the
# template "sidecar" in its own code from the values beside this key, and refuses pods that ask for another one.
templates: {}
`;

const configMap = (name: string, data: Record<string, string>): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE, labels },
  data,
});

export const configMaps = (profile: Profile): Manifest[] => [
  configMap('istio', { mesh: stringify(meshConfig(profile)), meshNetworks: 'networks: {}' }),
  configMap('istio-sidecar-injector', {
    config: INJECTION_CONFIG,
    values: JSON.stringify(injectionValues(profile), null, 2),
  }),
];
