/** Brings one pod to life and to its end: address, volumes, init containers in order, containers, status, termination. */
import type { EventRecorder } from '../events.ts';
import { isConflict, isNotFound } from '../status.ts';
import { timestamp } from '../time.ts';
import { type Condition, type Container, type Pod, type PodStatus, RESOURCES } from '../types.ts';
import { NODE_IP, type PodAddresses } from './addresses.ts';
import { hasRun, remainsOf } from './adopt.ts';
import { ContainerRunner } from './container.ts';
import type { ContainerHost } from './container-host.ts';
import { buildEnv } from './env.ts';
import { isSidecar, type PodState, podStatus } from './status.ts';
import { buildVolumes, MountError, mountFiles, type VolumeFiles, type VolumeSources } from './volumes.ts';

export interface PodHost extends Pick<ContainerHost, 'client' | 'network' | 'images' | 'timings'> {
  addresses: PodAddresses;
  events: EventRecorder;
  sources(pod: Pod, podIP: string): Pick<VolumeSources, 'configMap' | 'secret' | 'services' | 'token'>;
  log(line: string): void;
}

/** Milliseconds before volumes are tried again, and the longest such pause. */
const MOUNT_RETRY = 500;
const MOUNT_RETRY_LONGEST = 120_000;
const SYNC_RETRY = 1000;

export class PodWorker {
  private readonly runners = new Map<string, ContainerRunner>();
  private readonly hurry = new AbortController();
  private readonly startTime: string;
  private podIP?: string;
  private volumes?: Map<string, VolumeFiles>;
  private volumesOutdated = true;
  private mountFailures = 0;
  private mountNotBefore = 0;
  private initialized = false;
  private failure?: PodState['failure'];
  private ended = false;
  private gone = false;
  private released = false;
  private published?: string;
  private ownConditions: Condition[] = [];
  private timer?: NodeJS.Timeout;
  private busy = false;
  private again = false;
  private idle: Promise<void> = Promise.resolve();

  constructor(
    private pod: Pod,
    private readonly host: PodHost,
  ) {
    this.startTime = pod.status?.startTime ?? timestamp();
    const hasInit = (pod.spec.initContainers ?? []).length > 0;
    const reason = hasInit ? 'PodInitializing' : 'ContainerCreating';
    for (const spec of pod.spec.initContainers ?? []) this.add(spec, isSidecar(spec) ? 'sidecar' : 'init', reason);
    for (const spec of pod.spec.containers) this.add(spec, 'app', reason);
    if (hasRun(pod) && !pod.metadata.deletionTimestamp) this.adopt(pod);
    const deadline = pod.spec.activeDeadlineSeconds;
    if (deadline !== undefined) this.timer = setTimeout(() => this.kick(), deadline * 1000);
  }

  /** The pod ran before the node was started. */
  private adopt(pod: Pod): void {
    for (const runner of this.runners.values()) {
      const remains = remainsOf(pod, runner.spec.name, runner.kind);
      if (remains) runner.adopt(remains);
    }
    const { podIP } = pod.status ?? {};
    // What others know of the pod stays true; and no other pod gets its address before they know better.
    if (podIP && !pod.spec.hostNetwork) {
      this.host.addresses.reserve(podIP);
      this.podIP = podIP;
    }
    // A pod that may not run again gets no new sandbox, in which its init containers would.
    if (pod.spec.restartPolicy === 'Never' && this.of(['app']).some((runner) => runner.exitCode !== undefined)) {
      this.initialized = true;
      return;
    }
    const words = 'Pod sandbox changed, it will be killed and re-created.';
    this.host.events.event(pod, 'Normal', 'SandboxChanged', words);
  }

  /** The pod object changed. */
  update(pod: Pod): void {
    const before = this.pod.metadata;
    const { labels, annotations } = pod.metadata;
    // The downward API shows them.
    if (JSON.stringify([before.labels, before.annotations]) !== JSON.stringify([labels, annotations])) {
      this.volumesOutdated = true;
    }
    this.pod = pod;
    this.kick();
  }

  /** A ConfigMap or Secret of the namespace changed. */
  configChanged(): void {
    this.volumesOutdated = true;
    this.mountNotBefore = 0;
    this.kick();
  }

  /** The pod object is gone, or the node stops: end at once. Resolves when nothing of the pod runs any more. */
  async destroy(): Promise<void> {
    this.gone = true;
    this.hurry.abort();
    clearTimeout(this.timer);
    await this.idle;
    await Promise.all([...this.runners.values()].map((runner) => runner.stop(0, this.hurry.signal)));
    this.release();
  }

