/** The embedded backend: our own cluster, which runs as long as the lab does and keeps its objects beyond that. */
import { writeFile } from 'node:fs/promises';
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

  onLost(listener: (error: Error) => void): void {
    this.#lost = listener;
  }

  async stop(): Promise<void> {
    await this.#cluster?.stop();
    this.#cluster = undefined;
  }
}
