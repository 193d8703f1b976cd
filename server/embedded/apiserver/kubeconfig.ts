/** The one door to the cluster: a kubeconfig with its address, its CA and the administrator's token. */
import { stringify } from 'yaml';
import { CLUSTER_NAME } from '../../versions.ts';
import type { Credentials } from './certificates.ts';

/** YAML, complete in one file: nothing in it points elsewhere. */
export const kubeconfigFor = (server: string, { ca, token }: Pick<Credentials, 'ca' | 'token'>): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: CLUSTER_NAME,
        cluster: { server, 'certificate-authority-data': Buffer.from(ca.certificate).toString('base64') },
      },
    ],
    users: [{ name: CLUSTER_NAME, user: { token } }],
    contexts: [{ name: CLUSTER_NAME, context: { cluster: CLUSTER_NAME, user: CLUSTER_NAME } }],
    'current-context': CLUSTER_NAME,
  });
