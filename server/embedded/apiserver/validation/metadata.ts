/** The checks on metadata that all kinds share. */
import type { KubeObject } from '../../client.ts';
import { type Cause, field } from '../errors.ts';
import { qualifiedName as nameOf, type ResourceInfo } from '../resource.ts';
import { dnsLabel, dnsLabel1035, dnsSubdomain, type Form, labelValue, pathSegment, qualifiedName } from './names.ts';

const FORMS: Record<string, Form> = {
  namespaces: dnsLabel,
  services: dnsLabel1035,
  'roles.rbac.authorization.k8s.io': pathSegment,
  'rolebindings.rbac.authorization.k8s.io': pathSegment,
  'clusterroles.rbac.authorization.k8s.io': pathSegment,
  'clusterrolebindings.rbac.authorization.k8s.io': pathSegment,
};

/** Bytes of all annotations together. */
const ANNOTATIONS = 256 * 1024;

/** Labels at `path`: keys are qualified names, values label values. */
export function validateLabels(labels: Record<string, string> | undefined, path: string): Cause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedName(key).map((why) => field.invalid(path, key, why)),
    ...labelValue(value).map((why) => field.invalid(path, value, why)),
  ]);
}

export function validateMetadata(resource: ResourceInfo, { metadata }: KubeObject): Cause[] {
  const form = FORMS[nameOf(resource)] ?? dnsSubdomain;
  const causes = form(metadata.name).map((why) => field.invalid('metadata.name', metadata.name, why));
  causes.push(...validateLabels(metadata.labels, 'metadata.labels'));
  let size = 0;
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    // Kubernetes lets the key's prefix be written in capitals.
    causes.push(...qualifiedName(key.toLowerCase()).map((why) => field.invalid('metadata.annotations', key, why)));
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > ANNOTATIONS) causes.push(field.tooLong('metadata.annotations', ANNOTATIONS));
  for (const [index, owner] of (metadata.ownerReferences ?? []).entries()) {
    const path = `metadata.ownerReferences[${index}]`;
    for (const key of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (!owner[key]) causes.push(field.invalid(`${path}.${key}`, owner[key] ?? '', `${key} must not be empty`));
    }
  }
  for (const [index, finalizer] of (metadata.finalizers ?? []).entries()) {
    causes.push(
      ...qualifiedName(finalizer).map((why) => field.invalid(`metadata.finalizers[${index}]`, finalizer, why)),
    );
  }
  return causes;
}
