import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { STASH_KEY } from './shell/common.ts';
import { StubSession } from './testing-stub.ts';
import { waitForPrompt } from './typing.ts';

const INTERRUPT = '\x03';
let shell: StubSession;
beforeEach(() => {
  vi.useFakeTimers();
  shell = new StubSession();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The learner has typed half a line, and something else wants the prompt. */
function needPrompt(): Promise<boolean> {
  shell.typed.length = 0;
  shell.lineTouched = true;
  return waitForPrompt(shell.asSession, 20_000);
}

function newPrompt(): void {
  shell.mark.emit({ type: 'cwd', path: '/' });
  shell.mark.emit({ type: 'ready' });
}

it('does not clear a half-typed line before a shell that is slow has kept it', async () => {
  const prompt = needPrompt();
  await vi.advanceTimersByTimeAsync(2000);
  expect(shell.typed).toEqual([STASH_KEY]);
  shell.mark.emit({ type: 'stashed', isEmpty: false });
  await vi.advanceTimersByTimeAsync(0);
  expect(shell.typed).toEqual([STASH_KEY, INTERRUPT]);
  newPrompt();
  expect(await prompt).toBe(true);
});

it('waits less for a shell that does not answer, until it has answered once', async () => {
  /** Milliseconds until the line was cleared. */
  const patience = async () => {
    const prompt = needPrompt();
    const since = Date.now();
    while (!shell.typed.includes(INTERRUPT)) await vi.advanceTimersByTimeAsync(100);
    const until = Date.now();
    newPrompt();
    await prompt;
    return until - since;
  };
  const first = await patience();
  expect(await patience()).toBeLessThan(first / 2);
  const prompt = needPrompt();
  shell.mark.emit({ type: 'stashed', isEmpty: true });
  expect(await prompt).toBe(true);
  expect(await patience()).toBe(first);
});
