/** What became of a step, in words, and what the reader can do about it. */
import Translate from '@docusaurus/Translate';
import { type ReactNode, useCallback } from 'react';
import type { RunRequest, RunState } from '../../../server/protocol';
import { showTerminal } from '../../dock/show';
import { labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import type { Step } from '../../lesson/step';
import { Icon } from '../Icon';
import { Actions } from './Actions';
import styles from './run-block.module.css';
import { statusOf } from './status';
import { useIsLate } from './useIsLate';

interface Props {
  name: string;
  step: Step;
  run: RunState | undefined;
  unsent: boolean;
  start: (ifBusy: RunRequest['ifBusy']) => void;
}

export function StatusLine({ name, step, run, unsent, start }: Props): ReactNode {
  // What the lab remembers is shown when the page comes up; only what the reader starts is said aloud.
  const announced = useStore(
    labState,
    useCallback((s: { started: ReadonlySet<string> }) => s.started.has(name), [name]),
  );
  const isLate = useIsLate(run, step.timeout);
  const status = run === undefined ? undefined : statusOf(run, step, isLate ? step.timeout : undefined);
  return (
    <div className={styles.status} data-phase={run?.phase} data-late={isLate} hidden={status === undefined && !unsent}>
      <span className={styles.statusText} role="status" aria-live={announced ? 'polite' : 'off'}>
        {unsent ? (
          <>
            <Icon name="blocked" />
            <Translate id="run.unsent">Not run: there is no connection to the lab.</Translate>
          </>
        ) : (
          status !== undefined && (
            <>
              <Icon name={status.icon} />
              <span>{status.text}</span>
            </>
          )
        )}
      </span>
      {run !== undefined && <Actions name={name} background={step.background} run={run} start={start} />}
      {run?.terminal !== undefined && (
        <button
          type="button"
          className={styles.link}
          onClick={() => run.terminal !== undefined && showTerminal(run.terminal)}
        >
          <Translate id="run.showTerminal">Show the terminal</Translate>
        </button>
      )}
    </div>
  );
}
