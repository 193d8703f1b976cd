/** What a pod's spec must and may hold (k8s.io/kubernetes pkg/apis/core/validation), as far as learners meet it. */
import { type Cause, field } from '../errors.ts';
import { asList, asObject, equalJson, type Json } from '../json.ts';
import { dnsLabel, dnsSubdomain, environmentName, portName } from './names.ts';

const RESTART = ['Always', 'OnFailure', 'Never'];
const PULL = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

const isPort = (value: unknown) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535;
export const PORT_RANGE = 'must be between 1 and 65535, inclusive';

/** A number of a port, or the name of one. */
export function validatePortOrName(port: unknown, path: string): Cause[] {
  if (typeof port === 'number') return isPort(port) ? [] : [field.invalid(path, port, PORT_RANGE)];
  return portName(String(port ?? '')).map((why) => field.invalid(path, port, why));
}

function validatePorts(ports: Json[], path: string): Cause[] {
  const names = new Set<unknown>();
  return ports.flatMap((port, i) => {
    const at = `${path}[${i}]`;
    const causes: Cause[] = [];
    if (port.name) {
      causes.push(...portName(String(port.name)).map((why) => field.invalid(`${at}.name`, port.name, why)));
      if (names.has(port.name)) causes.push(field.duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) causes.push(field.required(`${at}.containerPort`));
    else if (!isPort(port.containerPort)) {
      causes.push(field.invalid(`${at}.containerPort`, port.containerPort, PORT_RANGE));
    }
    if (!PROTOCOLS.includes(String(port.protocol))) {
      causes.push(field.unsupported(`${at}.protocol`, port.protocol, PROTOCOLS));
    }
    return causes;
  });
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function validateHandler(handler: Json, path: string): Cause[] {
  const given = HANDLERS.filter((name) => handler[name] !== undefined);
  if (given.length === 0) return [field.required(path, 'must specify a handler type')];
  if (given.length > 1) {
    return given.slice(1).map((name) => field.forbidden(`${path}.${name}`, 'may not specify more than 1 handler type'));
  }
  const { httpGet, tcpSocket } = handler;
  if (httpGet) return validatePortOrName(asObject(httpGet).port, `${path}.httpGet.port`);
  return tcpSocket ? validatePortOrName(asObject(tcpSocket).port, `${path}.tcpSocket.port`) : [];
}

function validateProbe(probe: Json, path: string, name: string): Cause[] {
  const causes = validateHandler(probe, path);
  for (const key of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ]) {
    const value = probe[key] as number | undefined;
    if (value !== undefined && value < 0) {
      causes.push(field.invalid(`${path}.${key}`, value, 'must be greater than or equal to 0'));
    }
  }
  if (name !== 'readinessProbe' && (probe.successThreshold ?? 1) !== 1) {
    causes.push(field.invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
  return causes;
}

function validateContainer(container: Json, path: string, volumes: Set<unknown>, restartableInit: boolean): Cause[] {
  const causes: Cause[] = [];
  const { name, image } = container;
  if (!name) causes.push(field.required(`${path}.name`));
  else causes.push(...dnsLabel(String(name)).map((why) => field.invalid(`${path}.name`, name, why)));
  if (!image) causes.push(field.required(`${path}.image`));
  else if (String(image) !== String(image).trim()) {
    causes.push(field.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  }
  if (!PULL.includes(String(container.imagePullPolicy))) {
    causes.push(field.unsupported(`${path}.imagePullPolicy`, container.imagePullPolicy, PULL));
  }
  causes.push(...validatePorts(asList(container.ports), `${path}.ports`));
  for (const [i, variable] of asList(container.env).entries()) {
    const at = `${path}.env[${i}]`;
    if (!variable.name) causes.push(field.required(`${at}.name`));
    else
      causes.push(
        ...environmentName(String(variable.name)).map((why) => field.invalid(`${at}.name`, variable.name, why)),
      );
    if (variable.value && variable.valueFrom) {
      causes.push(field.invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
  }
  const paths = new Set<unknown>();
  for (const [i, mount] of asList(container.volumeMounts).entries()) {
    const at = `${path}.volumeMounts[${i}]`;
    if (!mount.name) causes.push(field.required(`${at}.name`));
    else if (!volumes.has(mount.name)) causes.push(field.notFound(`${at}.name`, mount.name));
    if (!mount.mountPath) causes.push(field.required(`${at}.mountPath`));
    else if (paths.has(mount.mountPath)) {
      causes.push(field.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    }
    paths.add(mount.mountPath);
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (!container[probe]) continue;
    if (restartableInit) causes.push(...validateProbe(asObject(container[probe]), `${path}.${probe}`, probe));
    else
      causes.push(
        field.forbidden(`${path}.${probe}`, 'may not be set for init containers without restartPolicy=Always'),
      );
  }
  return [...causes, ...validateResources(asObject(container.resources), `${path}.resources`)];
}

function validateResources(resources: Json, path: string): Cause[] {
  const causes: Cause[] = [];
  for (const list of ['limits', 'requests']) {
    for (const [name, quantity] of Object.entries(asObject(resources[list]))) {
      if (String(quantity).startsWith('-')) {
        causes.push(field.invalid(`${path}.${list}.${name}`, quantity, 'must be greater than or equal to 0'));
      }
    }
  }
  return causes;
}

function validateVolumes(volumes: Json[], path: string): Cause[] {
  const names = new Set<unknown>();
  return volumes.flatMap((volume, i) => {
    const at = `${path}[${i}]`;
    const causes: Cause[] = [];
    if (!volume.name) causes.push(field.required(`${at}.name`));
    else causes.push(...dnsLabel(String(volume.name)).map((why) => field.invalid(`${at}.name`, volume.name, why)));
    if (names.has(volume.name)) causes.push(field.duplicate(`${at}.name`, volume.name));
    names.add(volume.name);
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    for (const extra of sources.slice(1)) {
      causes.push(field.forbidden(`${at}.${extra}`, 'may not specify more than 1 volume type'));
    }
    return causes;
  });
}

/** `path` is where the spec stands: `spec`, or `spec.template.spec`. */
export function validatePodSpec(spec: Json, path: string): Cause[] {
  const volumes = new Set(asList(spec.volumes).map((volume) => volume.name));
  const causes = validateVolumes(asList(spec.volumes), `${path}.volumes`);
  const containers = asList(spec.containers);
  if (containers.length === 0) causes.push(field.required(`${path}.containers`));
  const names = new Set<unknown>();
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, container] of asList(spec[list]).entries()) {
      const at = `${path}.${list}[${i}]`;
      const mayProbe = list === 'containers' || container.restartPolicy === 'Always';
      causes.push(...validateContainer(container, at, volumes, mayProbe));
      if (container.name && names.has(container.name)) causes.push(field.duplicate(`${at}.name`, container.name));
      names.add(container.name);
      if (list === 'initContainers' && container.restartPolicy !== undefined && container.restartPolicy !== 'Always') {
        // Kubernetes 1.35 knows per-container restart rules, which this node does not run.
        causes.push(field.unsupported(`${at}.restartPolicy`, container.restartPolicy, ['Always']));
      }
    }
  }
  if (!RESTART.includes(String(spec.restartPolicy))) {
    causes.push(field.unsupported(`${path}.restartPolicy`, spec.restartPolicy, RESTART));
  }
  if (!DNS.includes(String(spec.dnsPolicy))) {
    causes.push(field.unsupported(`${path}.dnsPolicy`, spec.dnsPolicy, DNS));
  }
  if (spec.serviceAccountName) {
    const why = dnsSubdomain(String(spec.serviceAccountName));
    causes.push(...why.map((w) => field.invalid(`${path}.serviceAccountName`, spec.serviceAccountName, w)));
  }
  const seconds = spec.activeDeadlineSeconds as number | undefined;
  if (seconds !== undefined && seconds < 1) {
    causes.push(field.invalid(`${path}.activeDeadlineSeconds`, seconds, 'must be between 1 and 2147483647, inclusive'));
  }
  return causes;
}

const withoutMutable = (spec: Json): Json => {
  const containers = (list: unknown) => asList(list).map(({ image: _image, ...rest }) => rest);
  const {
    activeDeadlineSeconds: _a,
    terminationGracePeriodSeconds: _t,
    tolerations: _o,
    ephemeralContainers: _e,
    ...rest
  } = spec;
  return { ...rest, containers: containers(spec.containers), initContainers: containers(spec.initContainers) };
};

const FIXED =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Only a few fields of a running pod can change; `mayBind` allows a scheduler to set the node of one that has none. */
export function validatePodUpdate(spec: Json, old: Json, mayBind: boolean): Cause[] {
  const binding = mayBind && !old.nodeName ? { nodeName: spec.nodeName } : {};
  if (!equalJson(withoutMutable(spec), { ...withoutMutable(old), ...binding })) return [field.forbidden('spec', FIXED)];
  const kept = asList(old.tolerations).every((t) => asList(spec.tolerations).some((n) => equalJson(n, t)));
  return kept
    ? []
    : [field.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}
