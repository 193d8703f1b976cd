/** A check's hint and solution: each is there once it is asked for; the solution can be typed for the reader. */
import Translate from '@docusaurus/Translate';
import clsx from 'clsx';
import { createContext, type ReactNode, useContext, useEffect, useRef } from 'react';
import type { RunRequest } from '../../../server/protocol';
import { labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import { typeStep } from '../../lesson/run';
import card from '../card.module.css';
import { Icon } from '../Icon';
import { Actions } from '../RunBlock/Actions';
import { statusOf } from '../RunBlock/status';
import styles from './check.module.css';

/** How far the reader has asked for help: 0 not at all, 1 for the hint, 2 for the solution. */
export const HelpLevel = createContext(0);

export function Hint({ children }: { children: ReactNode }): ReactNode {
  if (useContext(HelpLevel) < 1) return null;
  return (
    <div className={styles.help} data-help="hint" role="note" tabIndex={-1}>
      <p className={styles.helpTitle}>
        <Translate id="check.hintTitle">Hint</Translate>
      </p>
      {children}
    </div>
  );
}

export function Solution({ children }: { children: ReactNode }): ReactNode {
  if (useContext(HelpLevel) < 2) return null;
  return (
    <div className={styles.help} data-help="solution" role="note" tabIndex={-1}>
      <p className={styles.helpTitle}>
        <Translate id="check.solutionTitle">Solution</Translate>
      </p>
      {children}
    </div>
  );
}

interface CommandsProps {
  page: string;
  check: string;
  commands: string[];
  /** The commands have done their work. */
  onPassed: () => void;
}

/** Types the solution into the terminal, where the reader sees it, and then looks again. */
export function SolutionCommands({ page, check, commands, onPassed }: CommandsProps): ReactNode {
  const name = `${page}!${check}`;
  const run = useStore(labState, (s) => s.runs[name]);
  const isConnected = useStore(labState, (s) => s.connection === 'open');
  const isBusy = run?.phase === 'waiting' || run?.phase === 'running';
  const typed = useRef(false);
  useEffect(() => {
    if (!typed.current || run?.phase !== 'passed') return;
    typed.current = false;
    onPassed();
  }, [run, onPassed]);
  const type = (ifBusy?: RunRequest['ifBusy']) => {
    if (isBusy || !isConnected) return;
    typed.current = true;
    void typeStep(name, { commands, terminal: 1, background: false }, ifBusy);
  };
  const status = run && statusOf(run, { commands, terminal: 1 });
  return (
    <>
      <button
        type="button"
        className={card.button}
        data-action="solve"
        aria-disabled={isBusy || !isConnected}
        onClick={() => type()}
      >
        <Icon name="terminal" />
        <Translate id="check.solve">Do it for me</Translate>
      </button>
      <span className={clsx(styles.solving, isBusy && card.spinning)} role="status">
        {status !== undefined && (
          <>
            <Icon name={status.icon} />
            {status.text}
          </>
        )}
      </span>
      {run !== undefined && <Actions name={name} background={false} run={run} start={type} />}
    </>
  );
}
