/** Whether a step has passed: what its terminals say of it, held against the exit code that its block expects. */
import type { RunState } from '../protocol.ts';

export type StepPhase = RunState['phase'];

/**
 * The phase as a reader takes it: a step whose last command ended with the expected code has passed, also where that
 * code is not 0, and has failed where a code was expected and 0 was seen.
 */
export function phaseOf(
  run: Pick<RunState, 'phase' | 'exitCode' | 'command'>,
  step: { commands: readonly string[]; expectExit?: number },
): StepPhase {
  const expected = step.expectExit ?? 0;
  if (expected === 0 || (run.phase !== 'passed' && run.phase !== 'failed')) return run.phase;
  if (run.phase === 'passed') return 'failed';
  const isLast = run.command === undefined || run.command === step.commands.length - 1;
  return isLast && run.exitCode === expected ? 'passed' : 'failed';
}

/** A step that has done its part, also where what it left running was stopped since. */
export const hasPassed = (phase: StepPhase | undefined) =>
  phase === 'passed' || phase === 'listening' || phase === 'ended';

/** What a step does is in force: the steps after it may be run. */
export const isInForce = (phase: StepPhase | undefined) => phase === 'passed' || phase === 'listening';
