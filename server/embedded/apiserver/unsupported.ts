/** What can be stored but has no effect in the embedded cluster: said as a warning when it is written. */
import type { KubeObject } from '../client.ts';
import { asList, asObject, type Json } from './json.ts';
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

/** Groups of custom resources that nothing acts on: istiod is simulated, and calls do not pass through its proxies. */
const GROUPS_WITHOUT_EFFECT: Record<string, string> = Object.fromEntries(
  ['networking', 'security', 'telemetry', 'extensions'].map((name) => [
    `${name}.istio.io`,
    'calls do not pass through the simulated proxies yet',
  ]),
);

const hasRules = (schema: unknown): boolean => {
  if (Array.isArray(schema)) return schema.some(hasRules);
  if (schema === null || typeof schema !== 'object') return false;
  return 'x-kubernetes-validations' in schema || Object.values(schema).some(hasRules);
};

/** The spec of the pods that an object is or makes. */
function podSpecOf(object: KubeObject): Json {
  const spec = asObject(object.spec);
  const template = asObject(
    object.kind === 'CronJob' ? asObject(asObject(spec.jobTemplate).spec).template : spec.template,
  );
  return object.kind === 'Pod' ? spec : asObject(template.spec);
}

/** Names of the containers that ask for postStart or preStop. */
const withHooks = (spec: Json): string[] =>
  [...asList(spec.initContainers), ...asList(spec.containers)]
    .filter(({ lifecycle }) => asObject(lifecycle).postStart || asObject(lifecycle).preStop)
    .map(({ name }) => String(name));

/** One sentence where the object, or a part of it, will do nothing here. */
export function withoutEffect(resource: ResourceInfo, object: KubeObject): string | undefined {
  const name = qualifiedName(resource);
  const known = WITHOUT_EFFECT[name] ?? GROUPS_WITHOUT_EFFECT[resource.group];
  if (known) return `the embedded cluster only stores this: ${known}`;
  if (resource.type && name !== 'customresourcedefinitions.apiextensions.k8s.io') {
    const hooks = withHooks(podSpecOf(object));
    return hooks.length > 0
      ? `the embedded cluster does not run lifecycle hooks (postStart, preStop), which ${hooks.join(', ')} has`
      : undefined;
  }
  if (name !== 'customresourcedefinitions.apiextensions.k8s.io') return undefined;
  return asList(asObject(object.spec).versions).some((version) => hasRules(version.schema))
    ? 'the embedded cluster does not evaluate the rules (x-kubernetes-validations) of this definition'
    : undefined;
}
