import { applyPatch } from 'rfc6902';
import { describe, expect, it } from 'vitest';
import { configMaps } from '../../../istioctl/manifests/configmaps.ts';
import { PROFILES } from '../../../istioctl/manifests/profiles.ts';
import type { Container, Pod } from '../../types.ts';
import { readInjectorSettings } from './config.ts';
import { injectedPod, injectionPatch } from './inject.ts';

const [mesh, injector] = configMaps(PROFILES.demo!).map((map) => map.data as Record<string, string>);
const settings = readInjectorSettings(injector, mesh, 'default');

const web = (change: Partial<Pod['metadata']> = {}, spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: '',
    generateName: 'web-5d4f8c7b9-',
    labels: { app: 'web', version: 'v1', 'pod-template-hash': '5d4f8c7b9' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f8c7b9', uid: 'u', controller: true }],
    ...change,
  },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'nicholasjackson/fake-service:v0.26.2',
        ports: [{ name: 'http', containerPort: 9090, protocol: 'TCP' }],
        readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' }, timeoutSeconds: 1 },
      },
    ],
    volumes: [{ name: 'kube-api-access-x', projected: {} }],
    ...spec,
  },
});

const inject = (pod: Pod): Pod => injectedPod(pod, 'ucontas-app', settings);
const proxyOf = (pod: Pod): Container =>
  [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(({ name }) => name === 'istio-proxy')!;
const env = (pod: Pod, name: string): string | undefined =>
  proxyOf(pod).env?.find((variable) => variable.name === name)?.value;

describe('injectedPod', () => {
  it('adds istio-init and a native sidecar before the pod’s own init containers', () => {
    const pod = inject(web({}, { initContainers: [{ name: 'setup', image: 'busybox' }] }));
    expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['istio-init', 'istio-proxy', 'setup']);
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(['web']);
    expect(proxyOf(pod)).toMatchObject({
      image: 'registry.istio.io/release/proxyv2:1.31.0',
      restartPolicy: 'Always',
      ports: [{ containerPort: 15090, name: 'http-envoy-prom' }],
      startupProbe: { httpGet: { path: '/healthz/ready', port: 15021 }, failureThreshold: 600 },
      readinessProbe: { httpGet: { path: '/healthz/ready', port: 15021 }, periodSeconds: 15 },
      resources: { requests: { cpu: '10m', memory: '40Mi' } },
      securityContext: { runAsUser: 1337, runAsNonRoot: true, readOnlyRootFilesystem: true },
    });
  });

  it('gives istio-init the ports and users of the iptables rules', () => {
    const [init] = inject(web()).spec.initContainers!;
    expect(init!.args?.join(' ')).toBe(
      'istio-iptables -p 15001 -z 15006 -u 1337 -m REDIRECT -i * -x  -b * -d 15090,15021,15020 --log_output_level=default:info',
    );
  });

  it('labels and annotates the pod', () => {
    const { labels, annotations } = inject(web()).metadata;
    expect(labels).toMatchObject({
      'security.istio.io/tlsMode': 'istio',
      'service.istio.io/canonical-name': 'web',
      'service.istio.io/canonical-revision': 'v1',
    });
    expect(annotations).toMatchObject({
      'istio.io/rev': 'default',
      'kubectl.kubernetes.io/default-container': 'web',
      'kubectl.kubernetes.io/default-logs-container': 'web',
      'prometheus.io/path': '/stats/prometheus',
      'prometheus.io/port': '15020',
      'prometheus.io/scrape': 'true',
    });
    expect(JSON.parse(annotations!['sidecar.istio.io/status']!)).toEqual({
      initContainers: ['istio-init', 'istio-proxy'],
      containers: null,
      volumes: [
        'workload-socket',
        'credential-socket',
        'workload-certs',
        'istio-envoy',
        'istio-data',
        'istio-podinfo',
        'istio-token',
        'istiod-ca-cert',
        'istio-ca-crl',
      ],
      imagePullSecrets: null,
      revision: 'default',
    });
  });

  it('tells the proxy which workload it serves', () => {
    const pod = inject(web());
    expect(env(pod, 'ISTIO_META_WORKLOAD_NAME')).toBe('web');
    expect(env(pod, 'ISTIO_META_OWNER')).toBe('kubernetes://apis/apps/v1/namespaces/ucontas-app/deployments/web');
    expect(env(pod, 'ISTIO_META_POD_PORTS')).toBe('[\n    {"name":"http","containerPort":9090,"protocol":"TCP"}\n]');
    expect(env(pod, 'CA_ADDR')).toBe('istiod.istio-system.svc:15012');
    expect(env(pod, 'PROXY_CONFIG')).toBe('{}\n');
    expect(env(pod, 'TRUST_DOMAIN')).toBe('cluster.local');
  });

  it('sends the kubelet’s probes through the agent', () => {
    const pod = inject(web());
    expect(pod.spec.containers[0]!.readinessProbe).toEqual({
      httpGet: { path: '/app-health/web/readyz', port: 15020, scheme: 'HTTP' },
      timeoutSeconds: 1,
    });
    expect(JSON.parse(env(pod, 'ISTIO_KUBE_APP_PROBERS')!)).toEqual({
      '/app-health/web/readyz': { httpGet: { path: '/ready', port: 9090, scheme: 'HTTP' }, timeoutSeconds: 1 },
    });
  });

  it('leaves the probes alone when told to', () => {
    const pod = inject(web({ annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' } }));
    expect(pod.spec.containers[0]!.readinessProbe?.httpGet?.port).toBe('http');
    expect(env(pod, 'ISTIO_KUBE_APP_PROBERS')).toBeUndefined();
  });

  it('takes the pod’s own prometheus annotations to the agent', () => {
    const pod = inject(web({ annotations: { 'prometheus.io/port': '9102', 'prometheus.io/scrape': 'true' } }));
    expect(pod.metadata.annotations).toMatchObject({ 'prometheus.io/port': '15020' });
    expect(JSON.parse(env(pod, 'ISTIO_PROMETHEUS_ANNOTATIONS')!)).toEqual({ port: '9102', scrape: 'true' });
  });

  it('puts the proxy last among the containers without native sidecars', () => {
    const pod = inject(web({ annotations: { 'sidecar.istio.io/nativeSidecar': 'false' } }));
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(['web', 'istio-proxy']);
    expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['istio-init']);
    expect(proxyOf(pod).restartPolicy).toBeUndefined();
  });

  it('lets annotations set the proxy’s resources and configuration', () => {
    const pod = inject(
      web({
        annotations: {
          'sidecar.istio.io/proxyCPU': '50m',
          'sidecar.istio.io/proxyMemoryLimit': '256Mi',
          'sidecar.istio.io/logLevel': 'debug',
          'proxy.istio.io/config': 'concurrency: 2\nproxyMetadata:\n  KEY: value\n',
          'traffic.sidecar.istio.io/excludeOutboundPorts': '3306',
        },
      }),
    );
    expect(proxyOf(pod).resources).toEqual({ requests: { cpu: '50m' }, limits: { memory: '256Mi' } });
    expect(proxyOf(pod).args).toContain('--proxyLogLevel=debug');
    expect(JSON.parse(env(pod, 'PROXY_CONFIG')!)).toEqual({ concurrency: 2, proxyMetadata: { KEY: 'value' } });
    expect(env(pod, 'KEY')).toBe('value');
    expect(pod.spec.initContainers![0]!.args?.join(' ')).toContain('-o 3306');
  });

  it('lays the pod’s own istio-proxy container over the injected one', () => {
    const own: Container = {
      name: 'istio-proxy',
      image: 'auto',
      env: [{ name: 'EXTRA', value: '1' }],
      resources: { limits: { cpu: '1' } },
    };
    const pod = web();
    pod.spec.containers.push(own);
    const result = inject(pod);
    expect(result.spec.containers.map(({ name }) => name)).toEqual(['web']);
    expect(proxyOf(result).image).toBe('registry.istio.io/release/proxyv2:1.31.0');
    expect(env(result, 'EXTRA')).toBe('1');
    expect(proxyOf(result).resources).toMatchObject({ limits: { cpu: '1' }, requests: { cpu: '10m' } });
  });

  it('refuses a template that it cannot build', () => {
    expect(() => inject(web({ annotations: { 'inject.istio.io/templates': 'grpc-agent' } }))).toThrow(
      'requested template "grpc-agent" not found; have sidecar',
    );
  });

  it('answers as a JSON Patch from the pod that came', () => {
    const pod = web();
    const before = structuredClone(pod);
    const patch = injectionPatch(pod, 'ucontas-app', settings);
    expect(pod).toEqual(before);
    expect(applyPatch(pod, patch).filter(Boolean)).toEqual([]);
    expect(pod).toEqual(inject(before));
  });
});
