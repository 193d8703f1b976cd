/** "Run all up to here": types what is not done yet of the steps above, then this one; stops at the first that fails. */
import Translate from '@docusaurus/Translate';
import clsx from 'clsx';
import type { ReactNode } from 'react';
import { isInForce } from '../../../server/lessons/outcome';
import { labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import { pageState } from '../../lesson/page-state';
import { runAll, runningAll, stopAll } from '../../lesson/run';
import { stepPhase, usePageProgress, useRuns } from '../../progress/hooks';
import { Icon } from '../Icon';
import styles from './run-block.module.css';

/** `name`: the step's, `<page>#<number>`. Shows nothing where no step above is left to do. */
export function RunUpTo({ name, number }: { name: string; number: number }): ReactNode {
  const page = useStore(pageState, (s) => s.page);
  const runs = useRuns();
  const progress = usePageProgress(page?.page ?? '');
  const isConnected = useStore(labState, (s) => s.connection === 'open');
  const upTo = useStore(runningAll, (s) => s.upTo);
  if (page === undefined || `${page.page}#${number}` !== name) return null;
  if (upTo === name) {
    return (
      <button type="button" className={styles.button} data-action="stop-all" onClick={stopAll}>
        <Icon name="stop" />
        <Translate id="run.stopAll">Stop after this step</Translate>
      </button>
    );
  }
  const isLeft = page.steps.some(
    (step) => step.number < number && !isInForce(stepPhase(page.page, step, runs, progress)),
  );
  if (!isLeft) return null;
  const canStart = isConnected && upTo === undefined;
  return (
    <button
      type="button"
      className={clsx(styles.button, styles.upTo)}
      data-action="run-all"
      aria-disabled={!canStart}
      onClick={() => canStart && void runAll(page, number)}
    >
      <Icon name="down" />
      <Translate id="run.upTo">Run all up to here</Translate>
    </button>
  );
}
