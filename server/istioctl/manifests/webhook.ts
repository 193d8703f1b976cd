/**
 * The MutatingWebhookConfiguration that makes the API server ask istiod about new pods: four webhooks whose selectors
 * say which pods. (istio-discovery chart, templates/mutatingwebhook.yaml.) istiod fills in `caBundle` when it starts.
 */
import { chartLabels, type Manifest, NAMESPACE } from './object.ts';

interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

const INJECT = 'sidecar.istio.io/inject';
const REV = 'istio.io/rev';
const INJECTION = 'istio-injection';
const absent = (key: string): Requirement => ({ key, operator: 'DoesNotExist' });
const oneOf = (key: string, value: string): Requirement => ({ key, operator: 'In', values: [value] });
const notRefused: Requirement = { key: INJECT, operator: 'NotIn', values: ['false'] };

const webhook = (prefix: string, namespace: Requirement[], object: Requirement[]) => ({
  name: `${prefix}sidecar-injector.istio.io`,
  clientConfig: { service: { name: 'istiod', namespace: NAMESPACE, path: '/inject', port: 443 } },
  sideEffects: 'None',
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
  failurePolicy: 'Fail',
  reinvocationPolicy: 'Never',
  admissionReviewVersions: ['v1'],
  namespaceSelector: { matchExpressions: namespace },
  objectSelector: { matchExpressions: object },
});

export const injectorWebhook = (): Manifest => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: {
    name: 'istio-sidecar-injector',
    labels: { app: 'sidecar-injector', release: 'istio', ...chartLabels('istiod', 'istiod') },
  },
  webhooks: [
    webhook('rev.namespace.', [oneOf(REV, 'default'), absent(INJECTION)], [notRefused]),
    webhook('rev.object.', [absent(REV), absent(INJECTION)], [notRefused, oneOf(REV, 'default')]),
    webhook('namespace.', [oneOf(INJECTION, 'enabled')], [notRefused]),
    webhook('object.', [absent(INJECTION), absent(REV)], [oneOf(INJECT, 'true'), absent(REV)]),
  ],
});
