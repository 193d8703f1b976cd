/** The worker thread of ./in-worker.ts: the cluster, until it is told to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { startCluster } from './cluster.ts';
import { STOP, type WorkerAnswer } from './in-worker.ts';

const port = parentPort;
if (!port) throw new Error('This is the embedded cluster’s worker thread; it is started by in-worker.ts.');
/** Milliseconds; a key takes one or two. */
const LAST_MOMENT = 250;
const say = (answer: WorkerAnswer) => port.postMessage(answer);

/**
 * Ends the thread by itself, or, where something keeps it, in a moment: to exit while a key is being made in Node's
 * thread pool would abort the whole process.
 */
function leave(): void {
  port?.close();
  setTimeout(() => process.exit(0), LAST_MOMENT).unref();
}

try {
  const { stop, ...started } = await startCluster(workerData);
  port.on('message', (message) => {
    if (message === STOP) void stop().finally(leave);
  });
  say({ ready: true, ...started });
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  say({ ready: false, message, ...(code ? { code } : {}) });
}
