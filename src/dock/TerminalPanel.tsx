/** The shown terminal, with what is said of it and the bars that belong to it. */
import { translate } from '@docusaurus/Translate';
import { type ReactNode, useEffect, useRef } from 'react';
import type { KnownTerminal } from '../lab/state';
import { useStore } from '../lab/store';
import { Announcer } from './Announcer';
import { Chips } from './Chips';
import { PanelNotices } from './PanelNotices';
import styles from './panel.module.css';
import { fontSizeOf, preferences } from './preferences';
import { SearchBar } from './SearchBar';
import type { Session } from './session';
import { panelId, tabId } from './TabList';
import { TouchKeys } from './TouchKeys';
import { useTouch } from './touch';
import type { Terminals } from './useTerminals';

/** Milliseconds without a further change of size before the terminal is fitted. */
const SETTLE = 80;

const hintId = 'malha-dock-input-hint';

interface Props {
  terminals: Terminals;
  info: KnownTerminal | undefined;
  session: Session | undefined;
  /** Told of the terminal that is on screen now, and of its tab's number. */
  onSession(session: Session | undefined, tab: number | undefined): void;
  /** Counts how often the reader asked to search; 0: not. */
  searches: number;
  onSearchEnd(): void;
}

export function TerminalPanel({ terminals, info, session, onSession, searches, onSearchEnd }: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const touch = useTouch();
  const fontSize = useStore(preferences, fontSizeOf);
  const terminal = info?.terminal;
  const tab = info?.tab;
  useEffect(() => {
    const parent = place.current;
    if (terminal === undefined || parent === null) return;
    const next = terminals.watchTerminal(terminal);
    next.show(parent);
    // What the terminal takes for itself, Tab above all, is said to whoever gets into it.
    next.element.querySelector('textarea')?.setAttribute('aria-describedby', hintId);
    onSession(next, tab);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => next.fit(), SETTLE);
    });
    observer.observe(parent);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      next.hide();
      onSession(undefined, undefined);
    };
  }, [terminals, terminal, tab, onSession]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other letters leave room for another number of them.
  useEffect(() => session?.fit(), [session, fontSize]);
  return (
    <div
      id={panelId}
      role="tabpanel"
      className={styles.panel}
      {...(info === undefined
        ? { 'aria-label': translate({ id: 'dock.title', message: 'Terminal' }) }
        : { 'aria-labelledby': tabId(info) })}
    >
      <span id={hintId} className="malha-unseen">
        {translate({
          id: 'dock.inputHint',
          message:
            'Tab goes to the shell. F6 leaves the terminal. For reading line by line, turn on screen reader mode.',
        })}
      </span>
      <PanelNotices terminals={terminals} info={info} />
      <div className={styles.stage}>
        <div ref={place} className={styles.terminal} />
        <div className={styles.overlays}>
          {searches > 0 && session !== undefined && (
            <SearchBar key={session.terminal} search={session.gear.search} asked={searches} onClose={onSearchEnd} />
          )}
          <Chips info={info} />
        </div>
      </div>
      <Announcer info={info} />
      {touch && session !== undefined && info?.state !== 'exited' && <TouchKeys session={session} />}
    </div>
  );
}
