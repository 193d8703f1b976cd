/** A step of a lesson: its commands, the Run button with its state, and what to expect. */
import { useLocation } from '@docusaurus/router';
import Translate from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import clsx from 'clsx';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { RunRequest } from '../../../server/protocol';
import { showTerminal } from '../../dock/show';
import { wantLab } from '../../lab/lab';
import { labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import { typeStep } from '../../lesson/run';
import { type Step, stepName } from '../../lesson/step';
import { Icon } from '../Icon';
import { CopyButton } from './CopyButton';
import { Expected } from './Expected';
import { NoLab } from './NoLab';
import { PlayButton, Recorded } from './Recorded';
import { RunUpTo } from './RunUpTo';
import styles from './run-block.module.css';
import { Source } from './Source';
import { StatusLine } from './StatusLine';
import { useStepRun } from './useStepRun';

export function RunBlock({ step }: { step: Step }): ReactNode {
  const { pathname } = useLocation();
  const { siteConfig } = useDocusaurusContext();
  const name = stepName(pathname, siteConfig.baseUrl, step.number);
  const presence = useStore(labState, (s) => s.presence);
  // A lab that is still starting takes the step and types it once it can.
  const isConnected = useStore(labState, (s) => s.connection === 'open');
  const run = useStepRun(name, step);
  const [unsent, setUnsent] = useState(false);
  const [isPlaying, setIsPlaying] = useState(false);
  const recording = presence === 'absent' || presence === 'locked' ? step.recording : undefined;
  useEffect(wantLab, []);
  const busy = run?.phase === 'waiting' || run?.phase === 'running';
  const start = async (ifBusy?: RunRequest['ifBusy']) => {
    setUnsent(!(await typeStep(name, step, ifBusy)));
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
          {presence === 'present' && <RunUpTo name={name} number={step.number} />}
          <CopyButton text={`${step.commands.join('\n')}\n`} />
          {recording !== undefined && (
            <PlayButton
              command={step.commands[0]!}
              open={isPlaying}
              onToggle={() => setIsPlaying((playing) => !playing)}
            />
          )}
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
        {recording !== undefined && isPlaying && <Recorded recording={recording} command={step.commands[0]!} />}
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
        {step.expected !== undefined && <Expected text={step.expected} match={step.match} run={run} />}
      </div>
    </>
  );
}
