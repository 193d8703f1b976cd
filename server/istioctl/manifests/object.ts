/** The shape of what istioctl applies, and the labels that Istio's installer and charts put on everything. */
import { ISTIO } from '../../versions.ts';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

export const NAMESPACE = 'istio-system';
export const HUB = 'registry.istio.io/release';
/** Who owns the applied fields, as in the real istioctl. */
export const FIELD_MANAGER = 'istio-operator';
export const COMPONENT_LABEL = 'operator.istio.io/component';

export type Component = 'Base' | 'Pilot' | 'IngressGateways' | 'EgressGateways';

/** Labels of the charts (`istio.labels`). `name` is the component's app.kubernetes.io/name. */
export const chartLabels = (name: string, chart: string): Record<string, string> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/managed-by': 'Helm',
  'app.kubernetes.io/instance': 'istio',
  'app.kubernetes.io/part-of': 'istio',
  'app.kubernetes.io/version': ISTIO,
  'helm.sh/chart': `${chart}-${ISTIO}`,
});

/** Labels that the installer adds to each object, by which `uninstall` finds it again. */
export const ownerLabels = (component: Component): Record<string, string> => ({
  'install.operator.istio.io/owning-resource': 'installed-state',
  'install.operator.istio.io/owning-resource-namespace': NAMESPACE,
  'istio.io/rev': 'default',
  'operator.istio.io/managed': 'Reconcile',
  'operator.istio.io/version': ISTIO,
  [COMPONENT_LABEL]: component,
});

export const owned = (component: Component, manifests: Manifest[]): Manifest[] =>
  manifests.map((manifest) => ({
    ...manifest,
    metadata: { ...manifest.metadata, labels: { ...manifest.metadata.labels, ...ownerLabels(component) } },
  }));
