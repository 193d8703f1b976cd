/** Component "Istio core": the custom resource definitions and the reader's service account. */
import { crds } from './crds.ts';
import { chartLabels, type Manifest, NAMESPACE, owned } from './object.ts';

export const base = (): Manifest[] =>
  owned('Base', [
    ...crds(),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: 'istio-reader-service-account',
        namespace: NAMESPACE,
        labels: { app: 'istio-reader', release: 'istio', ...chartLabels('istio-reader', 'base') },
      },
    },
  ]);
