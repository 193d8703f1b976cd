/** The columns of services, their endpoints, and the networking.k8s.io kinds. */
import type { KubeObject } from '../../../client.ts';
import {
  age,
  at,
  type Column,
  computed,
  field,
  firstThree,
  formatLabels,
  formatSelector,
  list,
  map,
  name,
  text,
} from './column.ts';

interface Ingress {
  ip?: string;
  hostname?: string;
}

const loadBalancerAddresses = (object: KubeObject): string[] => {
  const addresses = list<Ingress>(object, 'status.loadBalancer.ingress').map((i) => i.ip || i.hostname || '');
  return [...new Set(addresses.filter(Boolean))].sort();
};

const externalIp = (service: KubeObject): string => {
  const own = list<string>(service, 'spec.externalIPs');
  switch (text(service, 'spec.type')) {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || '<none>';
    case 'LoadBalancer':
      return [...loadBalancerAddresses(service), ...own].join(',') || '<pending>';
    case 'ExternalName':
      return text(service, 'spec.externalName');
    default:
      return '<unknown>';
  }
};

interface ServicePort {
  port: number;
  nodePort?: number;
  protocol?: string;
}

const servicePorts = (service: KubeObject): string =>
  list<ServicePort>(service, 'spec.ports')
    .map(({ port, nodePort, protocol = 'TCP' }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
    .join(',') || '<none>';

export const services: Column[] = [
  name,
  field('Type', 'spec.type'),
  computed('Cluster-IP', (service) => text(service, 'spec.clusterIPs.0') || text(service, 'spec.clusterIP', '<none>')),
  computed('External-IP', externalIp),
  computed('Port(s)', servicePorts),
  age,
  computed('Selector', (service) => formatLabels(map<string>(service, 'spec.selector')), { priority: 1 }),
];

interface EndpointSubset {
  addresses?: { ip: string }[];
  ports?: { port: number }[];
}

const hostPort = (ip: string, port: number) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

export const endpoints: Column[] = [
  name,
  computed('Endpoints', (object) => {
    const subsets = list<EndpointSubset>(object, 'subsets');
    const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
      ports.length
        ? ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port)))
        : addresses.map(({ ip }) => ip),
    );
    return subsets.length ? firstThree(all) : '<none>';
  }),
  age,
];

interface SlicePort {
  port?: number;
  name?: string;
}

export const endpointSlices: Column[] = [
  name,
  field('AddressType', 'addressType'),
  computed(
    'Ports',
    (slice) => firstThree(list<SlicePort>(slice, 'ports').map((p) => `${p.port ?? p.name ?? '*'}`)) || '<unset>',
  ),
  computed(
    'Endpoints',
    (slice) => firstThree(list<{ addresses: string[] }>(slice, 'endpoints').flatMap((e) => e.addresses)) || '<unset>',
  ),
  age,
];

const hosts = (ingress: KubeObject): string => {
  const rules = list<{ host?: string }>(ingress, 'spec.rules');
  const named = rules.map((rule) => rule.host ?? '').filter(Boolean);
  return firstThree(named, rules.length) || '*';
};

export const ingresses: Column[] = [
  name,
  field('Class', 'spec.ingressClassName', '<none>'),
  computed('Hosts', hosts),
  computed('Address', (ingress) => loadBalancerAddresses(ingress).join(',')),
  computed('Ports', (ingress) => (list(ingress, 'spec.tls').length ? '80, 443' : '80')),
  age,
];

export const ingressClasses: Column[] = [
  name,
  field('Controller', 'spec.controller'),
  computed('Parameters', (object) => {
    const parameters = at(object, 'spec.parameters');
    if (!parameters) return '<none>';
    const group = text(parameters, 'apiGroup');
    return `${text(parameters, 'kind')}${group && `.${group}`}/${text(parameters, 'name')}`;
  }),
  age,
];

export const networkPolicies: Column[] = [
  name,
  computed('Pod-Selector', (object) => formatSelector(at(object, 'spec.podSelector'))),
  age,
];

export const ipAddresses: Column[] = [
  name,
  computed('ParentRef', (object) => {
    const parent = at(object, 'spec.parentRef');
    if (!parent) return '<none>';
    const group = text(parent, 'group');
    const resource = `${text(parent, 'resource')}${group && `.${group}`}`.toLowerCase();
    return [resource, text(parent, 'namespace'), text(parent, 'name')].filter(Boolean).join('/');
  }),
  age,
];

export const serviceCidrs: Column[] = [
  name,
  computed('CIDRs', (object) => list<string>(object, 'spec.cidrs').join(',')),
  age,
];
