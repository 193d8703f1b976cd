/** The API server as a whole: registry, admission, tokens and HTTP, with the objects that every cluster begins with. */

import type { Duplex } from 'node:stream';
import type { Client, KubeObject } from '../client.ts';
import { isAlreadyExists } from '../status.ts';
import { builtInAdmission } from './admission/built-in.ts';
import { type Credentials, makeCredentials } from './certificates.ts';
import { DefinitionCleaner } from './custom/cleaner.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import type { StreamHandler } from './http/streams.ts';
import { ServiceAccountTokens, type TokenOptions } from './http/tokens.ts';
import { createLocalClient } from './local-client.ts';
import { Registry } from './registry.ts';
import { SYSTEM } from './request.ts';
import { StateFile } from './state-file.ts';
import { Store } from './store.ts';

export interface ApiServerOptions {
  /** On 127.0.0.1; 0 picks a free one. */
  port?: number;
  /** Folder that keeps the credentials and the objects over restarts. */
  stateDir?: string;
  /** Where pods reach this server, for the endpoints of the Service `kubernetes`. */
  address?: { ip: string; port: number };
  /** Where trouble with the kept state goes: one line each. */
  log?(line: string): void;
}

export interface ApiServer {
  /** `https://127.0.0.1:<port>` */
  server: string;
  credentials: Credentials;
  /** What became of an earlier run's state: `none` was kept, all was `restored`, or some could not be read. */
  state: { outcome: 'none' | 'restored' | 'damaged'; problem?: string };
  registry: Registry;
  client: Client;
  /** A token for a service account, as POST …/token answers. Rejects with 404 where there is no such account. */
  issueToken(namespace: string, serviceAccount: string, options?: TokenOptions): Promise<string>;
  /** Hands log, exec, attach, port-forward and proxy to the node; until then they answer 501. */
  streamThrough(handler: StreamHandler): void;
  /** Serves a connection that comes over the pod network. */
  accept(stream: Duplex): void;
  close(): Promise<void>;
}

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const SERVICES = { group: '', version: 'v1', resource: 'services' };
const NAMESPACE = { group: '', version: 'v1', resource: 'namespaces' };

const kubernetesService = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    clusterIP: '10.96.0.1',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
  },
});

/** The server's own endpoints, which no selector finds. */
const kubernetesEndpoints = ({ ip, port }: { ip: string; port: number }): [typeof SERVICES, KubeObject][] => [
  [
    { group: '', version: 'v1', resource: 'endpoints' },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
      },
      subsets: [{ addresses: [{ ip }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
    },
  ],
  [
    { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': 'kubernetes' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ip], conditions: { ready: true } }],
      ports: [{ name: 'https', port, protocol: 'TCP' }],
    },
  ],
];

async function bootstrap(client: Client, address: ApiServerOptions['address']): Promise<void> {
  const make = async (resource: typeof SERVICES, object: KubeObject) => {
    await client.create(resource, object).catch((error) => {
      if (!isAlreadyExists(error)) throw error;
    });
  };
  for (const name of NAMESPACES) await make(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await make(SERVICES, kubernetesService());
  for (const [resource, object] of address ? kubernetesEndpoints(address) : []) await make(resource, object);
}

/** Rejects with EADDRINUSE where the port is taken. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const state = options.stateDir === undefined ? undefined : await StateFile.open(options.stateDir, options.log);
  const registry = new Registry(new Store(undefined, state?.kept));
  const client = createLocalClient(registry);
  registry.admit(builtInAdmission(registry));
  let streams: StreamHandler | undefined;
  state?.follow(registry.store);
  const cleaner = new DefinitionCleaner(registry, { user: SYSTEM });
  const [credentials] = await Promise.all([makeCredentials(options.stateDir), bootstrap(client, options.address)]);
  const tokens = new ServiceAccountTokens(credentials.tokenKey);
  const http: HttpServer = await startHttpServer({
    registry,
    tokens,
    token: credentials.token,
    ...credentials.serving,
    port: options.port ?? 0,
    streams: () => streams,
  }).catch(async (error) => {
    await state?.close();
    throw error;
  });
  return {
    server: `https://127.0.0.1:${http.port}`,
    credentials,
    state: {
      outcome: state?.problem ? 'damaged' : state?.kept ? 'restored' : 'none',
      ...(state?.problem ? { problem: state.problem } : {}),
    },
    registry,
    client,
    async issueToken(namespace, serviceAccount, how) {
      const resource = registry.resource({ group: '', version: 'v1', resource: 'serviceaccounts' });
      return tokens.issue(registry.get(resource, { namespace, name: serviceAccount }), how).token;
    },
    streamThrough: (handler) => {
      streams = handler;
    },
    accept: http.accept,
    async close() {
      cleaner.stop();
      await Promise.all([http.close(), state?.close()]);
    },
  };
}
