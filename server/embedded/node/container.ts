/** One container of a pod: its image, its program, its runs and the pauses between them, its probes and its log. */
import { randomBytes } from 'node:crypto';
import type { ContainerContext, ContainerSpec, ExecIO, Program } from '../images/image.ts';
import { runShellCommand } from '../images/shell.ts';
import { timestamp } from '../time.ts';
import type { Container, ContainerState, ContainerStatus, Probe } from '../types.ts';
import type { Remains } from './adopt.ts';
import type { ContainerHost } from './container-host.ts';
import { ContainerProbes } from './container-probes.ts';
import { ConfigError, expand } from './env.ts';
import { ImagePull } from './image-pull.ts';
import { fullName, imageID } from './image-store.ts';
import { ContainerLogs } from './logs.ts';
import { scopedNetwork } from './scoped-network.ts';

interface Run {
  program: Program;
  context: ContainerContext;
  abort: AbortController;
  startedAt: string;
  done: Promise<void>;
  finish(exitCode: number): void;
  files: Map<string, string>;
}

export class ContainerRunner {
  readonly logs = new ContainerLogs();
  private state: ContainerState;
  private lastState: ContainerState = {};
  private restartCount = 0;
  private containerID?: string;
  /** Its next run is not its first. */
  private hasRun = false;
  private run?: Run;
  private probes?: ContainerProbes;
  /** Since it last went well. */
  private crashes = 0;
  private notBefore = 0;
  private timer?: NodeJS.Timeout;
  private readonly imagePull: ImagePull;

  constructor(
    readonly spec: Container,
    readonly kind: 'init' | 'sidecar' | 'app',
    private readonly host: ContainerHost,
    initialReason: string,
  ) {
    this.state = { waiting: { reason: initialReason } };
    this.imagePull = new ImagePull(spec, host, (waiting) => {
      this.state = { waiting };
    });
  }

  /** Goes on from what an earlier run of the node left of the container. */
  adopt({ state, lastState, restartCount, containerID }: Remains): void {
    this.state = state ?? this.state;
    this.lastState = lastState;
    this.restartCount = restartCount;
    this.containerID = containerID;
    this.hasRun = true;
  }

  get isRunning(): boolean {
    return this.run !== undefined;
  }

  /** Exit code of the last run while none goes on. */
  get exitCode(): number | undefined {
    return this.state.terminated?.exitCode ?? (this.isRunning ? undefined : this.lastState.terminated?.exitCode);
  }

  /** Running, and past its startup probe. */
  get started(): boolean {
    return this.isRunning && this.probes?.started === true;
  }

  status(): ContainerStatus {
    const ready =
      this.kind === 'init' ? this.state.terminated?.exitCode === 0 : this.isRunning && this.probes?.ready === true;
    const pulled = this.containerID !== undefined;
    return {
      name: this.spec.name,
      state: this.state,
      lastState: this.lastState,
      ready,
      started: this.kind === 'init' ? false : this.started,
      restartCount: this.restartCount,
      image: pulled ? fullName(this.spec.image) : this.spec.image,
      imageID: pulled ? imageID(this.spec.image) : '',
      ...(this.containerID ? { containerID: this.containerID } : {}),
    };
  }

  /** Starts the program if it does not run and its pause is over. Comes back when it has started or is known not to. */
  async start(): Promise<void> {
    if (this.run) return;
    const { spec, host } = this;
    const now = Date.now();
    if (this.state.terminated) {
      const pause = this.crashPause();
      const due = Date.parse(this.state.terminated.finishedAt ?? '') + pause;
      this.lastState = { terminated: this.state.terminated };
      if (due > now && pause > 0) {
        this.waitInBackOff(pause);
        this.wake(due - now);
        return;
      }
    }
    const pause = Math.max(this.notBefore - now, this.imagePull.pause);
    if (pause > 0) {
      this.wake(pause);
      return;
    }
    const image = this.imagePull.pull();
    if (!image) {
      this.wake(this.imagePull.pause);
      return;
    }
    let prepared: Awaited<ReturnType<ContainerHost['prepare']>>;
    try {
      prepared = await host.prepare(spec);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.state = { waiting: { reason: 'CreateContainerConfigError', message: error.message } };
      host.event(spec, 'Warning', 'Failed', `Error: ${error.message}`);
      this.wake(host.timings.configRetry);
      return;
    }
    this.launch(prepared.env, prepared.files, image.start.bind(image));
  }

  /** New content for mounted files of a running container. */
  refreshFiles(files: Map<string, string>): void {
    if (!this.run) return;
    this.run.files.clear();
    for (const [path, content] of files) this.run.files.set(path, content);
  }

  get environment(): Readonly<Record<string, string>> | undefined {
    return this.run?.context.env;
  }

