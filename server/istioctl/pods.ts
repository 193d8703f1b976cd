/** Finding pods and asking them over HTTP. */
import http from 'node:http';
import type { ApiObject, Cluster } from './cluster.ts';
import { dialPod, type PodPort } from './port-forward.ts';

export interface PodObject extends ApiObject {
  spec: {
    hostNetwork?: boolean;
    containers: { name: string; image: string }[];
    initContainers?: { name: string; image: string }[];
  };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

export async function podsIn(cluster: Cluster, namespace?: string, selector?: string): Promise<PodObject[]> {
  const query = selector ? `?labelSelector=${encodeURIComponent(selector)}` : '';
  const where = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const { items } = await cluster.request<{ items: PodObject[] }>({ path: `/api/v1${where}/pods${query}` });
  return items;
}

export const isReady = (pod: PodObject): boolean =>
  pod.status?.phase === 'Running' &&
  !pod.metadata.deletionTimestamp &&
  (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');

/** GET from a pod's port, over port-forward. Rejects on anything but 200. */
export async function askPod(cluster: Cluster, target: PodPort, path: string): Promise<string> {
  const stream = await dialPod(cluster, target);
  try {
    return await new Promise<string>((resolve, reject) => {
      const request = http.request(
        { path, host: 'localhost', headers: { connection: 'close' }, createConnection: () => stream },
        (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            body += chunk;
          });
          response.once('end', () => {
            if (response.statusCode === 200) resolve(body);
            else reject(new Error(`${path} of pod ${target.namespace}/${target.pod} answered ${response.statusCode}`));
          });
        },
      );
      request.once('error', reject);
      request.end();
    });
  } finally {
    stream.destroy();
  }
}
