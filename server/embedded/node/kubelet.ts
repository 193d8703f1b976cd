/** The node's agent: one worker for each pod bound to the node, and what they share. */
import type { Client, KubeObject } from '../client.ts';
import type { EventRecorder } from '../events.ts';
import { Informer, keyOf } from '../informer.ts';
import type { Network } from '../network/network.ts';
import { isNotFound } from '../status.ts';
import { type ConfigMap, type Pod, RESOURCES, type Secret, type Service } from '../types.ts';
import { NODE_NAME, PodAddresses } from './addresses.ts';
import type { Timings } from './container-host.ts';
import type { ImageStore } from './image-store.ts';
import { PodWorker } from './pod-worker.ts';
import type { TokenRequest } from './volumes.ts';

export interface KubeletOptions {
  client: Client;
  network: Network;
  images: ImageStore;
  timings: Timings;
  events: EventRecorder;
  token(request: TokenRequest): Promise<string>;
  log(line: string): void;
}

export class Kubelet {
  private readonly pods: Informer<Pod>;
  private readonly configMaps: Informer<ConfigMap>;
  private readonly secrets: Informer<Secret>;
  private readonly services: Informer<Service>;
  /** By uid: a pod may come back under a name while the one before is still ending. */
  private readonly workers = new Map<string, PodWorker>();
  private readonly byName = new Map<string, string>();
  private readonly addresses = new PodAddresses();

  constructor(private readonly options: KubeletOptions) {
    const { client } = options;
    this.pods = new Informer<Pod>(client, RESOURCES.pods, { fieldSelector: `spec.nodeName=${NODE_NAME}` });
    this.configMaps = new Informer<ConfigMap>(client, RESOURCES.configmaps);
    this.secrets = new Informer<Secret>(client, RESOURCES.secrets);
    this.services = new Informer<Service>(client, RESOURCES.services);
  }

  async start(): Promise<void> {
    await Promise.all([this.configMaps.start(), this.secrets.start(), this.services.start()]);
    const configChanged = (object: KubeObject) => this.configChanged(object);
    const handlers = { added: configChanged, updated: (_: KubeObject, object: KubeObject) => configChanged(object) };
    this.configMaps.handle(handlers);
    this.secrets.handle(handlers);
    this.pods.handle({
      added: (pod) => this.podChanged(pod),
      updated: (_, pod) => this.podChanged(pod),
      deleted: (pod) => this.podGone(pod),
    });
    await this.pods.start();
  }

  async stop(): Promise<void> {
    for (const informer of [this.pods, this.configMaps, this.secrets, this.services]) informer.stop();
    await Promise.all([...this.workers.values()].map((worker) => worker.destroy()));
    this.workers.clear();
    this.byName.clear();
  }

  /** The worker of a pod, by name. */
  worker(namespace: string, pod: string): PodWorker | undefined {
    return this.workers.get(this.byName.get(`${namespace}/${pod}`) ?? '');
  }

  private podChanged(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.workers.get(uid);
    if (worker) {
      worker.update(pod);
      return;
    }
    const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (over && !pod.metadata.deletionTimestamp) return;
    const { client, network, images, timings, events, log } = this.options;
    const created = new PodWorker(pod, {
      client,
      network,
      images,
      timings,
      events,
      log,
      addresses: this.addresses,
      sources: (of) => this.sources(of.metadata.namespace ?? 'default', of.spec.enableServiceLinks !== false),
    });
    this.workers.set(uid, created);
    this.byName.set(keyOf(pod), uid);
    // In a later turn, so that the scheduler's word comes before the node's.
    setImmediate(() => created.kick());
  }

  private podGone(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.workers.get(uid);
    if (!worker) return;
    this.workers.delete(uid);
    if (this.byName.get(keyOf(pod)) === uid) this.byName.delete(keyOf(pod));
    void worker.destroy();
  }

  private configChanged(object: KubeObject): void {
    for (const [key, uid] of this.byName) {
      if (key.startsWith(`${object.metadata.namespace}/`)) this.workers.get(uid)?.configChanged();
    }
  }

  private sources(namespace: string, links: boolean) {
    const { client, token } = this.options;
    // The cache may lag behind what was applied just before the pod: ask before saying that something is missing.
    const find = async <T extends KubeObject>(
      cache: Informer<T>,
      resource: typeof RESOURCES.secrets | typeof RESOURCES.configmaps,
      name: string,
    ) => {
      const cached = cache.get(`${namespace}/${name}`);
      if (cached) return cached;
      try {
        return await client.get<T>(resource, { namespace, name });
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    };
    const own = links ? this.services.list(namespace) : [];
    const kubernetes = this.services.get('default/kubernetes');
    return {
      configMap: (name: string) => find(this.configMaps, RESOURCES.configmaps, name),
      secret: (name: string) => find(this.secrets, RESOURCES.secrets, name),
      services: kubernetes && !own.includes(kubernetes) ? [kubernetes, ...own] : own,
      token,
    };
  }
}