  runner(container: string): ContainerRunner | undefined {
    return this.runners.get(container);
  }

  get ip(): string | undefined {
    return this.podIP;
  }

  kick(): void {
    if (this.gone) return;
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    this.idle = this.loop();
  }

  private async loop(): Promise<void> {
    while (this.again && !this.gone) {
      this.again = false;
      try {
        await this.sync();
      } catch (error) {
        // The object went away under us: the watch will say so.
        if (isNotFound(error)) continue;
        if (!isConflict(error)) this.host.log(`kubelet: ${this.pod.metadata.name}: ${(error as Error).stack}`);
        this.retry(SYNC_RETRY);
      }
    }
    this.busy = false;
  }

  private add(spec: Container, kind: 'init' | 'sidecar' | 'app', reason: string): void {
    const { client, network, images, timings, events } = this.host;
    const field = kind === 'app' ? 'containers' : 'initContainers';
    const runner = new ContainerRunner(
      spec,
      kind,
      {
        client,
        network,
        images,
        timings,
        pod: () => this.pod,
        podIP: () => this.podIP ?? '',
        event: (container, type, why, message) =>
          events.event(this.pod, type, why, message, `spec.${field}{${container.name}}`),
        changed: () => this.kick(),
        prepare: async (container) => {
          const env = await buildEnv(container, this.sources());
          return { env, files: mountFiles(container, this.volumes ?? new Map(), env) };
        },
      },
      reason,
    );
    this.runners.set(spec.name, runner);
  }

  private of(kinds: ContainerRunner['kind'][]): ContainerRunner[] {
    return [...this.runners.values()].filter((runner) => kinds.includes(runner.kind));
  }

  private sources(): VolumeSources {
    const podIP = this.podIP ?? '';
    return { pod: this.pod, podIP, hostIP: NODE_IP, ...this.host.sources(this.pod, podIP) };
  }

  private async sync(): Promise<void> {
    if (this.pod.metadata.deletionTimestamp) return this.terminate();
    if (this.ended) return;
    if (!this.address()) return this.publish();
    if (!(await this.mount())) return this.publish();
    await this.expire();
    if (!this.failure) await this.advance();
    await this.conclude();
    await this.publish();
  }

  private address(): boolean {
    this.podIP ??= this.pod.spec.hostNetwork ? NODE_IP : this.host.addresses.allocate();
    if (this.podIP) return true;
    const words = 'Failed to create pod sandbox: no IP addresses available in range set: 10.244.0.2-10.244.0.254';
    this.host.events.event(this.pod, 'Warning', 'FailedCreatePodSandBox', words);
    this.retry(5000);
    return false;
  }

  private async mount(): Promise<boolean> {
    if (!this.volumesOutdated) return true;
    const now = Date.now();
    if (this.mountNotBefore > now) {
      this.retry(this.mountNotBefore - now);
      return false;
    }
    try {
      this.volumesOutdated = false;
      this.volumes = await buildVolumes(this.pod, this.sources());
    } catch (error) {
      this.volumesOutdated = true;
      // A running pod keeps the files that it has.
      if (this.volumes) return true;
      if (!(error instanceof MountError)) throw error;
      this.host.events.event(this.pod, 'Warning', 'FailedMount', error.message);
      const pause = Math.min(MOUNT_RETRY * 2 ** this.mountFailures++, MOUNT_RETRY_LONGEST);
      this.mountNotBefore = now + pause;
      this.retry(pause);
      return false;
    }
    for (const runner of this.runners.values()) {
      runner.refreshFiles(mountFiles(runner.spec, this.volumes, { ...runner.environment }));
    }
    return true;
  }

  /** One step further: the next init container, or all app containers. */
  private async advance(): Promise<void> {
    const never = this.pod.spec.restartPolicy === 'Never';
    if (!this.initialized) {
      for (const runner of this.of(['init', 'sidecar'])) {
        if (runner.kind === 'sidecar') {
          await runner.start();
          if (!runner.started) return;
        } else if (runner.exitCode !== 0) {
          if (runner.exitCode !== undefined && never) return;
          await runner.start();
          return;
        }
      }
      this.initialized = true;
    }
    const finished = this.workFinished();
    for (const runner of this.of(['sidecar'])) if (!finished) await runner.start();
    await Promise.all(
      this.of(['app'])
        .filter((runner) => this.shouldRun(runner))
        .map((runner) => runner.start()),
    );
  }