  /** Ends the program: asks, waits for `grace` milliseconds or until `hurry` is aborted, then drops it. */
  async stop(grace: number, hurry?: AbortSignal): Promise<void> {
    clearTimeout(this.timer);
    this.imagePull.stop();
    const { run } = this;
    if (!run) return;
    this.probes?.stop();
    run.abort.abort();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      run.done,
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, grace);
        if (hurry?.aborted) resolve();
        hurry?.addEventListener('abort', () => resolve(), { once: true });
      }),
    ]);
    clearTimeout(timer);
    // 128 + SIGKILL: it did not go by itself.
    run.finish(137);
  }

  /** Runs a command beside the program. Rejects where the container does not run. */
  exec(argv: string[], io: ExecIO): Promise<number> {
    if (!this.run) throw new Error(`container not found ("${this.spec.name}")`);
    const { program, context } = this.run;
    return program.exec ? program.exec(argv, io) : runShellCommand(argv, io, context);
  }

  /**
   * Joins standard streams to the program itself. One that does not read its input only shows what it logs from now
   * on. Resolves with the program's exit code, or 0 once `io.signal` is aborted. Rejects where it does not run.
   */
  async attach(io: ExecIO): Promise<number> {
    if (!this.run) throw new Error(`container not found ("${this.spec.name}")`);
    const { program } = this.run;
    if (program.attach) return program.attach(io);
    for await (const line of this.logs.current?.read({ follow: true, tailLines: 0, signal: io.signal }) ?? [])
      io.stdout(line);
    return io.signal.aborted ? 0 : program.exited;
  }

  private launch(
    env: Record<string, string>,
    files: Map<string, string>,
    begin: (c: ContainerContext) => Program,
  ): void {
    const { spec, host } = this;
    if (this.hasRun) this.restartCount++;
    this.hasRun = true;
    const log = this.logs.begin();
    const abort = new AbortController();
    const { network, close } = scopedNetwork(host.network, {
      namespace: host.pod().metadata.namespace ?? 'default',
      podIP: host.podIP(),
    });
    const lookup = (name: string) => env[name];
    const context: ContainerContext = {
      pod: structuredClone(host.pod()),
      container: {
        ...structuredClone(spec as ContainerSpec),
        ...(spec.command ? { command: spec.command.map((part) => expand(part, lookup)) } : {}),
        ...(spec.args ? { args: spec.args.map((part) => expand(part, lookup)) } : {}),
      },
      env,
      podIP: host.podIP(),
      network,
      client: host.client,
      files,
      log: (line) => log.append(line),
      signal: abort.signal,
    };
    const startedAt = timestamp();
    this.containerID = `malha-embedded://${randomBytes(32).toString('hex')}`;
    host.event(spec, 'Normal', 'Created', 'Container created');
    let program: Program;
    try {
      program = begin(context);
    } catch (error) {
      close();
      log.close();
      const message = `failed to start container: ${(error as Error).message}`;
      const { containerID } = this;
      const terminated = {
        exitCode: 128,
        reason: 'StartError',
        message,
        startedAt,
        finishedAt: timestamp(),
        containerID,
      };
      this.crashes++;
      this.state = { terminated };
      host.event(spec, 'Warning', 'Failed', `Error: ${message}`);
      host.changed();
      return;
    }
    let end: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      end = resolve;
    });
    const run: Run = {
      program,
      context,
      abort,
      startedAt,
      done,
      files,
      finish: (exitCode) => {
        if (this.run !== run) return;
        this.run = undefined;
        this.probes?.stop();
        // What a program leaves behind must not answer for the next run.
        abort.abort();
        close();
        log.close();
        this.ended(exitCode, startedAt);
        end();
      },
    };
    this.run = run;
    this.state = { running: { startedAt } };
    host.event(spec, 'Normal', 'Started', 'Container started');
    program.exited.then(
      (exitCode) => run.finish(exitCode),
      (error) => {
        log.append(`${(error as Error).stack ?? error}`);
        run.finish(1);
      },
    );
    this.startProbes();
  }

  private ended(exitCode: number, startedAt: string): void {
    const ran = Date.now() - Date.parse(startedAt);
    this.crashes = ran >= this.host.timings.recovered ? 1 : this.crashes + 1;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const { containerID } = this;
    this.state = { terminated: { exitCode, reason, startedAt, finishedAt: timestamp(), containerID } };
    this.host.changed();
  }

  /** None after the first crash, then 10 s, 20 s, 40 s … up to five minutes. */
  private crashPause(): number {
    const { firstBackOff, longestBackOff } = this.host.timings;
    return this.crashes <= 1 ? 0 : Math.min(firstBackOff * 2 ** (this.crashes - 2), longestBackOff);
  }

  private waitInBackOff(pause: number): void {
    const { metadata } = this.host.pod();
    const pod = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
    const message = `back-off ${duration(pause)} restarting failed container=${this.spec.name} pod=${pod}`;
    this.state = { waiting: { reason: 'CrashLoopBackOff', message } };
    const words = `Back-off restarting failed container ${this.spec.name} in pod ${pod}`;
    this.host.event(this.spec, 'Warning', 'BackOff', words);
    this.notBefore = Date.parse(this.lastState.terminated?.finishedAt ?? '') + pause;
  }

  private wake(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.host.changed(), delay);
  }

  private startProbes(): void {
    if (this.kind === 'init') return;
    const { host, spec } = this;
    const target = { network: host.network, podIP: host.podIP(), container: spec, exec: this.exec.bind(this) };
    this.probes = new ContainerProbes(spec, target, {
      changed: () => host.changed(),
      unhealthy: (message) => host.event(spec, 'Warning', 'Unhealthy', message),
      failed: (kind, probe) => this.fail(kind, probe),
    });
  }

  private fail(kind: string, probe: Probe): void {
    const { spec, host } = this;
    host.event(spec, 'Normal', 'Killing', `Container ${spec.name} failed ${kind} probe, will be restarted`);
    const grace = probe.terminationGracePeriodSeconds ?? host.pod().spec.terminationGracePeriodSeconds ?? 30;
    void this.stop(grace * 1000);
  }
}

/** As Go writes durations: `10s`, `1m20s`, `5m0s`. */
function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
