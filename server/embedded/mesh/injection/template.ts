/**
 * What Istio's sidecar template adds to a pod: istio-init, istio-proxy and their volumes. Structure, names, order and
 * defaults follow the template `sidecar` of Istio 1.31 (istio-discovery chart, files/injection-template.yaml).
 */
import type { Container, EnvVar, Pod, Probe, ResourceRequirements, Volume } from '../../types.ts';
import type { InjectorSettings, ProxyConfig } from './config.ts';
import { proxyEnvironment } from './environment.ts';
import { proxyVolumeMounts, proxyVolumes } from './volumes.ts';
import { type Workload, workloadOf } from './workload.ts';

export interface Injected {
  initContainers: Container[];
  containers: Container[];
  volumes: Volume[];
  imagePullSecrets: { name: string }[];
}

/** All that the parts of the template read: the pod as it came, the settings, and what follows from both. */
export interface TemplateInput {
  pod: Pod;
  namespace: string;
  settings: InjectorSettings;
  proxyConfig: ProxyConfig;
  workload: Workload;
  /** The application's containers: those that are not istio-proxy. */
  appContainers: Container[];
  statusPort: number;
  nativeSidecar: boolean;
  annotation(name: string, fallback: unknown): string;
}

export function templateInput(
  pod: Pod,
  namespace: string,
  settings: InjectorSettings,
  proxyConfig: ProxyConfig,
): TemplateInput {
  const annotations = pod.metadata.annotations ?? {};
  const annotation = (name: string, fallback: unknown): string => annotations[name] ?? String(fallback ?? '');
  const { proxy } = settings.values.global;
  return {
    pod,
    namespace,
    settings,
    proxyConfig,
    workload: workloadOf(pod, namespace),
    appContainers: pod.spec.containers.filter((container) => container.name !== 'istio-proxy'),
    statusPort: Number(annotation('status.sidecar.istio.io/port', proxy.statusPort ?? 15020)),
    nativeSidecar: annotations['sidecar.istio.io/nativeSidecar'] !== 'false',
    annotation,
  };
}

const interceptionMode = (input: TemplateInput): string =>
  input.annotation('sidecar.istio.io/interceptionMode', input.proxyConfig.interceptionMode ?? 'REDIRECT');

function image(input: TemplateInput, fallback: string | undefined): string {
  const name = input.annotation('sidecar.istio.io/proxyImage', fallback ?? 'proxyv2');
  if (name.includes('/')) return name;
  const { hub, tag, variant } = input.settings.values.global;
  const type = input.annotation('sidecar.istio.io/proxyImageType', input.proxyConfig.image?.imageType ?? variant ?? '');
  return `${hub}/${name}:${tag}${type && type !== 'default' ? `-${type}` : ''}`;
}

function resources(input: TemplateInput): ResourceRequirements {
  const annotations = input.pod.metadata.annotations ?? {};
  const pick = (cpu: string, memory: string): Record<string, string> | undefined => {
    const found: Record<string, string> = {};
    if (annotations[cpu] !== undefined) found.cpu = annotations[cpu];
    if (annotations[memory] !== undefined) found.memory = annotations[memory];
    return Object.keys(found).length ? found : undefined;
  };
  const requests = pick('sidecar.istio.io/proxyCPU', 'sidecar.istio.io/proxyMemory');
  const limits = pick('sidecar.istio.io/proxyCPULimit', 'sidecar.istio.io/proxyMemoryLimit');
  if (!requests && !limits) return structuredClone(input.settings.values.global.proxy.resources ?? {});
  return { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) };
}

const pullPolicy = (input: TemplateInput): Pick<Container, 'imagePullPolicy'> => {
  const policy = input.settings.values.global.imagePullPolicy as Container['imagePullPolicy'] | '' | undefined;
  return policy ? { imagePullPolicy: policy } : {};
};

function initContainer(input: TemplateInput): Container {
  const { proxy, proxy_init: init, logging } = input.settings.values.global;
  const annotations = input.pod.metadata.annotations ?? {};
  const ports = input.annotation('traffic.sidecar.istio.io/excludeInboundPorts', proxy.excludeInboundPorts);
  const excluded = [...ports.split(',').filter(Boolean), String(input.statusPort)].filter((port) => port !== '0');
  const flag = (name: string, letter: string, fallback: unknown): string[] =>
    annotations[name] !== undefined || fallback ? [letter, input.annotation(name, fallback)] : [];
  return {
    name: 'istio-init',
    image: image(input, init?.image),
    ...pullPolicy(input),
    args: [
      'istio-iptables',
      ...['-p', '15001', '-z', '15006', '-u', '1337', '-m', interceptionMode(input)],
      ...['-i', input.annotation('traffic.sidecar.istio.io/includeOutboundIPRanges', proxy.includeIPRanges ?? '*')],
      ...['-x', input.annotation('traffic.sidecar.istio.io/excludeOutboundIPRanges', proxy.excludeIPRanges)],
      ...['-b', input.annotation('traffic.sidecar.istio.io/includeInboundPorts', proxy.includeInboundPorts ?? '*')],
      ...['-d', ['15090', '15021', ...excluded].join(',')],
      ...flag('traffic.sidecar.istio.io/includeOutboundPorts', '-q', proxy.includeOutboundPorts),
      ...flag('traffic.sidecar.istio.io/excludeOutboundPorts', '-o', proxy.excludeOutboundPorts),
      ...flag('istio.io/reroute-virtual-interfaces', '-k', ''),
      ...flag('traffic.sidecar.istio.io/excludeInterfaces', '-c', ''),
      `--log_output_level=${input.annotation('sidecar.istio.io/agentLogLevel', logging?.level ?? 'default:info')}`,
      ...(init?.forceApplyIptables ? ['--force-apply'] : []),
    ],
    resources: resources(input),
    securityContext: {
      allowPrivilegeEscalation: proxy.privileged ?? false,
      privileged: proxy.privileged ?? false,
      capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
      readOnlyRootFilesystem: false,
      runAsGroup: 0,
      runAsNonRoot: false,
      runAsUser: 0,
    },
  };
}

