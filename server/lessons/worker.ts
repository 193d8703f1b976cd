/**
 * The thread in which checks look and clusters are taken stock of: an author's endless loop, or a client that takes
 * most of a second to load, must not delay a keystroke. Started and ended by ./thread.ts.
 */
import { parentPort } from 'node:worker_threads';
import { tasks } from './tasks.ts';
import type { Answer, Order } from './thread.ts';

const port = parentPort;
if (!port) throw new Error('This is the lessons’ worker thread; it is started by thread.ts.');
const say = (answer: Answer) => port.postMessage(answer);

port.on('message', async ({ id, task, input }: Order) => {
  try {
    // The order names the task that its input is for: see `Tasks`.
    const run = tasks[task] as (input: unknown, progress: (message: string) => void) => Promise<unknown>;
    say({ id, result: await run(input, (message) => say({ id, progress: message })) });
  } catch (error) {
    say({ id, error: (error as Error).message });
  }
});