  private shouldRun(runner: ContainerRunner): boolean {
    const policy = this.pod.spec.restartPolicy ?? 'Always';
    if (runner.isRunning) return false;
    if (runner.exitCode === undefined || policy === 'Always') return true;
    return policy === 'OnFailure' && runner.exitCode !== 0;
  }

  /** No container will run again: all have ended, or an init container has failed for good. */
  private workFinished(): boolean {
    if (this.failure) return true;
    const never = this.pod.spec.restartPolicy === 'Never';
    const broken = this.of(['init']).some((runner) => never && (runner.exitCode ?? 0) !== 0);
    return (
      broken || (this.initialized && this.of(['app']).every((runner) => !runner.isRunning && !this.shouldRun(runner)))
    );
  }

  private async expire(): Promise<void> {
    const deadline = this.pod.spec.activeDeadlineSeconds;
    if (deadline === undefined || Date.now() - Date.parse(this.startTime) < deadline * 1000) return;
    const message = 'Pod was active on the node longer than the specified deadline';
    this.failure = { reason: 'DeadlineExceeded', message };
    this.host.events.event(this.pod, 'Normal', 'DeadlineExceeded', message);
  }

  /** When the work is done, what still runs beside it is ended, and the pod with it. */
  private async conclude(): Promise<void> {
    if (!this.workFinished()) return;
    await this.stopAll((this.pod.spec.terminationGracePeriodSeconds ?? 30) * 1000);
    this.ended = true;
    this.release();
  }

  private async terminate(): Promise<void> {
    const grace = this.pod.metadata.deletionGracePeriodSeconds ?? this.pod.spec.terminationGracePeriodSeconds ?? 30;
    for (const runner of this.runners.values()) {
      if (!runner.isRunning) continue;
      const field = runner.kind === 'app' ? 'containers' : 'initContainers';
      const words = `Stopping container ${runner.spec.name}`;
      this.host.events.event(this.pod, 'Normal', 'Killing', words, `spec.${field}{${runner.spec.name}}`);
    }
    await this.stopAll(grace * 1000);
    this.ended = true;
    await this.publish();
    const { namespace, name, uid } = this.pod.metadata;
    const preconditions = { uid };
    await this.host.client.delete(RESOURCES.pods, { namespace, name }, { gracePeriodSeconds: 0, preconditions });
  }

  /** App containers together, then sidecars, last first: Kubernetes' order for native sidecars. */
  private async stopAll(grace: number): Promise<void> {
    const deadline = Date.now() + grace;
    await Promise.all(this.of(['app', 'init']).map((runner) => runner.stop(grace, this.hurry.signal)));
    for (const runner of this.of(['sidecar']).reverse()) {
      await runner.stop(Math.max(deadline - Date.now(), 0), this.hurry.signal);
    }
  }

  private async publish(): Promise<void> {
    const status = this.status();
    const text = JSON.stringify(status);
    if (text === this.published) return;
    const { namespace, name, uid } = this.pod.metadata;
    const ref = { namespace, name, subresource: 'status' as const };
    await this.host.client.patch<Pod>(RESOURCES.pods, ref, 'merge', { metadata: { uid }, status });
    this.published = text;
    this.ownConditions = status.conditions ?? [];
  }

  private status(): PodStatus {
    const statuses = (kinds: ContainerRunner['kind'][]) => this.of(kinds).map((runner) => runner.status());
    const old = this.pod.status?.conditions ?? [];
    const own = this.ownConditions;
    const others = old.filter((condition) => !own.some(({ type }) => type === condition.type));
    // Our last words, even before the watch brings them back, so that transition times are kept.
    const pod = { ...this.pod, status: { ...this.pod.status, conditions: [...own, ...others] } };
    return podStatus(pod, {
      podIP: this.podIP,
      hostIP: NODE_IP,
      startTime: this.startTime,
      init: statuses(['init', 'sidecar']),
      apps: statuses(['app']),
      failure: this.failure,
      ended: this.ended,
    });
  }

  private retry(delay: number): void {
    if (this.gone) return;
    setTimeout(() => this.kick(), delay).unref();
  }

  private release(): void {
    if (this.podIP && !this.released && !this.pod.spec.hostNetwork) this.host.addresses.release(this.podIP);
    // Once only: by the next time the address may be another pod's.
    this.released = true;
  }
}
