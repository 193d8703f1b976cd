/** A step of a lesson: its commands, the Run button with its state, and what to expect. */
import { useLocation } from '@docusaurus/router';
import Translate from '@docusaurus/Translate';
import { usePrismTheme } from '@docusaurus/theme-common';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import useIsBrowser from '@docusaurus/useIsBrowser';
import clsx from 'clsx';
import { Highlight } from 'prism-react-renderer';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { RunState } from '../../../server/protocol';
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
import { statusOf } from './status';

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
  const start = async () => {
    showDock(step.terminal);
    const { commands, terminal, background, ready } = step;
    await terminalShown(terminal);
    setUnsent(!(await runStep({ step: name, commands, tab: terminal, background, ready })));
  };
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
              disabled={busy || !isConnected}
              onClick={start}
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
        {presence === 'present' && <StatusLine name={name} step={step} run={run} unsent={unsent} />}
        {step.expected !== undefined && <Expected text={step.expected} run={run} />}
      </div>
    </>
  );
}

interface StatusProps {
  name: string;
  step: Step;
  run: RunState | undefined;
  unsent: boolean;
}

function StatusLine({ name, step, run, unsent }: StatusProps): ReactNode {
  // What the lab remembers is shown when the page comes up; only what the reader starts is said aloud.
  const announced = useStore(
    labState,
    useCallback((s: { started: ReadonlySet<string> }) => s.started.has(name), [name]),
  );
  const status = run === undefined ? undefined : statusOf(run, step);
  return (
    <div className={styles.status} data-phase={run?.phase} hidden={status === undefined && !unsent}>
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
              {status.text}
            </>
          )
        )}
      </span>
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

function Source({ code }: { code: string }): ReactNode {
  const theme = usePrismTheme();
  // The page comes with the light theme's colours; once in the browser, draw it anew in the reader's.
  const isBrowser = useIsBrowser();
  return (
    <Highlight key={String(isBrowser)} theme={theme} code={code} language="bash">
      {({ className, style, tokens, getLineProps, getTokenProps }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <pre className={clsx(className, styles.source)} style={{ color: style.color }} tabIndex={0}>
          <code>
            {tokens.map((line, number) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text.
              <span key={number} {...getLineProps({ line })}>
                {line.map((token, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a fixed text.
                  <span key={index} {...getTokenProps({ token })} />
                ))}
                {'\n'}
              </span>
            ))}
          </code>
        </pre>
      )}
    </Highlight>
  );
}
