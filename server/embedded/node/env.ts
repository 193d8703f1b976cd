/** A container's environment: its own variables, ConfigMaps and Secrets, the downward API, and the services beside it. */
import { inUnitsOf, parseQuantity } from '../quantity.ts';
import type {
  ConfigMap,
  Container,
  EnvVar,
  FieldSelector,
  Pod,
  ResourceFieldSelector,
  Secret,
  Service,
} from '../types.ts';
import { ALLOCATABLE } from './node-object.ts';

/** A container cannot be made from its description: the message goes into CreateContainerConfigError. */
export class ConfigError extends Error {}

export interface EnvSources {
  pod: Pod;
  podIP: string;
  hostIP: string;
  /** Undefined where there is none. */
  configMap(name: string): Promise<ConfigMap | undefined>;
  secret(name: string): Promise<Secret | undefined>;
  /** Services of the pod's namespace, and `kubernetes` of default. */
  services: Service[];
}

/** Rejects with ConfigError where something asked for is missing and not optional. */
export async function buildEnv(container: Container, sources: EnvSources): Promise<Record<string, string>> {
  const env: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: sources.pod.spec.hostname ?? sources.pod.metadata.name,
  };
  for (const source of container.envFrom ?? []) {
    const reference = source.configMapRef ?? source.secretRef;
    if (!reference) continue;
    const values = source.configMapRef
      ? (await sources.configMap(reference.name))?.data
      : decoded(await sources.secret(reference.name));
    const kind = source.configMapRef ? 'configmap' : 'secret';
    if (!values && !reference.optional) throw new ConfigError(`${kind} "${reference.name}" not found`);
    for (const [key, value] of Object.entries(values ?? {})) env[(source.prefix ?? '') + key] = value;
  }
  const services = serviceVariables(sources.services);
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? await valueFrom(variable, container, sources)
      : expand(variable.value ?? '', (name) => env[name] ?? services[name]);
    if (value !== undefined) env[variable.name] = value;
  }
  return { ...services, ...env };
}

/** Replaces `$(NAME)`; `$$(NAME)` stays as `$(NAME)`, and an unknown name stays as it is. */
export const expand = (text: string, lookup: (name: string) => string | undefined): string =>
  text.replace(/\$\$|\$\(([^()]*)\)/g, (match, name?: string) => {
    if (match === '$$') return '$';
    return lookup(name ?? '') ?? match;
  });

export const decoded = (secret: Secret | undefined): Record<string, string> | undefined =>
  secret &&
  Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );

async function valueFrom(variable: EnvVar, container: Container, sources: EnvSources): Promise<string | undefined> {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = variable.valueFrom ?? {};
  const { namespace } = sources.pod.metadata;
  if (fieldRef) return fieldValue(fieldRef, sources.pod, sources.podIP, sources.hostIP);
  if (resourceFieldRef) return resourceValue(resourceFieldRef, sources.pod, container);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (!reference) return undefined;
  const kind = configMapKeyRef ? 'ConfigMap' : 'Secret';
  const values = configMapKeyRef
    ? await sources.configMap(reference.name).then((map) => map && { ...map.data })
    : decoded(await sources.secret(reference.name));
  if (!values) {
    if (reference.optional) return undefined;
    throw new ConfigError(`${kind.toLowerCase()} "${reference.name}" not found`);
  }
  const value = values[reference.key];
  if (value === undefined && !reference.optional) {
    throw new ConfigError(`couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`);
  }
  return value;
}

/** The downward API's fields; labels and annotations as a whole are written as in a volume, one quoted pair a line. */
export function fieldValue(selector: FieldSelector, pod: Pod, podIP: string, hostIP: string): string {
  const { metadata, spec } = pod;
  const path = selector.fieldPath;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed) return metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return pairs(metadata.labels);
    case 'metadata.annotations':
      return pairs(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? 'default';
    case 'status.podIP':
    case 'status.podIPs':
      return podIP;
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIP;
    default:
      throw new ConfigError(`unsupported fieldPath: ${path}`);
  }
}

const pairs = (values: Record<string, string> = {}): string =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

/** `limits.cpu` and the like; a missing limit is what the node can give. */
export function resourceValue(selector: ResourceFieldSelector, pod: Pod, container?: Container): string {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const of = selector.containerName ? all.find((candidate) => candidate.name === selector.containerName) : container;
  const [kind, name = ''] = selector.resource.split('.', 2);
  if (!of || (kind !== 'limits' && kind !== 'requests')) {
    throw new ConfigError(`unsupported resource: ${selector.resource}`);
  }
  const limit = of.resources?.limits?.[name] ?? ALLOCATABLE[name] ?? 0;
  const value = kind === 'limits' ? limit : (of.resources?.requests?.[name] ?? of.resources?.limits?.[name] ?? 0);
  return String(inUnitsOf(parseQuantity(value), selector.divisor));
}

/** Docker-link style variables of every service with a cluster IP. */
export function serviceVariables(services: Service[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const service of services) {
    const ip = service.spec.clusterIP;
    const [first] = service.spec.ports ?? [];
    if (!ip || ip === 'None' || !first) continue;
    const prefix = variableName(service.metadata.name);
    env[`${prefix}_SERVICE_HOST`] = ip;
    env[`${prefix}_SERVICE_PORT`] = String(first.port);
    for (const port of service.spec.ports ?? []) {
      if (port.name) env[`${prefix}_SERVICE_PORT_${variableName(port.name)}`] = String(port.port);
    }
    const scheme = (protocol = 'TCP') => protocol.toLowerCase();
    env[`${prefix}_PORT`] = `${scheme(first.protocol)}://${ip}:${first.port}`;
    for (const port of service.spec.ports ?? []) {
      const name = `${prefix}_PORT_${port.port}_${(port.protocol ?? 'TCP').toUpperCase()}`;
      env[name] = `${scheme(port.protocol)}://${ip}:${port.port}`;
      env[`${name}_PROTO`] = scheme(port.protocol);
      env[`${name}_PORT`] = String(port.port);
      env[`${name}_ADDR`] = ip;
    }
  }
  return env;
}

const variableName = (name: string): string => name.toUpperCase().replaceAll('-', '_');
