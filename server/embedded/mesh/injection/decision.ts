/**
 * Whether a pod gets a sidecar. The order is Istio's: host network and system namespaces never; then the pod's label,
 * else its annotation `sidecar.istio.io/inject`; then neverInjectSelector, alwaysInjectSelector, and the policy.
 * (Istio documentation: "Installing the Sidecar", and pkg/kube/inject.) The namespace's own label is not looked at
 * here: it decides, in the webhook's selectors, whether istiod is asked at all.
 */
import { matchesSelector } from '../../label-selector.ts';
import type { LabelSelector, Pod } from '../../types.ts';
import type { InjectionConfig } from './config.ts';

export const IGNORED_NAMESPACES: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
];

export interface Decision {
  inject: boolean;
  /** One clause for istiod's log. */
  reason: string;
}

/** An empty selector matches nothing here, unlike elsewhere in Kubernetes. */
const isEmpty = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;

const matchesOne = (selectors: LabelSelector[], labels: Record<string, string>): boolean =>
  selectors.some((selector) => !isEmpty(selector) && matchesSelector(selector, labels));

/** `namespace` is the request's, since a pod under admission may not carry one. */
export function decideInjection(
  pod: Pick<Pod, 'metadata' | 'spec'>,
  namespace: string,
  config: Pick<InjectionConfig, 'policy' | 'neverInjectSelector' | 'alwaysInjectSelector'>,
): Decision {
  const { labels = {}, annotations = {} } = pod.metadata;
  if (pod.spec.hostNetwork) return { inject: false, reason: 'the pod uses the host network' };
  if (IGNORED_NAMESPACES.includes(namespace)) return { inject: false, reason: `namespace ${namespace} is ignored` };
  if (config.policy !== 'enabled' && config.policy !== 'disabled')
    return { inject: false, reason: `illegal policy "${config.policy}"` };

  const wish = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  if (wish === 'true') return { inject: true, reason: 'sidecar.istio.io/inject is "true"' };
  if (wish === 'false') return { inject: false, reason: 'sidecar.istio.io/inject is "false"' };
  if (matchesOne(config.neverInjectSelector, labels)) return { inject: false, reason: 'neverInjectSelector matches' };
  if (matchesOne(config.alwaysInjectSelector, labels)) return { inject: true, reason: 'alwaysInjectSelector matches' };
  return { inject: config.policy === 'enabled', reason: `policy is ${config.policy}` };
}
