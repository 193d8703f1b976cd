/** The embedded backend: our own cluster, which runs as long as the lab does and keeps its objects beyond that. */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { ClusterOptions, RunningCluster } from '../embedded/cluster.ts';
import { KUBERNETES } from '../versions.ts';
import type { Backend, BackendReport, Progress } from './backend.ts';

/** Starts a cluster: in a worker thread for the lab, in process for tests. */
export type Launch = (options: ClusterOptions, onCrash?: (error: Error) => void) => Promise<RunningCluster>;

export class EmbeddedBackend implements Backend {
  #cluster: RunningCluster | undefined;
  #lost: (error: Error) => void = () => {};

  constructor(
    private readonly launch: Launch,
    private readonly options: ClusterOptions = {},
    private readonly note?: string,
  ) {}

  report(): BackendReport {
    const notes = [this.note, this.#cluster?.note].filter((note) => note !== undefined);
    return {
      kind: 'embedded',
      label: 'embedded cluster (simulated)',
      simulated: true,
      kubernetesVersion: KUBERNETES,
      ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    };
  }

  async start(kubeconfigPath: string, progress: Progress, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    progress('Starting the embedded cluster.');
    const launching = this.launch(this.options, (error) => this.#lost(error));
    const broken = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    this.#cluster = await Promise.race([launching, broken]).catch((error) => {
      launching.then(
        (late) => late.stop(),
        () => {},
      );
      throw error;
    });
    await writeFile(kubeconfigPath, this.#cluster.kubeconfig, { mode: 0o600 });
  }

  async renew(kubeconfigPath: string): Promise<void> {
    const old = this.#cluster;
    if (old === undefined) return;
    // Before the next one starts: both would write what they keep into the same folder.
    await old.stop();
    if (this.options.stateDir) await rm(this.options.stateDir, { recursive: true, force: true });
    const next = await this.launch(this.options, (error) => this.#lost(error));
    // Stopped meanwhile: nobody would stop the new one.
    if (this.#cluster !== old) return next.stop();
    this.#cluster = next;
    // In one step: a command that is just being typed reads the one or the other.
    await writeFile(`${kubeconfigPath}.new`, next.kubeconfig, { mode: 0o600 });
    await rename(`${kubeconfigPath}.new`, kubeconfigPath);
  }

  onLost(listener: (error: Error) => void): void {
    this.#lost = listener;
  }

  async stop(): Promise<void> {
    await this.#cluster?.stop();
    this.#cluster = undefined;
  }
}
