/** What a Service must and may hold, and what of it cannot change. */
import type { KubeObject } from '../../client.ts';
import { type Cause, field } from '../errors.ts';
import { asList, asObject, type Json } from '../json.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { PORT_RANGE, validatePortOrName } from './pods.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES = ['ClientIP', 'None'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

function validatePort(port: Json, path: string, isOnly: boolean, names: Set<unknown>): Cause[] {
  const causes: Cause[] = [];
  if (!port.name && !isOnly) causes.push(field.required(`${path}.name`));
  else if (port.name) {
    causes.push(...dnsLabel(String(port.name)).map((why) => field.invalid(`${path}.name`, port.name, why)));
    if (names.has(port.name)) causes.push(field.duplicate(`${path}.name`, port.name));
    names.add(port.name);
  }
  const number = port.port as number | undefined;
  if (number === undefined || number < 1 || number > 65535) {
    causes.push(field.invalid(`${path}.port`, number ?? 0, PORT_RANGE));
  }
  if (!PROTOCOLS.includes(String(port.protocol))) {
    causes.push(field.unsupported(`${path}.protocol`, port.protocol, PROTOCOLS));
  }
  return [...causes, ...validatePortOrName(port.targetPort, `${path}.targetPort`)];
}

export function validateService({ spec: given }: KubeObject): Cause[] {
  const spec = asObject(given);
  const ports = asList(spec.ports);
  const headless = spec.clusterIP === 'None';
  const causes: Cause[] = [];
  if (!TYPES.includes(String(spec.type))) return [field.unsupported('spec.type', spec.type, TYPES)];
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') causes.push(field.required('spec.ports'));
  if (spec.type === 'ExternalName') {
    const name = spec.externalName as string | undefined;
    if (!name) causes.push(field.required('spec.externalName'));
    else
      causes.push(
        ...dnsSubdomain(name.replace(/\.$/, '').toLowerCase()).map((w) => field.invalid('spec.externalName', name, w)),
      );
  }
  if (headless && (spec.type === 'NodePort' || spec.type === 'LoadBalancer')) {
    causes.push(field.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  if (!AFFINITIES.includes(String(spec.sessionAffinity))) {
    causes.push(field.unsupported('spec.sessionAffinity', spec.sessionAffinity, AFFINITIES));
  }
  const names = new Set<unknown>();
  const taken = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const path = `spec.ports[${i}]`;
    causes.push(...validatePort(port, path, ports.length === 1, names));
    const key = `${port.protocol}/${port.port}`;
    if (taken.has(key)) causes.push(field.duplicate(path, { protocol: port.protocol, port: port.port }));
    taken.add(key);
    if (port.nodePort && spec.type === 'ClusterIP') {
      causes.push(field.forbidden(`${path}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
  }
  return causes;
}

/** The cluster address stays for as long as the Service has one. */
export function validateServiceUpdate(object: KubeObject, current: KubeObject): Cause[] {
  const [spec, old] = [asObject(object.spec), asObject(current.spec)];
  if (spec.type === 'ExternalName' || old.type === 'ExternalName' || !old.clusterIP || !spec.clusterIP) return [];
  if (spec.clusterIP === old.clusterIP) return [];
  return [field.invalid('spec.clusterIPs[0]', [spec.clusterIP], 'may not change once set')];
}
