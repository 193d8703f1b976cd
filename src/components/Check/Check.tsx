/** A check: says what it looks at, what it saw, and helps on when it failed: a hint, then the solution. */
import Translate, { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import clsx from 'clsx';
import { Children, isValidElement, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { CheckState } from '../../../server/protocol';
import { labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import { useCheck, usePageName, usePageProgress } from '../../progress/hooks';
import { runCheck, setPart } from '../../progress/progress';
import card from '../card.module.css';
import { Icon, type IconName } from '../Icon';
import styles from './check.module.css';
import { HelpLevel, Hint, Solution, SolutionCommands } from './help';
import { useAfterStep } from './useAfterStep';

/** From src/lesson/remark-lesson.ts. */
interface CheckData {
  name: string;
  after: number;
  hint: boolean;
  solution?: string[];
}

export function Check({ data, children }: { data: string; children: ReactNode }): ReactNode {
  const { name, after, hint, solution } = JSON.parse(data) as CheckData;
  const page = usePageName();
  const state = useCheck(page, name);
  const presence = useStore(labState, (s) => s.presence);
  const canRun = useStore(labState, (s) => s.connection === 'open' && s.lab?.phase !== 'failed');
  // What was kept is shown when the page comes up; only what changes here is said aloud.
  const [announced, setAnnounced] = useState(false);
  const look = useCallback(() => {
    setAnnounced(true);
    void runCheck(page, name);
  }, [page, name]);
  useAfterStep(page, after, look);

  const level = usePageProgress(page)?.help?.[name] ?? 0;
  const isRunning = state?.phase === 'running';
  const tone = state?.phase === 'passed' ? 'good' : state?.phase === 'failed' ? 'bad' : undefined;
  const parts = Children.toArray(children);
  return (
    <div className={card.card} data-check={name} data-phase={state?.phase ?? 'not-run'} data-tone={tone}>
      <p className={card.head}>
        <Icon name="checked" />
        <Translate id="check.title">Check</Translate>
        <span
          className={clsx(card.state, isRunning && card.spinning)}
          role="status"
          aria-live={announced ? 'polite' : 'off'}
        >
          <Verdict state={state} />
        </span>
      </p>
      <div className={styles.says}>{parts.filter((part) => !isHelp(part))}</div>
      {state !== undefined && <Seen state={state} announced={announced} />}
      <HelpLevel.Provider value={level}>{parts.filter(isHelp)}</HelpLevel.Provider>
      {(presence === 'present' || level < 2) && (
        <div className={card.buttons}>
          {presence === 'present' && (
            <button
              type="button"
              className={clsx(card.button, state === undefined && card.primary)}
              data-action="check"
              // Not `disabled`, which would take the keyboard away from the button.
              aria-disabled={isRunning || !canRun}
              onClick={() => !isRunning && canRun && look()}
            >
              {state === undefined ? (
                <Translate id="check.run">Check</Translate>
              ) : (
                <Translate id="check.again">Check again</Translate>
              )}
            </button>
          )}
          <HelpButtons page={page} name={name} hint={hint} level={level} />
          {level === 2 && solution !== undefined && presence === 'present' && (
            <SolutionCommands page={page} check={name} commands={solution} onPassed={look} />
          )}
        </div>
      )}
    </div>
  );
}

const isHelp = (part: ReactNode) => isValidElement(part) && (part.type === Hint || part.type === Solution);

/** Where there is no hint, the solution is offered at once. */
function HelpButtons(props: { page: string; name: string; hint: boolean; level: number }): ReactNode {
  const { page, name, hint, level } = props;
  const next = hint && level === 0 ? 1 : 2;
  if (level === 2) return null;
  return (
    <button
      type="button"
      className={clsx(card.button, card.plain)}
      data-action={next === 1 ? 'hint' : 'solution'}
      onClick={({ currentTarget }) => {
        const check = currentTarget.closest('[data-check]');
        setPart(page, { help: { [name]: next } });
        // The button may be gone then; and who cannot see the page hears what was asked for.
        requestAnimationFrame(() =>
          check?.querySelector<HTMLElement>(`[data-help=${next === 1 ? 'hint' : 'solution'}]`)?.focus(),
        );
      }}
    >
      <Icon name="hint" />
      {next === 1 ? (
        <Translate id="check.hint">Give me a hint</Translate>
      ) : (
        <Translate id="check.solution">Show the solution</Translate>
      )}
    </button>
  );
}

function Verdict({ state }: { state: CheckState | undefined }): ReactNode {
  if (state === undefined) return null;
  const icons: Record<CheckState['phase'], IconName> = { running: 'spinner', passed: 'check', failed: 'cross' };
  const texts: Record<CheckState['phase'], string> = {
    running: translate({ id: 'check.running', message: 'Looking…' }),
    passed: translate({ id: 'check.passed', message: 'Passed' }),
    failed: translate({ id: 'check.failed', message: 'Not yet' }),
  };
  return (
    <>
      <Icon name={icons[state.phase]} />
      {texts[state.phase]}
    </>
  );
}

/** What the check wanted and saw, in the reader's language. Text of the cluster's: never markup. */
function Seen({ state, announced }: { state: CheckState; announced: boolean }): ReactNode {
  const { i18n } = useDocusaurusContext();
  const locale = i18n.currentLocale === 'pt-BR' ? 'pt-BR' : 'en';
  // While it looks again, its last words stand, so that the page does not jump.
  const last = useRef(state);
  useEffect(() => {
    if (state.phase !== 'running') last.current = state;
  }, [state]);
  const { expected, saw, error } = state.phase === 'running' ? last.current : state;
  if (expected === undefined && saw === undefined && error === undefined) return null;
  return (
    <dl className={styles.seen} aria-live={announced ? 'polite' : 'off'}>
      {error !== undefined && (
        <>
          <dt>
            <Translate id="check.error">Could not check</Translate>
          </dt>
          <dd>{error.text[locale]}</dd>
        </>
      )}
      {expected !== undefined && (
        <>
          <dt>
            <Translate id="check.expected">Expected</Translate>
          </dt>
          <dd>{expected[locale]}</dd>
        </>
      )}
      {saw !== undefined && (
        <>
          <dt>
            <Translate id="check.saw">Saw</Translate>
          </dt>
          <dd>{saw[locale]}</dd>
        </>
      )}
    </dl>
  );
}
