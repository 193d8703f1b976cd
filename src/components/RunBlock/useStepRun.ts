/** The state of a step as its block shows it: from the terminals, read with the exit code it expects; else what was kept. */
import { useCallback, useMemo } from 'react';
import { phaseOf } from '../../../server/lessons/outcome';
import type { RunState } from '../../../server/protocol';
import { type LabState, labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import type { Step } from '../../lesson/step';
import { keptPhase, usePageProgress } from '../../progress/hooks';

export function useStepRun(name: string, step: Step): RunState | undefined {
  const run = useStore(
    labState,
    useCallback((s: LabState) => s.runs[name], [name]),
  );
  const kept = usePageProgress(name.slice(0, name.indexOf('#')))?.steps?.[String(step.number)];
  return useMemo(() => {
    if (run !== undefined) return { ...run, phase: phaseOf(run, step) };
    const phase = keptPhase(kept?.phase);
    return phase === undefined ? undefined : { step: name, phase, exitCode: kept?.exitCode };
  }, [run, kept, step, name]);
}
