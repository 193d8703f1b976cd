/**
 * What kube-proxy knows: which address and port belong to which Service, and which ready endpoint a connection to it
 * goes to. Reads Services, EndpointSlices, Pods and Nodes by list and watch.
 * Source: https://kubernetes.io/docs/reference/networking/virtual-ips/
 */
import type { Client } from '../client.ts';
import { Informer } from '../informer.ts';
import type { Endpoint, EndpointSlice, Node, Pod, Service, ServicePort } from '../types.ts';
import { RESOURCES } from '../types.ts';
import type { Address } from './stream.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
/** Kubernetes' default for `sessionAffinityConfig.clientIP.timeoutSeconds`: three hours. */
const DEFAULT_AFFINITY_SECONDS = 10_800;

/** Where a connection to an address goes: to an endpoint, nowhere (refused), or the address is not a service's. */
export type Route = { kind: 'endpoint'; to: Address } | { kind: 'refused' } | { kind: 'none' };

export class ServiceTable {
  private readonly services: Informer<Service>;
  private readonly slices: Informer<EndpointSlice>;
  private readonly pods: Informer<Pod>;
  private readonly nodes: Informer<Node>;
  /** `service uid/client IP` → the endpoint it sticks to. */
  private readonly affinity = new Map<string, { ip: string; until: number }>();

  constructor(
    client: Client,
    private readonly random: () => number,
  ) {
    this.services = new Informer(client, RESOURCES.services);
    this.slices = new Informer(client, RESOURCES.endpointslices);
    this.pods = new Informer(client, RESOURCES.pods);
    this.nodes = new Informer(client, RESOURCES.nodes);
    this.services.addIndexer('ip', addressesOf);
    this.services.addIndexer('nodePort', (service) =>
      (service.spec.ports ?? []).flatMap((port) => (port.nodePort ? [String(port.nodePort)] : [])),
    );
    this.slices.addIndexer('service', (slice) => [
      `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME_LABEL] ?? ''}`,
    ]);
    this.pods.addIndexer('ip', (pod) => (pod.status?.podIP && !isOver(pod) ? [pod.status.podIP] : []));
    this.nodes.addIndexer('ip', (node) => (node.status?.addresses ?? []).map(({ address }) => address));
  }

  /** Resolves when the four lists are known. */
  async start(): Promise<void> {
    await Promise.all([this.services, this.slices, this.pods, this.nodes].map((informer) => informer.start()));
  }

  stop(): void {
    for (const informer of [this.services, this.slices, this.pods, this.nodes]) informer.stop();
  }

  service(namespace: string, name: string): Service | undefined {
    return this.services.get(`${namespace}/${name}`);
  }

  /** The pod that holds `ip` now, if one does; for a host-network address, one of those that share it. */
  podAt(ip: string): Pod | undefined {
    return this.pods.by('ip', ip)[0];
  }

  isNode(ip: string): boolean {
    return this.nodes.by('ip', ip).length > 0;
  }

  /** Ready endpoints of a service, each once per address. */
  endpointsOf(service: Service): { ip: string; hostname?: string }[] {
    return this.slicesOf(service).flatMap((slice) => serving(slice.endpoints).flatMap(toAddresses));
  }

  /** Picks an endpoint for a connection to `ip:port`; `client` is the caller's address, for session affinity. */
  route(ip: string, port: number, client?: string): Route {
    let service = this.services.by('ip', ip)[0];
    let servicePort = service?.spec.ports?.find((candidate) => candidate.port === port && isTcp(candidate));
    if (!service && this.isNode(ip)) {
      service = this.services.by('nodePort', String(port))[0];
      servicePort = service?.spec.ports?.find((candidate) => candidate.nodePort === port && isTcp(candidate));
    }
    if (!service) return { kind: 'none' };
    if (!servicePort) return { kind: 'refused' };
    const targets = this.targets(service, servicePort);
    const picked = this.pick(service, targets, client);
    return picked ? { kind: 'endpoint', to: picked } : { kind: 'refused' };
  }

  /** In any order, as CoreDNS gives several addresses, so that callers who take the first spread. */
  shuffle<T>(values: T[]): T[] {
    const keyed = values.map((value) => ({ value, key: this.random() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
  }

  private slicesOf(service: Service): EndpointSlice[] {
    return this.slices
      .by('service', `${service.metadata.namespace}/${service.metadata.name}`)
      .filter((slice) => slice.addressType === 'IPv4');
  }

  private targets(service: Service, servicePort: ServicePort): Address[] {
    return this.slicesOf(service).flatMap((slice) => {
      const port = slice.ports?.find((candidate) => (candidate.name ?? '') === (servicePort.name ?? ''))?.port;
      if (port === undefined) return [];
      return serving(slice.endpoints).flatMap((endpoint) => toAddresses(endpoint).map(({ ip }) => ({ ip, port })));
    });
  }

  private pick(service: Service, targets: Address[], client: string | undefined): Address | undefined {
    const any = targets[Math.floor(this.random() * targets.length)];
    if (!any || service.spec.sessionAffinity !== 'ClientIP' || !client) return any;
    const key = `${service.metadata.uid}/${client}`;
    const stuck = this.affinity.get(key);
    const now = Date.now();
    const kept = stuck && stuck.until > now ? targets.find(({ ip }) => ip === stuck.ip) : undefined;
    const picked = kept ?? any;
    this.affinity.set(key, { ip: picked.ip, until: now + affinitySeconds(service) * 1000 });
    return picked;
  }
}

const isOver = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

const isTcp = (port: ServicePort): boolean => (port.protocol ?? 'TCP') === 'TCP';

function addressesOf(service: Service): string[] {
  const own = service.spec.clusterIPs ?? (service.spec.clusterIP ? [service.spec.clusterIP] : []);
  const external = (service.spec.externalIPs as string[] | undefined) ?? [];
  const balanced = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  return [...own.filter((ip) => ip !== 'None'), ...external, ...balanced];
}

/** Ready endpoints; where there is none, those that end but still serve, as kube-proxy does since 1.26. */
function serving(endpoints: Endpoint[] | null | undefined): Endpoint[] {
  const all = endpoints ?? [];
  const ready = all.filter((endpoint) => endpoint.conditions?.ready !== false);
  if (ready.length > 0) return ready;
  return all.filter((endpoint) => endpoint.conditions?.terminating && endpoint.conditions.serving);
}

const toAddresses = (endpoint: Endpoint): { ip: string; hostname?: string }[] =>
  endpoint.addresses.map((ip) => ({ ip, hostname: endpoint.hostname }));

function affinitySeconds(service: Service): number {
  const config = service.spec.sessionAffinityConfig as { clientIP?: { timeoutSeconds?: number } } | undefined;
  return config?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
}
