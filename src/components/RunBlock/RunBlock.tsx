/** A step of a lesson: its commands, the Run button with its state, and what to expect. */
import { useLocation } from '@docusaurus/router';
import Translate from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import clsx from 'clsx';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { RunRequest, RunState } from '../../../server/protocol';
import { showDock, showTerminal, terminalShown } from '../../dock/show';
import { runStep, wantLab } from '../../lab/lab';
import { labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import { type Step, stepName } from '../../lesson/step';
import { Icon } from '../Icon';
import { CopyButton } from './CopyButton';
import { Expected } from './Expected';
import { NoLab } from './NoLab';
import styles from './run-block.module.css';
import { Source } from './Source';
import { StatusLine } from './StatusLine';

export function RunBlock({ step }: { step: Step }): ReactNode {
  const { pathname } = useLocation();
  const { siteConfig } = useDocusaurusContext();
  const name = stepName(pathname, siteConfig.baseUrl, step.number);
  const presence = useStore(labState, (s) => s.presence);
  // A lab that is still starting takes the step and types it once it can.
  const isConnected = useStore(labState, (s) => s.connection === 'open');
  const run = useStore(
    labState,
    useCallback((s: { runs: Readonly<Record<string, RunState>> }) => s.runs[name], [name]),
  );
  const [unsent, setUnsent] = useState(false);
  useEffect(wantLab, []);
  const busy = run?.phase === 'waiting' || run?.phase === 'running';
  const start = async (ifBusy?: RunRequest['ifBusy']) => {
    showDock(step.terminal);
    const { commands, terminal, background, ready } = step;
    await terminalShown(terminal);
    setUnsent(!(await runStep({ step: name, commands, tab: terminal, background, ready, ifBusy })));
  };
  // A step that was to take another tab is watched there.
  const wantsOther = useRef(false);
  const { phase, terminal } = run ?? {};
  useEffect(() => {
    if (!wantsOther.current || phase === undefined || phase === 'waiting') return;
    wantsOther.current = false;
    if (phase !== 'refused' && terminal !== undefined) showTerminal(terminal);
  }, [phase, terminal]);
  return (
    <>
      {step.number === 1 && (presence === 'absent' || presence === 'locked') && <NoLab presence={presence} />}
      <div className={clsx('theme-code-block', styles.block)} data-step={name} data-phase={run?.phase ?? 'not-run'}>
        <div className={styles.header}>
          <span className={styles.where}>
            <Icon name="terminal" />
            {step.terminal === 1 ? (
              <Translate id="run.terminal">Terminal</Translate>
            ) : (
              <Translate id="run.terminalNumber" values={{ tab: step.terminal }}>
                {'Terminal {tab}'}
              </Translate>
            )}
          </span>
          <CopyButton text={`${step.commands.join('\n')}\n`} />
          {presence === 'present' && (
            <button
              type="button"
              className={clsx(styles.button, styles.run, run?.phase === 'passed' && styles.again)}
              data-action="run"
              disabled={!isConnected}
              aria-disabled={busy}
              onClick={() => !busy && void start()}
            >
              <Icon name="run" />
              {run === undefined ? (
                <Translate id="run.run">Run</Translate>
              ) : (
                <Translate id="run.again">Run again</Translate>
              )}
              <span className="malha-unseen">: {step.commands[0]}</span>
            </button>
          )}
        </div>
        <Source code={step.source} />
        {presence === 'present' && (
          <StatusLine
            name={name}
            step={step}
            run={run}
            unsent={unsent}
            start={(ifBusy) => {
              wantsOther.current = ifBusy === 'new-tab';
              void start(ifBusy);
            }}
          />
        )}
        {step.expected !== undefined && <Expected text={step.expected} run={run} />}
      </div>
    </>
  );
}
