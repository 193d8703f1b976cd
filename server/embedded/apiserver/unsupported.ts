/** What can be stored but has no effect in the embedded cluster: said as a warning when it is written. */
import type { KubeObject } from '../client.ts';
import { asList, asObject } from './json.ts';
import { qualifiedName, type ResourceInfo } from './resource.ts';

const WITHOUT_EFFECT: Record<string, string> = {
  'networkpolicies.networking.k8s.io': 'NetworkPolicies are not enforced',
  'ingresses.networking.k8s.io': 'no Ingress controller runs',
  resourcequotas: 'ResourceQuotas are not enforced',
  limitranges: 'LimitRanges are not applied',
  'horizontalpodautoscalers.autoscaling': 'nothing is scaled automatically',
  'poddisruptionbudgets.policy': 'evictions do not look at PodDisruptionBudgets',
  'validatingadmissionpolicies.admissionregistration.k8s.io': 'ValidatingAdmissionPolicies are not evaluated',
  'certificatesigningrequests.certificates.k8s.io': 'no signer answers CertificateSigningRequests',
};

const hasRules = (schema: unknown): boolean => {
  if (Array.isArray(schema)) return schema.some(hasRules);
  if (schema === null || typeof schema !== 'object') return false;
  return 'x-kubernetes-validations' in schema || Object.values(schema).some(hasRules);
};

/** One sentence where the object, or a part of it, will do nothing here. */
export function withoutEffect(resource: ResourceInfo, object: KubeObject): string | undefined {
  const name = qualifiedName(resource);
  const known = WITHOUT_EFFECT[name];
  if (known) return `the embedded cluster only stores this: ${known}`;
  if (name !== 'customresourcedefinitions.apiextensions.k8s.io') return undefined;
  return asList(asObject(object.spec).versions).some((version) => hasRules(version.schema))
    ? 'the embedded cluster does not evaluate the rules (x-kubernetes-validations) of this definition'
    : undefined;
}
