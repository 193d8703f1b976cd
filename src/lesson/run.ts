/** Runs steps from the page: one, or all up to one, with the terminal in sight. */

import { isInForce, phaseOf } from '../../server/lessons/outcome';
import type { RunRequest } from '../../server/protocol';
import { showDock, terminalShown } from '../dock/show';
import { runStep } from '../lab/lab';
import { labState } from '../lab/state';
import { createStore } from '../lab/store';
import { stepPhase } from '../progress/hooks';
import { progressState } from '../progress/state';
import type { PageData, Step } from './step';

/** Types a step's commands where the reader sees it. False where there is no connection: nothing was typed. */
export async function typeStep(
  name: string,
  { commands, terminal, background, ready }: Pick<Step, 'commands' | 'terminal' | 'background' | 'ready'>,
  ifBusy?: RunRequest['ifBusy'],
): Promise<boolean> {
  showDock(terminal);
  await terminalShown(terminal);
  return runStep({ step: name, commands, tab: terminal, background, ready, ifBusy });
}

/** "Run all up to here" under way: the step asked for, and whether it was told to stop. */
export const runningAll = createStore<{ upTo: string | undefined; stopped: boolean }>({
  upTo: undefined,
  stopped: false,
});

/** Steps before and with `upTo` whose work is not in force, in order. */
export function stepsToRun(page: PageData, upTo: number): Step[] {
  const progress = progressState.get().progress.pages[page.page];
  return page.steps.filter(
    (step) => step.number <= upTo && !isInForce(stepPhase(page.page, step, labState.get().runs, progress)),
  );
}

/** Runs them one after another; ends at the first that does not pass, or not in its time. */
export async function runAll(page: PageData, upTo: number): Promise<void> {
  if (runningAll.get().upTo !== undefined) return;
  runningAll.set({ upTo: `${page.page}#${upTo}`, stopped: false });
  try {
    for (const step of stepsToRun(page, upTo)) {
      if (runningAll.get().stopped) return;
      const name = `${page.page}#${step.number}`;
      if (!(await typeStep(name, step)) || !(await passes(name, step))) return;
    }
  } finally {
    runningAll.set({ upTo: undefined });
  }
}

export const stopAll = (): void => runningAll.set({ stopped: true });

/** Follows a step to the state in which it stays. What runs for longer than its block allows has not passed. */
function passes(name: string, step: Step): Promise<boolean> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (hasPassed: boolean) => {
      clearTimeout(timer);
      leave();
      resolve(hasPassed);
    };
    const look = () => {
      const run = labState.get().runs[name];
      if (run?.phase === 'waiting') return;
      if (run?.phase === 'running') timer ??= setTimeout(() => end(false), step.timeout);
      // A lesson that is reset, and a lab that was started anew, know nothing of the run.
      else end(run !== undefined && isInForce(phaseOf(run, step)));
    };
    const leave = labState.subscribe(look);
    look();
  });
}
