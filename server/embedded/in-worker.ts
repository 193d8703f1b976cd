/** Runs the embedded cluster in a worker thread, so that a busy cluster never delays a keystroke. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ClusterOptions, RunningCluster } from './cluster.ts';

/** What the worker says first: that it runs, or why it does not. */
export type WorkerAnswer =
  | ({ ready: true } & Omit<RunningCluster, 'stop'>)
  | { ready: false; message: string; code?: string };

export const STOP = 'stop';

/** How long a worker may take to end by itself, in milliseconds; after that it is ended from outside. */
const PATIENCE_MS = 5000;

/**
 * Starts the cluster in the worker at `worker` (the bundle of ./worker.ts). Rejects where it cannot start, with the
 * `code` of the cause (EADDRINUSE). `onCrash` is called if the worker dies later.
 */
export async function startClusterInWorker(
  worker: URL,
  options: ClusterOptions = {},
  onCrash: (error: Error) => void = () => {},
): Promise<RunningCluster> {
  const thread = new Worker(worker, { workerData: options, name: 'embedded-cluster' });
  let stopping = false;
  const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) =>
      reject(new Error(`The embedded cluster's thread ended with ${code} before it was ready.`)),
    );
  });
  if (!answer.ready) {
    await thread.terminate();
    throw Object.assign(new Error(answer.message), answer.code ? { code: answer.code } : {});
  }
  thread.removeAllListeners('error');
  thread.removeAllListeners('exit');
  thread.on('error', onCrash);
  thread.on('exit', (code) => {
    if (!stopping) onCrash(new Error(`The embedded cluster stopped by itself (exit code ${code}).`));
  });
  const { ready: _, ...started } = answer;
  return {
    ...started,
    async stop() {
      if (stopping) return;
      stopping = true;
      const exited = once(thread, 'exit');
      thread.postMessage(STOP);
      const timer = setTimeout(() => void thread.terminate(), PATIENCE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
