/** The shown terminal. The first time, it loads xterm.js and opens a first terminal where the lab has none. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { TerminalInfo } from '../../server/protocol';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';
import styles from './dock.module.css';
import { panelId, tabId } from './TabList';

type Terminals = typeof import('./terminals');

/** Milliseconds without a further change of size before the terminal is fitted. */
const SETTLE = 80;

interface Props {
  terminals: Terminals | undefined;
  failed: boolean;
  info: TerminalInfo | undefined;
}

export function TerminalPanel({ terminals, failed, info }: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const error = useStore(labState, (s) => s.error);
  const terminal = info?.terminal;
  useEffect(() => {
    const parent = place.current;
    if (terminals === undefined || terminal === undefined || parent === null) return;
    const session = terminals.watchTerminal(terminal);
    session.show(parent);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => session.fit(), SETTLE);
    });
    observer.observe(parent);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      session.hide();
    };
  }, [terminals, terminal]);
  return (
    <div
      id={panelId}
      role="tabpanel"
      className={styles.panel}
      {...(info === undefined
        ? { 'aria-label': translate({ id: 'dock.title', message: 'Terminal' }) }
        : { 'aria-labelledby': tabId(info) })}
    >
      {failed && (
        <p className={styles.notice} role="alert">
          <Translate id="dock.loadFailed">The terminal could not be loaded. Reload the page.</Translate>
        </p>
      )}
      {error !== undefined && (
        <p className={styles.notice} role="alert">
          {error}
        </p>
      )}
      {terminals !== undefined && <Unsent terminals={terminals} />}
      {info?.state === 'exited' && terminals !== undefined && <Ended info={info} terminals={terminals} />}
      <div ref={place} className={styles.terminal} />
    </div>
  );
}

function Unsent({ terminals }: { terminals: Terminals }): ReactNode {
  const unsent = useStore(terminals.terminalNotices, (s) => s.unsent);
  if (!unsent) return null;
  return (
    <p className={styles.notice} role="alert">
      <Translate id="dock.unsent">Not connected: what you typed was not sent.</Translate>
    </p>
  );
}

function Ended({ info, terminals }: { info: TerminalInfo; terminals: Terminals }): ReactNode {
  const [asked, setAsked] = useState(false);
  return (
    <p className={styles.notice} role="status">
      <span>
        {info.exitCode === undefined ? (
          <Translate id="dock.ended">This shell has ended.</Translate>
        ) : (
          <Translate id="dock.endedWith" values={{ code: info.exitCode }}>
            {'This shell has ended (exit code {code}).'}
          </Translate>
        )}
      </span>
      <button
        type="button"
        className={styles.wordButton}
        disabled={asked}
        onClick={() => {
          setAsked(true);
          terminals.openTerminal(info.tab);
        }}
      >
        <Translate id="dock.restart">Start a new one</Translate>
      </button>
    </p>
  );
}
