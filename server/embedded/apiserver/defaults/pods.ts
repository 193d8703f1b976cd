/** What Kubernetes fills in where a pod's spec says nothing (k8s.io/kubernetes pkg/apis/core/v1/defaults.go). */
import { asList, asObject, type Json } from '../json.ts';

/** Sets `key` where it is missing. */
export const fill = (object: Json, key: string, value: unknown): void => {
  if (object[key] === undefined || object[key] === null) object[key] = value;
};

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

function defaultProbe(probe: Json): void {
  fill(probe, 'timeoutSeconds', 1);
  fill(probe, 'periodSeconds', 10);
  fill(probe, 'successThreshold', 1);
  fill(probe, 'failureThreshold', 3);
  const http = probe.httpGet as Json | undefined;
  if (http) {
    fill(http, 'path', '/');
    fill(http, 'scheme', 'HTTP');
  }
  const grpc = probe.grpc as Json | undefined;
  if (grpc) fill(grpc, 'service', '');
}

/** `latest`, or no tag at all, is pulled each time; anything else only once. */
function pullPolicy(image: unknown): string {
  const reference = String(image ?? '');
  if (reference.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(reference)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultContainer(container: Json): void {
  fill(container, 'imagePullPolicy', pullPolicy(container.image));
  fill(container, 'resources', {});
  fill(container, 'terminationMessagePath', '/dev/termination-log');
  fill(container, 'terminationMessagePolicy', 'File');
  for (const port of asList(container.ports)) fill(port, 'protocol', 'TCP');
  for (const name of PROBES) if (container[name]) defaultProbe(container[name] as Json);
  for (const variable of asList(container.env)) {
    const field = asObject(variable.valueFrom).fieldRef as Json | undefined;
    if (field) fill(field, 'apiVersion', 'v1');
  }
  const resources = asObject(container.resources);
  if (resources.limits) {
    // A limit without a request asks for as much as it may use.
    resources.requests = { ...asObject(resources.limits), ...asObject(resources.requests) };
  }
}

function defaultDownward(items: unknown): void {
  for (const item of asList(items)) if (item.fieldRef) fill(item.fieldRef as Json, 'apiVersion', 'v1');
}

function defaultVolume(volume: Json): void {
  for (const source of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    if (volume[source]) fill(volume[source] as Json, 'defaultMode', 420);
  }
  defaultDownward(asObject(volume.downwardAPI).items);
  for (const source of asList(asObject(volume.projected).sources)) {
    defaultDownward(asObject(source.downwardAPI).items);
    if (source.serviceAccountToken) fill(source.serviceAccountToken as Json, 'expirationSeconds', 3600);
  }
  const host = volume.hostPath as Json | undefined;
  if (host) fill(host, 'type', '');
  if (Object.keys(volume).length === 1) volume.emptyDir = {};
}

/** Changes `spec`. */
export function defaultPodSpec(spec: Json): void {
  fill(spec, 'restartPolicy', 'Always');
  fill(spec, 'terminationGracePeriodSeconds', 30);
  fill(spec, 'dnsPolicy', 'ClusterFirst');
  fill(spec, 'securityContext', {});
  fill(spec, 'schedulerName', 'default-scheduler');
  if (spec.serviceAccountName) fill(spec, 'serviceAccount', spec.serviceAccountName);
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  for (const list of [spec.initContainers, spec.containers]) asList(list).forEach(defaultContainer);
  asList(spec.volumes).forEach(defaultVolume);
}
