/**
 * Cluster DNS, as CoreDNS answers in a pod with the policy ClusterFirst: search path, services, headless services,
 * named endpoints (a StatefulSet's pods), ExternalName and pod addresses.
 * Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
import type { Caller } from './network.ts';
import type { ServiceTable } from './services.ts';

export const CLUSTER_DOMAIN = 'cluster.local';
/** A name with fewer dots is tried along the search path first (the `ndots` that the kubelet writes). */
const NDOTS = 5;
const MAX_ALIASES = 8;

/** Where a pod of `namespace` looks for a short name, in order. */
export const searchPath = (namespace: string): string[] => [
  `${namespace}.svc.${CLUSTER_DOMAIN}`,
  `svc.${CLUSTER_DOMAIN}`,
  CLUSTER_DOMAIN,
];

/**
 * The addresses of `name` as seen from the caller. Empty where the name exists and has none, such as a headless service
 * without ready pods; undefined where no such name exists (NXDOMAIN).
 */
export function lookup(table: ServiceTable, name: string, from?: Caller): string[] | undefined {
  for (const candidate of candidates(name.toLowerCase(), from?.namespace ?? 'default')) {
    const answer = follow(table, candidate);
    if (answer) return answer;
  }
  return undefined;
}

function candidates(name: string, namespace: string): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = searchPath(namespace).map((domain) => `${name}.${domain}`);
  return name.split('.').length - 1 >= NDOTS ? [name, ...searched] : [...searched, name];
}

function follow(table: ServiceTable, name: string): string[] | undefined {
  let record = ask(table, name);
  for (let hops = 0; record && 'alias' in record && hops < MAX_ALIASES; hops++) {
    record = ask(table, record.alias) ?? { addresses: [] };
  }
  return record && ('addresses' in record ? record.addresses : []);
}

function ask(table: ServiceTable, name: string): { addresses: string[] } | { alias: string } | undefined {
  if (!name.endsWith(`.${CLUSTER_DOMAIN}`)) return undefined;
  const labels = name.slice(0, -CLUSTER_DOMAIN.length - 1).split('.');
  const [zone, namespace, service, hostname] = labels.reverse();
  if (!namespace || !service) return undefined;
  if (zone === 'pod' && labels.length === 3) {
    const ip = service.replaceAll('-', '.');
    return /^\d+(\.\d+){3}$/.test(ip) ? { addresses: [ip] } : undefined;
  }
  if (zone !== 'svc' || labels.length > 4) return undefined;
  const found = table.service(namespace, service);
  if (!found) return undefined;
  if (hostname !== undefined) {
    const addresses = table.endpointsOf(found).filter((endpoint) => hostnameOf(endpoint) === hostname);
    return addresses.length > 0 ? { addresses: addresses.map((endpoint) => endpoint.ip) } : undefined;
  }
  if (found.spec.type === 'ExternalName') return { alias: (found.spec.externalName ?? '').replace(/\.$/, '') };
  if (found.spec.clusterIP === 'None') {
    return { addresses: table.shuffle(unique(table.endpointsOf(found).map(({ ip }) => ip))) };
  }
  return { addresses: found.spec.clusterIPs ?? (found.spec.clusterIP ? [found.spec.clusterIP] : []) };
}

/** CoreDNS names an endpoint without a hostname after its address: `10-244-0-7`. */
const hostnameOf = (endpoint: { ip: string; hostname?: string }): string =>
  endpoint.hostname ?? endpoint.ip.replaceAll('.', '-');

const unique = (values: string[]): string[] => [...new Set(values)];
