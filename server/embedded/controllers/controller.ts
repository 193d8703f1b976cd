/** The loop that all controllers share: a key comes out of the queue, `reconcile` looks at it, a failure comes back later. */
import type { Client } from '../client.ts';
import type { EventRecorder } from '../events.ts';
import type { Informers } from '../informer.ts';
import { isConflict, isNotFound } from '../status.ts';
import { WorkQueue } from './workqueue.ts';

/** What every controller is built from. */
export interface ControllerContext {
  client: Client;
  informers: Informers;
  /** Events under a component's name: `events('deployment-controller')`. */
  events(component: string): EventRecorder;
  /** Where unexpected errors go: one line each. */
  log(line: string): void;
}

export interface Controller {
  enqueue(key: string): void;
  enqueueAfter(key: string, milliseconds: number): void;
  stop(): void;
}

/** `reconcile` brings one object nearer to what it asks for; it may be called at any time and must bear repetition. */
export function startController(
  context: Pick<ControllerContext, 'log'>,
  name: string,
  reconcile: (key: string) => Promise<void>,
): Controller {
  let stopped = false;
  const queue = new WorkQueue(async (key) => {
    try {
      await reconcile(key);
      queue.forget(key);
    } catch (error) {
      if (stopped) return;
      queue.addRateLimited(key);
      // Another writer was faster, or the object went away meanwhile: ordinary, and the next try sees it.
      if (!isConflict(error) && !isNotFound(error) && !(error instanceof ReportedError)) {
        context.log(`${name}: ${key}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  });
  return {
    enqueue: (key) => queue.add(key),
    enqueueAfter: (key, milliseconds) => queue.addAfter(key, milliseconds),
    stop: () => {
      stopped = true;
      queue.stop();
    },
  };
}

/** A failure that the learner already sees as an event or a condition: try again, say nothing more. */
export class ReportedError extends Error {}
