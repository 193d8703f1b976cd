/** The Kubernetes API behind the learner's kubeconfig: plain JSON requests with client-node's credentials. */
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { homedir } from 'node:os';
import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { CommandError } from './io.ts';

export interface Target {
  kubeconfig?: string;
  context?: string;
}

/** An answer of the API that is no success: the code and the message of its Status. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export interface ApiRequest {
  method?: string;
  path: string;
  body?: unknown;
  contentType?: string;
  /** Breaks it off; it then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** What the API returns, read field by field where it is used. */
export interface ApiObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  [field: string]: unknown;
}

export interface Cluster {
  /** `https://127.0.0.1:6443` */
  server: string;
  /** The context's namespace. */
  namespace: string;
  /** Rejects with ApiError, or CommandError where the server cannot be reached. */
  request<T = ApiObject>(request: ApiRequest): Promise<T>;
  /** Headers, CA and client certificate for a request of another kind, a WebSocket. */
  options(): Promise<https.RequestOptions>;
}

const expandHome = (file: string): string => (file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : file);

/** As kubectl reads it: --kubeconfig, else the files of KUBECONFIG, else ~/.kube/config. */
async function loadConfig({ kubeconfig, context }: Target, env: NodeJS.ProcessEnv): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const files = kubeconfig
    ? [kubeconfig]
    : (env.KUBECONFIG ?? '').split(path.delimiter).filter(Boolean).length
      ? env.KUBECONFIG!.split(path.delimiter).filter(Boolean)
      : [path.join(env.HOME || homedir(), '.kube', 'config')];
  let config: KubeConfig | undefined;
  for (const file of files.map(expandHome)) {
    // kubectl passes over files of KUBECONFIG that are not there, but not over one that was named.
    const present = await readFile(file).then(
      () => true,
      () => false,
    );
    if (!present) {
      if (kubeconfig) throw new CommandError(`no kubeconfig at ${file}`);
      continue;
    }
    const next = new Config();
    try {
      next.loadFromFile(file);
    } catch (error) {
      throw new CommandError(`${file} is not a kubeconfig: ${(error as Error).message}`);
    }
    if (config) config.mergeConfig(next, true);
    else config = next;
  }
  if (!config) {
    throw new CommandError(
      `no kubeconfig found (looked at ${files.join(', ')}). Start the lab with npm start, or name one with --kubeconfig.`,
    );
  }
  if (context) {
    if (!config.getContextObject(context)) throw new CommandError(`context "${context}" does not exist`);
    config.setCurrentContext(context);
  }
  if (!config.getCurrentCluster()) throw new CommandError('the kubeconfig has no current context with a cluster');
  return config;
}

export async function connect(target: Target, env: NodeJS.ProcessEnv): Promise<Cluster> {
  const config = await loadConfig(target, env);
  const { server } = config.getCurrentCluster()!;
  const context = config.getContextObject(config.getCurrentContext());

  const options = async (): Promise<https.RequestOptions> => {
    const options: https.RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };

  // One set of credentials and connections for all requests of a command: a plugin that makes tokens runs once.
  let shared: Promise<https.RequestOptions> | undefined;
  const sharedOptions = (): Promise<https.RequestOptions> => {
    shared ??= options().then((found) => {
      if (found.agent instanceof https.Agent) Object.assign(found.agent, { keepAlive: true });
      return found;
    });
    return shared;
  };

  async function request<T>({ method = 'GET', path: apiPath, body, contentType, signal }: ApiRequest): Promise<T> {
    const url = new URL(server.replace(/\/$/, '') + apiPath);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const base = await sharedOptions();
    const { code, answer } = await new Promise<{ code: number; answer: string }>((resolve, reject) => {
      const outgoing = (url.protocol === 'http:' ? http : https).request(
        url,
        {
          ...base,
          method,
          signal,
          headers: {
            ...base.headers,
            accept: 'application/json',
            ...(text
              ? { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(text) }
              : {}),
          },
        },
        (response) => {
          let received = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            received += chunk;
          });
          response.once('end', () => resolve({ code: response.statusCode ?? 0, answer: received }));
          response.once('error', reject);
        },
      );
      outgoing.once('error', (error) =>
        reject(
          signal?.aborted
            ? signal.reason
            : new CommandError(`the Kubernetes API at ${server} cannot be reached: ${error.message}`),
        ),
      );
      outgoing.end(text);
    });
    if (code >= 200 && code < 300) return JSON.parse(answer) as T;
    let message = answer.trim() || `HTTP ${code}`;
    try {
      message = (JSON.parse(answer) as { message?: string }).message ?? message;
    } catch {
      // Not a Status: a proxy in between, perhaps. Its text is all there is.
    }
    throw new ApiError(code, message);
  }

  return { server, namespace: context?.namespace || 'default', request, options };
}

/** Whether it is Malha's embedded cluster, on which Istio's programs are simulated. */
export async function isEmbedded(cluster: Cluster): Promise<boolean> {
  const version = await cluster.request<{ gitVersion?: string }>({ path: '/version' });
  if (version.gitVersion?.includes('malha')) return true;
  const nodes = await cluster.request<{ items: { status?: { nodeInfo?: { containerRuntimeVersion?: string } } }[] }>({
    path: '/api/v1/nodes',
  });
  return nodes.items.some((node) => node.status?.nodeInfo?.containerRuntimeVersion?.includes('malha'));
}

/** What would be applied are programs that exist nowhere else, and what would be deleted is not ours to know. */
export async function refuseRealCluster(cluster: Cluster): Promise<void> {
  if (await isEmbedded(cluster)) return;
  throw new CommandError(
    `the cluster at ${cluster.server} is a real one, and this is Malha's istioctl, which installs and removes simulated programs on the embedded cluster. ` +
      `Use Istio's own: https://istio.io/latest/docs/setup/getting-started/#download`,
  );
}
