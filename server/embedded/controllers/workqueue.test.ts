import { expect, test } from 'vitest';
import { WorkQueue } from './workqueue.ts';

test('a key is worked on once for many additions, and again when added meanwhile', async () => {
  const done: string[] = [];
  let release = () => {};
  const queue = new WorkQueue(async (key) => {
    done.push(key);
    if (done.length === 1) {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
  });
  queue.add('a');
  queue.add('a');
  await expect.poll(() => done).toEqual(['a']);
  queue.add('a');
  queue.add('b');
  await expect.poll(() => done).toEqual(['a', 'b']);
  release();
  await expect.poll(() => done).toEqual(['a', 'b', 'a']);
  queue.stop();
});

test('no more keys at once than there are workers', async () => {
  let active = 0;
  let most = 0;
  let done = 0;
  const queue = new WorkQueue(async () => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setImmediate(resolve));
    active--;
    done++;
  }, 2);
  for (const key of 'abcdefg') queue.add(key);
  await expect.poll(() => done).toBe(7);
  expect(most).toBe(2);
  queue.stop();
});

test('a failing key comes back by itself, and nothing comes after stop', async () => {
  let tries = 0;
  const queue = new WorkQueue(async (key) => {
    if (++tries < 4) queue.addRateLimited(key);
    else queue.forget(key);
  });
  queue.add('a');
  await expect.poll(() => tries).toBe(4);
  queue.stop();
  queue.add('a');
  await new Promise((resolve) => setImmediate(resolve));
  expect(tries).toBe(4);
});
