/** For tests: an API, the controllers and the node together, with a few small programs as images. */
import http from 'node:http';
import { expect } from 'vitest';
import { createLocalClient } from '../apiserver/local-client.ts';
import { Registry } from '../apiserver/registry.ts';
import type { Client, GroupVersionResource, KubeObject } from '../client.ts';
import { startControllers } from '../controllers/index.ts';
import type { ContainerContext, Image, Program } from '../images/image.ts';
import { createFabric } from '../network/fabric.ts';
import { isNotFound } from '../status.ts';
import { type Event, type Pod, type PodSpec, RESOURCES } from '../types.ts';
import type { Timings } from './container-host.ts';
import { type NodeRuntime, startNode } from './index.ts';

/** For an object to become what it is to be, in milliseconds: some steps take one or two seconds by themselves. */
const PATIENCE = 20_000;

export interface TestCluster {
  client: Client;
  registry: Registry;
  network: ReturnType<typeof createFabric>;
  runtime: NodeRuntime;
  stop(): Promise<void>;
  /** Creates an object, in `default` where it names no namespace. */
  create<T extends KubeObject>(resource: GroupVersionResource, object: object): Promise<T>;
  createPod(name: string, spec: object, metadata?: object): Promise<Pod>;
  /** Waits until `check` on the object passes, and resolves with the object. */
  until<T extends KubeObject>(
    resource: GroupVersionResource,
    name: string,
    check: (object: T) => void,
    namespace?: string,
  ): Promise<T>;
  gone(resource: GroupVersionResource, name: string, namespace?: string): Promise<void>;
  /** `reason: message` of the events about an object, in order. */
  events(name: string): Promise<string[]>;
}

const untilStopped = (context: ContainerContext): Promise<number> =>
  new Promise((resolve) => context.signal.addEventListener('abort', () => resolve(0)));

const image = (name: string, start: (context: ContainerContext) => Program): Image => ({
  repositories: [name],
  summary: `test image ${name}`,
  simulated: false,
  start,
});

const IMAGES: Image[] = [
  /** Logs its environment and files, then waits. */
  image('idle', (context) => {
    context.log('begin');
    for (const [name, value] of Object.entries(context.env)) context.log(`env ${name}=${value}`);
    for (const [path, content] of context.files) context.log(`file ${path}=${content}`);
    return { exited: untilStopped(context) };
  }),
  /** Ends at once with the exit code in its first argument. */
  image('exit', (context) => {
    context.log(`exits with ${context.container.args?.[0] ?? '0'}`);
    return { exited: Promise.resolve(Number(context.container.args?.[0] ?? 0)) };
  }),
  /** Does not end when asked to. */
  image('stubborn', () => ({ exited: new Promise(() => {}) })),
  /** HTTP on PORT (8080): /healthy is 200 while the file /etc/config/healthy says `yes`, or there is no such file. */
  image('web', (context) => {
    const server = http.createServer((request, response) => {
      const healthy = request.url !== '/healthy' || (context.files.get('/etc/config/healthy') ?? 'yes') === 'yes';
      response.statusCode = healthy ? 200 : 503;
      response.end(context.pod.metadata.name);
    });
    const close = context.network.listen(context.podIP, Number(context.env.PORT ?? 8080), (stream) => {
      server.emit('connection', stream);
    });
    return { exited: untilStopped(context).finally(close) };
  }),
];

export async function startTestCluster(timings: Partial<Timings> = {}): Promise<TestCluster> {
  const registry = new Registry();
  const client = createLocalClient(registry);
  const problems: string[] = [];
  const log = (line: string) => void problems.push(line);
  for (const name of ['default', 'kube-system', 'kube-node-lease']) {
    await client.create(RESOURCES.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const network = createFabric({ client });
  const resources = () =>
    registry.resources.all().filter(({ verbs }) => verbs.includes('list') && verbs.includes('delete'));
  const controllers = startControllers({ client, caCertificate: 'test CA', resources, log });
  const token = async ({ serviceAccount, audience }: { serviceAccount: string; audience?: string }) =>
    `token of ${serviceAccount} for ${audience ?? 'the API'}`;
  const node = await startNode({ client, network, images: IMAGES, log, timings, token });

  const until: TestCluster['until'] = async (resource, name, check, namespace = 'default') => {
    let last: KubeObject | undefined;
    await expect
      .poll(
        async () => {
          last = await client.get(resource, { namespace, name });
          check(last as never);
          return true;
        },
        { interval: 5, timeout: PATIENCE },
      )
      .toBe(true);
    return last as never;
  };

  return {
    client,
    registry,
    network,
    runtime: node.runtime,
    until,
    async create(resource, object) {
      const given = object as KubeObject;
      const namespace = given.metadata.namespace ?? 'default';
      return client.create(resource, { ...given, metadata: { ...given.metadata, namespace } }) as never;
    },
    createPod: (name, spec, metadata = {}) =>
      client.create<Pod>(RESOURCES.pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default', ...metadata },
        spec: spec as PodSpec,
      }),
    async gone(resource, name, namespace = 'default') {
      await expect
        .poll(
          () =>
            client.get(resource, { namespace, name }).then(
              () => 'there',
              (error) => (isNotFound(error) ? 'gone' : String(error)),
            ),
          { interval: 5, timeout: PATIENCE },
        )
        .toBe('gone');
    },
    async events(name) {
      const { items } = await client.list<Event>(RESOURCES.events);
      return items
        .filter((event) => event.involvedObject.name === name)
        .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
        .map((event) => `${event.reason}: ${event.message}`);
    },
    async stop() {
      controllers.stop();
      await node.stop();
      network.stop();
      expect(problems).toEqual([]);
    },
  };
}
