/** The worker thread of ./in-worker.ts: the cluster, until it is told to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { startCluster } from './cluster.ts';
import { STOP, type WorkerAnswer } from './in-worker.ts';

const port = parentPort;
if (!port) throw new Error('This is the embedded cluster’s worker thread; it is started by in-worker.ts.');
const say = (answer: WorkerAnswer) => port.postMessage(answer);

try {
  const { stop, server, kubeconfig, startupMs } = await startCluster(workerData);
  port.on('message', (message) => {
    if (message === STOP) void stop().finally(() => process.exit(0));
  });
  say({ ready: true, server, kubeconfig, startupMs });
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  say({ ready: false, message, ...(code ? { code } : {}) });
}
