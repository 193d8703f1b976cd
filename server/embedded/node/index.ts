/** The embedded node: scheduler, kubelet and container programs together. Started once per cluster. */
import type { Client } from '../client.ts';
import { createEventRecorder } from '../events.ts';
import type { ExecIO, Image } from '../images/image.ts';
import type { Network } from '../network/network.ts';
import { StatusError } from '../status.ts';
import { NODE_NAME } from './addresses.ts';
import { KUBELET_TIMINGS, type Timings } from './container-host.ts';
import { ImageStore } from './image-store.ts';
import { Kubelet } from './kubelet.ts';
import type { LogRequest } from './logs.ts';
import { registerNode } from './node-object.ts';
import { startScheduler } from './scheduler.ts';
import { MountError, type TokenRequest } from './volumes.ts';

export { NODE_IP, NODE_NAME } from './addresses.ts';
export type { LogRequest } from './logs.ts';
export type { TokenRequest } from './volumes.ts';

export interface NodeOptions {
  client: Client;
  network: Network;
  images: Image[];
  /** Issues tokens for projected serviceAccountToken volumes. Where it is left out, pods that ask for one wait with FailedMount. */
  token?(request: TokenRequest): Promise<string>;
  /** Where unexpected errors go: one line each. */
  log?(line: string): void;
  timings?: Partial<Timings>;
}

/** What the API server's log, exec and port-forward subresources need of the node. */
export interface NodeRuntime {
  /**
   * Lines with their newline. Throws a StatusError: 404 where the pod is not on the node or has no such container,
   * 400 where the container has no log yet.
   */
  logs(request: LogRequest): AsyncIterable<string>;
  /** Resolves with the command's exit code. Rejects with a StatusError where the container does not run. */
  exec(namespace: string, pod: string, container: string, argv: string[], io: ExecIO): Promise<number>;
  /** Joins the container's main process; resolves with its exit code, or 0 when `io.signal` is aborted first. */
  attach(namespace: string, pod: string, container: string, io: ExecIO): Promise<number>;
  /** Undefined where the pod is not on the node or has no address yet. */
  podIP(namespace: string, pod: string): string | undefined;
}

export interface RunningNode {
  runtime: NodeRuntime;
  /** Ends all containers at once, without grace: the cluster goes away. */
  stop(): Promise<void>;
}

export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { client, network } = options;
  const log = options.log ?? (() => {});
  const kubelet = new Kubelet({
    client,
    network,
    images: new ImageStore(options.images),
    timings: { ...KUBELET_TIMINGS, ...options.timings },
    events: createEventRecorder(client, 'kubelet', NODE_NAME),
    token:
      options.token ??
      (async () => {
        throw new MountError('service-account-token', 'this cluster issues no service account tokens');
      }),
    log,
  });
  const [registration] = await Promise.all([registerNode(client), kubelet.start()]);
  const scheduler = startScheduler(client, createEventRecorder(client, 'default-scheduler'), log);
  await scheduler.ready;
  return {
    runtime: runtimeOf(kubelet),
    async stop() {
      scheduler.stop();
      registration.stop();
      await kubelet.stop();
    },
  };
}

function runtimeOf(kubelet: Kubelet): NodeRuntime {
  const find = (namespace: string, pod: string, container: string) => {
    const worker = kubelet.worker(namespace, pod);
    if (!worker) throw new StatusError(404, 'NotFound', `pod "${pod}" does not run on node ${NODE_NAME}`);
    const runner = worker.runner(container);
    if (!runner) throw new StatusError(400, 'BadRequest', `container ${container} is not valid for pod ${pod}`);
    return runner;
  };
  const running = (namespace: string, pod: string, container: string) => {
    const runner = find(namespace, pod, container);
    if (!runner.isRunning) throw new StatusError(500, 'InternalError', `container not found ("${container}")`);
    return runner;
  };
  return {
    logs(request) {
      const runner = find(request.namespace, request.pod, request.container);
      return runner.logs.select(request, runner.status().state.waiting?.reason).read(request);
    },
    async exec(namespace, pod, container, argv, io) {
      return running(namespace, pod, container).exec(argv, io);
    },
    async attach(namespace, pod, container, io) {
      return running(namespace, pod, container).attach(io);
    },
    podIP: (namespace, pod) => kubelet.worker(namespace, pod)?.ip,
  };
}
