/** One thread for the lessons' tasks: started when it is first needed, ended when a task does not return from it. */
import { Worker } from 'node:worker_threads';
import type { Do, TaskName } from './tasks.ts';

export interface Order {
  id: number;
  task: TaskName;
  input: unknown;
}

export type Answer = { id: number; progress: string } | { id: number; result: unknown } | { id: number; error: string };

/** A task that did not return in its time: the thread was ended. */
export class LateError extends Error {}

interface Waiting {
  progress?: (message: string) => void;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class LessonThread {
  #thread: Worker | undefined;
  #waiting = new Map<number, Waiting>();
  #next = 1;

  /** `worker`: the bundle of ./worker.ts. */
  constructor(private readonly worker: URL) {}

  readonly do: Do = (task, input, { progress, timeout } = {}) =>
    new Promise((resolve, reject) => {
      const id = this.#next++;
      const timer =
        timeout === undefined
          ? undefined
          : setTimeout(() => {
              const late = new LateError(`${task} did not return within ${timeout} ms.`);
              this.#waiting.get(id)?.reject(late);
              void this.#end(new Error('The lessons’ thread was ended for another task; try again.'));
            }, timeout);
      const settle =
        <V>(finish: (value: V) => void) =>
        (value: V) => {
          clearTimeout(timer);
          this.#waiting.delete(id);
          if (this.#waiting.size === 0) this.#thread?.unref();
          finish(value);
        };
      this.#waiting.set(id, {
        progress,
        resolve: settle(resolve as (result: unknown) => void),
        reject: settle(reject),
      });
      const order: Order = { id, task, input };
      this.#start().postMessage(order);
    });

  async stop(): Promise<void> {
    await this.#end(new Error('The lab has ended.'));
  }

  #start(): Worker {
    if (this.#thread) {
      this.#thread.ref();
      return this.#thread;
    }
    const thread = new Worker(this.worker, { name: 'lessons' });
    this.#thread = thread;
    const fail = (error: Error) => {
      if (this.#thread === thread) void this.#end(error);
    };
    thread.on('error', fail);
    thread.on('exit', (code) => fail(new Error(`The lessons’ thread ended with ${code}.`)));
    thread.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      if ('progress' in answer) waiting?.progress?.(answer.progress);
      else if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.result);
    });
    return thread;
  }

  async #end(reason: Error): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    for (const { reject } of [...this.#waiting.values()]) reject(reason);
    await thread?.terminate();
  }
}
