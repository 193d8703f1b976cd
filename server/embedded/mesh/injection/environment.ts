/** The environment that the sidecar template gives to istio-proxy, in the template's order. */
import type { EnvVar } from '../../types.ts';
import type { ProxyConfig } from './config.ts';
import type { TemplateInput } from './template.ts';
import { ownerUrl } from './workload.ts';

const value = (name: string, text: string): EnvVar => ({ name, value: text });
const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const limit = (name: string, resource: string): EnvVar => ({
  name,
  valueFrom: { resourceFieldRef: { resource, divisor: '1' } },
});

/** Fields of the mesh's own default configuration that PROXY_CONFIG leaves out where they have their default. */
const DEFAULTS: Partial<ProxyConfig> = {
  discoveryAddress: 'istiod.istio-system.svc:15012',
  statusPort: 15020,
  interceptionMode: 'REDIRECT',
};

/** PROXY_CONFIG: what differs from Istio's defaults, as JSON on one line with a line break, as the template writes it. */
function proxyConfigText(config: ProxyConfig): string {
  const changed = Object.entries(config).filter(([key, set]) => DEFAULTS[key] !== set);
  return `${JSON.stringify(Object.fromEntries(changed))}\n`;
}

function podPorts({ appContainers }: TemplateInput): string {
  const ports = appContainers.flatMap((container) => container.ports ?? []);
  const lines = ports.map((port, index) => `\n    ${index ? ',' : ''}${JSON.stringify(port)}`);
  return `[${lines.join('')}\n]`;
}

/** `interceptionMode` is the pod's, annotation included. */
export function proxyEnvironment(input: TemplateInput, interceptionMode: string): EnvVar[] {
  const { settings, workload, proxyConfig, pod } = input;
  const { global } = settings.values;
  const revision = settings.values.revision ? `-${settings.values.revision}` : '';
  const trustDomain = settings.mesh.trustDomain ?? global.trustDomain;
  const name = pod.metadata.labels?.['service.istio.io/workload-name'] ?? workload.name;
  const meshID = global.meshID || trustDomain;
  return [
    value('PILOT_CERT_PROVIDER', global.pilotCertProvider ?? 'istiod'),
    value('CA_ADDR', global.caAddress || `istiod${revision}.${global.istioNamespace}.svc:15012`),
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('INSTANCE_IP', 'status.podIP'),
    field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    field('HOST_IP', 'status.hostIP'),
    limit('ISTIO_CPU_LIMIT', 'limits.cpu'),
    value('PROXY_CONFIG', proxyConfigText(proxyConfig)),
    value('ISTIO_META_POD_PORTS', podPorts(input)),
    value('ISTIO_META_APP_CONTAINERS', input.appContainers.map((container) => container.name).join(',')),
    limit('GOMEMLIMIT', 'limits.memory'),
    value('ISTIO_META_CLUSTER_ID', global.multiCluster?.clusterName || 'Kubernetes'),
    field('ISTIO_META_NODE_NAME', 'spec.nodeName'),
    value('ISTIO_META_INTERCEPTION_MODE', interceptionMode),
    ...(global.network ? [value('ISTIO_META_NETWORK', global.network)] : []),
    ...(name ? [value('ISTIO_META_WORKLOAD_NAME', name)] : []),
    ...(workload.name ? [value('ISTIO_META_OWNER', ownerUrl(workload))] : []),
    ...(meshID ? [value('ISTIO_META_MESH_ID', meshID)] : []),
    ...(trustDomain ? [value('TRUST_DOMAIN', trustDomain)] : []),
    ...Object.entries(proxyConfig.proxyMetadata ?? {}).map(([key, text]) => value(key, text)),
  ];
}
