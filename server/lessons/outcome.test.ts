/** A step's phase, read with the exit code that its block expects. */
import { expect, it } from 'vitest';
import { phaseOf } from './outcome.ts';

const commands = ['first', 'last'];

it.each([
  [{ phase: 'passed', exitCode: 0 }, 0, 'passed'],
  [{ phase: 'failed', exitCode: 1, command: 1 }, 0, 'failed'],
  [{ phase: 'failed', exitCode: 1, command: 1 }, 1, 'passed'],
  [{ phase: 'failed', exitCode: 1, command: 0 }, 1, 'failed'],
  [{ phase: 'failed', exitCode: 2, command: 1 }, 1, 'failed'],
  [{ phase: 'failed', command: 1 }, 1, 'failed'],
  [{ phase: 'passed', exitCode: 0 }, 1, 'failed'],
  [{ phase: 'running', command: 1 }, 1, 'running'],
  [{ phase: 'refused' }, 1, 'refused'],
] as const)('%j with %i expected: %s', (run, expectExit, phase) => {
  expect(phaseOf(run, { commands, expectExit })).toBe(phase);
});
