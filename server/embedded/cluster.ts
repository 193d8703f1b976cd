/** The embedded cluster as a whole: started and stopped here, reached by everyone else through its kubeconfig. */

import { WebhookAdmission } from './apiserver/admission/webhooks.ts';
import { kubeconfigFor } from './apiserver/kubeconfig.ts';
import { type ApiServer, startApiServer } from './apiserver/server.ts';
import { createStreams } from './apiserver/streams/index.ts';
import { startControllers } from './controllers/index.ts';
import { images } from './images/index.ts';
import { createFabric } from './network/fabric.ts';
import { NODE_IP, startNode } from './node/index.ts';

export interface ClusterOptions {
  /** TCP port of the API server on 127.0.0.1; 0 picks a free one. */
  port?: number;
  /** Folder that keeps the cluster's CA and its objects over restarts; nothing is written where it is left out. */
  stateDir?: string;
}

export interface RunningCluster {
  /** `https://127.0.0.1:<port>` */
  server: string;
  /** A complete kubeconfig, as YAML, with the CA and a token. */
  kubeconfig: string;
  /** Milliseconds from the call to the API server answering. */
  startupMs: number;
  /** One sentence for the learner, where the cluster goes on from an earlier run or could not. */
  note?: string;
  stop(): Promise<void>;
}

/** Where pods reach the API server: behind the Service `kubernetes`. */
const API_SERVER_PORT = 6443;

/** Rejects with the `code` EADDRINUSE where the port is taken. */
export async function startCluster(options: ClusterOptions = {}): Promise<RunningCluster> {
  const began = performance.now();
  const log = (line: string) => console.error(line);
  const api = await startApiServer({ ...options, log, address: { ip: NODE_IP, port: API_SERVER_PORT } });
  const { client, registry, credentials } = api;
  const network = createFabric({ client });
  network.listen(NODE_IP, API_SERVER_PORT, (stream) => api.accept(stream));
  registry.admit(new WebhookAdmission(registry.store, network));
  const controllers = startControllers({
    client,
    caCertificate: credentials.ca.certificate,
    resources: () => registry.resources.all().filter(({ verbs }) => verbs.includes('list') && verbs.includes('delete')),
    log,
  });
  const stopControlPlane = async () => {
    await api.close();
    controllers.stop();
  };
  const node = await startNode({
    client,
    network,
    images,
    token: ({ namespace, serviceAccount, audience, expirationSeconds, pod }) =>
      api.issueToken(namespace, serviceAccount, {
        ...(audience ? { audiences: [audience] } : {}),
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', ...pod },
      }),
    log,
  }).catch(async (error) => {
    await stopControlPlane();
    network.stop();
    throw error;
  });
  api.streamThrough(createStreams({ client, network, runtime: node.runtime }));
  return {
    server: api.server,
    kubeconfig: kubeconfigFor(api.server, credentials),
    startupMs: Math.round(performance.now() - began),
    ...noteOn(api.state),
    async stop() {
      // Nobody new comes in, then the workloads end, then what they relied on.
      await stopControlPlane();
      await node.stop();
      network.stop();
    },
  };
}

function noteOn({ outcome, problem }: ApiServer['state']): { note?: string } {
  if (problem) return { note: problem };
  return outcome === 'restored' ? { note: 'The cluster goes on where it stood; its pods were started again.' } : {};
}
