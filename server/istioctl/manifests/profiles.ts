/** Istio's installation profiles, as far as this istioctl installs them: which components, and what differs in them. */

export interface Profile {
  name: string;
  istiod: boolean;
  ingressGateway: boolean;
  egressGateway: boolean;
  autoscale: boolean;
  /** Resource requests of istiod and of each proxy. */
  istiodRequests: { cpu: string; memory: string };
  proxyResources: {
    requests: { cpu: string; memory: string };
    limits?: { cpu: string; memory: string };
  };
  traceSampling: number;
  /** Ports of the ingress gateway beyond status, http2 and https. */
  extraIngressPorts: { name: string; port: number }[];
  /** Added to the mesh configuration. */
  meshConfig: Record<string, unknown>;
}

const common = {
  istiod: true,
  ingressGateway: true,
  egressGateway: false,
  autoscale: true,
  istiodRequests: { cpu: '500m', memory: '2048Mi' },
  proxyResources: {
    requests: { cpu: '100m', memory: '128Mi' },
    limits: { cpu: '2000m', memory: '1024Mi' },
  },
  traceSampling: 1,
  extraIngressPorts: [],
  meshConfig: {},
} satisfies Omit<Profile, 'name'>;

const otel = (service: string) => ({ port: 4317, service });
const COLLECTOR = 'opentelemetry-collector.observability.svc.cluster.local';

export const PROFILES: Record<string, Profile> = {
  default: { ...common, name: 'default' },
  minimal: { ...common, name: 'minimal', ingressGateway: false },
  empty: { ...common, name: 'empty', istiod: false, ingressGateway: false },
  demo: {
    ...common,
    name: 'demo',
    egressGateway: true,
    autoscale: false,
    istiodRequests: { cpu: '10m', memory: '100Mi' },
    // The demo profile lowers the requests and leaves the limits as they are.
    proxyResources: { ...common.proxyResources, requests: { cpu: '10m', memory: '40Mi' } },
    traceSampling: 100,
    extraIngressPorts: [
      { name: 'tcp', port: 31400 },
      { name: 'tls', port: 15443 },
    ],
    meshConfig: {
      accessLogFile: '/dev/stdout',
      extensionProviders: [
        { name: 'otel', envoyOtelAls: otel(COLLECTOR) },
        { name: 'skywalking', skywalking: { service: 'tracing.istio-system.svc.cluster.local', port: 11800 } },
        { name: 'otel-tracing', opentelemetry: otel(COLLECTOR) },
        { name: 'jaeger', opentelemetry: otel('jaeger-collector.istio-system.svc.cluster.local') },
      ],
    },
  },
};

/** Profiles that the real istioctl has and this one does not. */
export const OTHER_PROFILES = ['ambient', 'openshift', 'openshift-ambient', 'preview', 'remote', 'stable'];
