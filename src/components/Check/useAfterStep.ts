/** Calls when the step that a check follows has passed, where this page is the one that ran it. */
import { useEffect, useRef } from 'react';
import { isInForce, phaseOf } from '../../../server/lessons/outcome';
import { labState } from '../../lab/state';
import { pageState } from '../../lesson/page-state';

/** `after`: the step's number. */
export function useAfterStep(page: string, after: number, passed: () => void): void {
  const call = useRef(passed);
  useEffect(() => {
    call.current = passed;
  }, [passed]);
  useEffect(() => {
    const name = `${page}#${after}`;
    const now = () => {
      const step = pageState.get().page?.steps.find(({ number }) => number === after);
      const { runs, started } = labState.get();
      const run = runs[name];
      // Another page that shows the same lesson looks by itself when it has run the step.
      return run !== undefined && step !== undefined && started.has(name) && isInForce(phaseOf(run, step));
    };
    let was = now();
    return labState.subscribe(() => {
      const is = now();
      if (is && !was) call.current();
      was = is;
    });
  }, [page, after]);
}
