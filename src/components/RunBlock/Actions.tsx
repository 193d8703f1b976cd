/** What can be done about commands that run, listen, or found their tab busy: a step's, or a check's solution. */
import Translate from '@docusaurus/Translate';
import clsx from 'clsx';
import type { MouseEvent, ReactNode } from 'react';
import type { RunRequest, RunState } from '../../../server/protocol';
import { moveStep, stopStep } from '../../lab/lab';
import { Icon, type IconName } from '../Icon';
import styles from './run-block.module.css';

interface Props {
  name: string;
  /** The last command is meant to stay in its tab. */
  background: boolean;
  run: RunState;
  start: (ifBusy: RunRequest['ifBusy']) => void;
}

export function Actions({ name, background, run, start }: Props): ReactNode {
  const { phase, reason, endless = false } = run;
  if (phase === 'refused' && (reason === 'busy' || reason === 'still-busy')) {
    return (
      <span className={styles.actions}>
        {reason === 'busy' && (
          <Action name="interrupt" icon="stop" onClick={() => start('interrupt')}>
            <Translate id="run.interruptAndRun">Ctrl-C and run</Translate>
          </Action>
        )}
        <Action name="new-tab" icon="plus" onClick={() => start('new-tab')}>
          <Translate id="run.newTab">Run in a new tab</Translate>
        </Action>
      </span>
    );
  }
  if (phase !== 'waiting' && phase !== 'running' && phase !== 'listening') return null;
  // Most steps are over at once: the button to stop one does not flash by.
  const isLate = phase === 'waiting' || (phase === 'running' && !endless);
  return (
    <span className={clsx(styles.actions, isLate && styles.late)}>
      <Action name="stop" icon="stop" onClick={() => void stopStep(name)}>
        {phase === 'waiting' ? (
          <Translate id="run.cancel">Cancel</Translate>
        ) : (
          <Translate id="run.stop">Stop</Translate>
        )}
      </Action>
      {phase === 'running' && endless && !background && (
        <Action name="move" icon="plus" onClick={() => void moveStep(name)}>
          <Translate id="run.move">Move to its own tab</Translate>
        </Action>
      )}
    </span>
  );
}

interface ActionProps {
  name: string;
  icon: IconName;
  onClick: () => void;
  children: ReactNode;
}

function Action({ name, icon, onClick, children }: ActionProps): ReactNode {
  const act = (event: MouseEvent<HTMLButtonElement>) => {
    // This button goes away with the state that it is for: the keyboard stays in the step, or in the check.
    event.currentTarget
      .closest('[data-step], [data-check]')
      ?.querySelector<HTMLElement>('[data-action=run], [data-action=solve]')
      ?.focus();
    onClick();
  };
  return (
    <button type="button" className={clsx(styles.button, styles.action)} data-action={name} onClick={act}>
      <Icon name={icon} />
      {children}
    </button>
  );
}
