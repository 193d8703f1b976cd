/** Which webhooks are asked about a request: rules and selectors (k8s.io/apiserver pkg/admission/plugin/webhook). */
import type { KubeObject } from '../../client.ts';
import { matchesSelector } from '../../label-selector.ts';
import type { LabelSelector } from '../../types.ts';
import { asList, asObject, type Json } from '../json.ts';
import type { Attributes } from '../request.ts';

export interface Webhook {
  configuration: string;
  name: string;
  mutating: boolean;
  clientConfig: {
    url?: string;
    service?: { namespace: string; name: string; path?: string; port?: number };
    caBundle?: string;
  };
  failurePolicy: 'Fail' | 'Ignore';
  timeoutSeconds: number;
  reinvocationPolicy: 'Never' | 'IfNeeded';
  sideEffects: string;
  rules: Json[];
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  matchConditions: Json[];
}

/** The webhooks of a configuration, defaults being set already. */
export const webhooksOf = (configuration: KubeObject): Webhook[] =>
  asList(configuration.webhooks).map((webhook) => ({
    ...(webhook as unknown as Webhook),
    configuration: configuration.metadata.name,
    mutating: configuration.kind === 'MutatingWebhookConfiguration',
    rules: asList(webhook.rules),
    matchConditions: asList(webhook.matchConditions),
  }));

const includes = (list: unknown, value: string) => Array.isArray(list) && (list.includes('*') || list.includes(value));

/** `pods`, `pods/status`, `pods/*`, `*`, `*` + `/status`, or both stars. */
function matchesResource(patterns: unknown, resource: string, subresource: string | undefined): boolean {
  return (Array.isArray(patterns) ? (patterns as string[]) : []).some((pattern) => {
    const [wanted = '', sub] = pattern.split('/');
    if (wanted !== '*' && wanted !== resource) return false;
    return sub === undefined ? subresource === undefined : sub === '*' || sub === subresource;
  });
}

function matchesRule(rule: Json, { resource, operation, subresource, namespace }: Attributes): boolean {
  if (rule.scope === 'Namespaced' && namespace === undefined) return false;
  if (rule.scope === 'Cluster' && namespace !== undefined) return false;
  return (
    includes(rule.operations, operation) &&
    includes(rule.apiGroups, resource.group) &&
    // matchPolicy Equivalent, the default, also takes other versions of the same resource.
    (includes(rule.apiVersions, resource.version) || Array.isArray(rule.apiVersions)) &&
    matchesResource(rule.resources, resource.resource, subresource)
  );
}

/**
 * Whether the webhook wants to see the request. `namespaceLabels` are those of the request's namespace (for a
 * Namespace, its own); undefined where it has none: then the namespace selector does not matter.
 */
export function isAsked(
  webhook: Webhook,
  attributes: Attributes,
  namespaceLabels: Record<string, string> | undefined,
): boolean {
  // No webhook may stand in the way of changing webhooks.
  if (attributes.resource.group === 'admissionregistration.k8s.io') return false;
  if (!webhook.rules.some((rule) => matchesRule(rule, attributes))) return false;
  if (namespaceLabels && !matchesSelector(webhook.namespaceSelector, namespaceLabels)) return false;
  const labelsOf = (object: KubeObject | undefined) =>
    object && (asObject(object.metadata).labels as Record<string, string> | undefined);
  return [attributes.object, attributes.oldObject].some(
    (object) => object && matchesSelector(webhook.objectSelector, labelsOf(object)),
  );
}
