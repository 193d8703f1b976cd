import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunState } from '../protocol.ts';
import { StepRun } from './step-run.ts';
import { StubSession } from './testing-stub.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A step whose command serves in the background, at the moment when its shell has begun with it. */
async function serving() {
  const shell = new StubSession();
  const told: RunState[] = [];
  const request = { step: '/page/#1', commands: ['serve'], tab: 1, background: true, ready: 'Forwarding' };
  const run = new StepRun({
    request,
    session: shell.asSession,
    tell: (state) => told.push(state),
    release: () => {},
    reclaim: async () => {},
  });
  const done = run.run();
  shell.mark.emit({ type: 'started' });
  return { shell, told, done };
}

it('tells the line that says it is ready whole, though it comes in parts', async () => {
  const { shell, told, done } = await serving();
  for (const part of ['Forwarding', ' from here', '\r\n']) {
    shell.print(part);
    await vi.advanceTimersByTimeAsync(1);
  }
  await done;
  expect(told.at(-1)).toMatchObject({ phase: 'listening', output: 'Forwarding from here\n' });
});

it('does not wait for ever for the end of that line', async () => {
  const { shell, told, done } = await serving();
  shell.print('Forwarding:');
  await vi.advanceTimersByTimeAsync(1000);
  await done;
  expect(told.at(-1)).toMatchObject({ phase: 'listening', output: 'Forwarding:' });
});