function probes(input: TemplateInput): Pick<Container, 'startupProbe' | 'readinessProbe'> {
  if (input.statusPort === 0) return {};
  const { proxy } = input.settings.values.global;
  const ready: Probe = { httpGet: { path: '/healthz/ready', port: 15021 }, timeoutSeconds: 3 };
  const number = (name: string, fallback: number): number =>
    Number(input.annotation(`readiness.status.sidecar.istio.io/${name}`, fallback));
  return {
    ...(proxy.startupProbe?.enabled
      ? { startupProbe: { ...ready, periodSeconds: 1, failureThreshold: proxy.startupProbe.failureThreshold ?? 600 } }
      : {}),
    readinessProbe: {
      ...ready,
      initialDelaySeconds: number('initialDelaySeconds', proxy.readinessInitialDelaySeconds ?? 0),
      periodSeconds: number('periodSeconds', proxy.readinessPeriodSeconds ?? 15),
      failureThreshold: number('failureThreshold', proxy.readinessFailureThreshold ?? 4),
    },
  };
}

function lifecycle(input: TemplateInput): Pick<Container, 'lifecycle'> {
  const hold =
    input.proxyConfig.holdApplicationUntilProxyStarts ??
    input.settings.values.global.proxy.holdApplicationUntilProxyStarts;
  const run = (...command: string[]) => ({ exec: { command: ['pilot-agent', ...command] } });
  if (input.nativeSidecar)
    return { lifecycle: { preStop: run('request', `--debug-port=${input.statusPort}`, 'POST', 'drain') } };
  return hold ? { lifecycle: { postStart: run('wait') } } : {};
}

function proxyContainer(input: TemplateInput): Container {
  const { proxy, logging, logAsJson } = input.settings.values.global;
  const env: EnvVar[] = proxyEnvironment(input, interceptionMode(input));
  const bindsLowPorts = input.annotation('sidecar.istio.io/capNetBindService', '') === 'true';
  const asRoot = interceptionMode(input) === 'TPROXY' || bindsLowPorts;
  const added = [
    ...(interceptionMode(input) === 'TPROXY' ? ['NET_ADMIN'] : []),
    ...(bindsLowPorts ? ['NET_BIND_SERVICE'] : []),
  ];
  return {
    name: 'istio-proxy',
    image: image(input, proxy.image),
    ...(input.nativeSidecar ? { restartPolicy: 'Always' } : {}),
    ...pullPolicy(input),
    ports: [{ containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' }],
    args: [
      'proxy',
      'sidecar',
      '--domain',
      `$(POD_NAMESPACE).svc.${proxy.clusterDomain ?? 'cluster.local'}`,
      `--proxyLogLevel=${input.annotation('sidecar.istio.io/logLevel', proxy.logLevel ?? 'warning')}`,
      `--proxyComponentLogLevel=${input.annotation('sidecar.istio.io/componentLogLevel', proxy.componentLogLevel ?? 'misc:error')}`,
      `--log_output_level=${input.annotation('sidecar.istio.io/agentLogLevel', logging?.level ?? 'default:info')}`,
      ...(logAsJson ? ['--log_as_json'] : []),
    ],
    ...lifecycle(input),
    env,
    ...probes(input),
    resources: resources(input),
    securityContext: {
      allowPrivilegeEscalation: proxy.privileged ?? false,
      capabilities: { ...(added.length ? { add: added } : {}), drop: ['ALL'] },
      privileged: proxy.privileged ?? false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: !asRoot,
      runAsUser: asRoot ? 0 : 1337,
      runAsGroup: 1337,
    },
    volumeMounts: proxyVolumeMounts(input),
  };
}

/** Without native sidecars (annotation `sidecar.istio.io/nativeSidecar: "false"`) the proxy is an ordinary container. */
export function renderSidecar(input: TemplateInput): Injected {
  const init = interceptionMode(input) === 'NONE' ? [] : [initContainer(input)];
  const proxy = proxyContainer(input);
  return {
    initContainers: input.nativeSidecar ? [...init, proxy] : init,
    containers: input.nativeSidecar ? [] : [proxy],
    volumes: proxyVolumes(input),
    imagePullSecrets: (input.settings.values.global.imagePullSecrets ?? []).map((name) => ({ name })),
  };
}
