/** The open dock, under, beside or over the page: terminals as tabs, their tools, the one that is shown. */
import { translate } from '@docusaurus/Translate';
import { type ReactNode, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { LIMITS } from '../../server/protocol';
import { type KnownTerminal, labState } from '../lab/state';
import { useStore } from '../lab/store';
import { BackendName } from './BackendName';
import { handleCommands } from './commands';
import { Question } from './Dialog';
import styles from './dock.module.css';
import { PasteDialog } from './PasteDialog';
import { changeFontSize, preferences } from './preferences';
import { Separator } from './Separator';
import type { Session } from './session';
import { shownTerminal } from './show';
import type { Range } from './size';
import { TabList, tabId } from './TabList';
import { TerminalPanel } from './TerminalPanel';
import { ToolButton } from './ToolButton';
import { Toolbar } from './Toolbar';
import { isTouch } from './touch';
import { useFocusPath } from './useFocusPath';
import type { Place } from './usePlace';
import { type Terminals, useTerminals } from './useTerminals';

interface Props {
  terminals: Terminals;
  root: RefObject<HTMLElement | null>;
  /** What had the focus before. */
  cameFrom: RefObject<HTMLElement | null>;
  place: Place;
  /** CSS pixels, as far as the place has a size to choose. */
  size: number;
  range: Range;
}

export function Dock({ terminals, root, cameFrom, place, size, range }: Props): ReactNode {
  const infos = useStore(labState, (s) => s.terminals);
  const tab = useStore(preferences, (s) => s.tab);
  const shown = shownTerminal(infos, tab);
  const [session, setSession] = useState<Session>();
  const [closing, setClosing] = useState<KnownTerminal>();
  /** Counts how often the reader asked to search; 0: closed. */
  const [searches, setSearches] = useState(0);
  /** The tab whose terminal gets the focus once it is shown. */
  const focusTab = useRef<number>(undefined);
  const leave = useFocusPath(root, cameFrom, session);
  useTerminals(terminals);
  useInertPage(root, place === 'sheet');

  const full = infos.length >= LIMITS.terminals;
  const show = (info: KnownTerminal, focus: boolean) => {
    focusTab.current = focus ? info.tab : undefined;
    preferences.set({ tab: info.tab });
    if (focus && info.terminal === session?.terminal) session.focus();
  };
  const add = (focus: boolean) => {
    const taken = new Set(infos.map((t) => t.tab));
    const free = Array.from({ length: LIMITS.terminals }, (_, i) => i + 1).find((n) => !taken.has(n));
    if (free === undefined) return;
    terminals.openTerminal(free);
    focusTab.current = focus ? free : undefined;
    preferences.set({ tab: free });
  };
  const close = (info: KnownTerminal) => {
    terminals.closeTerminal(info.terminal);
    const next = infos.find((t) => t.terminal !== info.terminal);
    if (next === undefined) {
      preferences.set({ open: false });
      root.current?.querySelector<HTMLElement>('[data-toggle]')?.focus();
      return;
    }
    show(next, false);
    requestAnimationFrame(() => document.getElementById(tabId(next))?.focus());
  };
  const askToClose = (info: KnownTerminal) => (info.state === 'running' ? setClosing(info) : close(info));
  const move = (by: number) => {
    const at = infos.findIndex((t) => t.terminal === shown?.terminal);
    const next = infos[(at + by + infos.length) % infos.length];
    if (next !== undefined) show(next, true);
  };
  const search = () => setSearches((count) => count + 1);
  useEffect(() =>
    handleCommands({
      leave,
      search,
      new: () => add(true),
      next: () => move(1),
      previous: () => move(-1),
      bigger: () => changeFontSize(1),
      smaller: () => changeFontSize(-1),
    }),
  );
  const onSession = useCallback((next: Session | undefined, nextTab: number | undefined) => {
    setSession(next);
    if (next === undefined || nextTab !== focusTab.current) return;
    focusTab.current = undefined;
    next.focus();
  }, []);
  const side = place === 'right' ? 'right' : 'bottom';
  return (
    <>
      {place !== 'sheet' && (
        <Separator
          side={side}
          size={size}
          range={range}
          onSize={(next) => preferences.set(side === 'bottom' ? { height: next } : { width: next })}
        />
      )}
      <div className={styles.tabBox}>
        {infos.length > 0 && <TabList terminals={infos} shown={shown} onShow={show} onClose={askToClose} />}
        <ToolButton
          icon="plus"
          label={translate({ id: 'dock.new', message: 'New terminal' })}
          reason={
            full
              ? translate(
                  { id: 'dock.full', message: 'there are {most} already, and a lab can have no more' },
                  { most: LIMITS.terminals },
                )
              : undefined
          }
          onClick={() => add(!isTouch())}
        />
      </div>
      <div className={styles.tools}>
        <BackendName silent />
        <Toolbar
          info={shown}
          session={session}
          terminals={terminals}
          side={place === 'sheet' ? undefined : side}
          isSearching={searches > 0}
          onSearch={() => (searches > 0 ? setSearches(0) : search())}
          onClose={askToClose}
        />
      </div>
      <TerminalPanel
        terminals={terminals}
        info={shown}
        session={session}
        onSession={onSession}
        searches={searches}
        onSearchEnd={() => {
          setSearches(0);
          session?.focus();
        }}
      />
      <PasteDialog />
      {closing !== undefined && (
        <Question
          title={translate({ id: 'dock.close', message: 'Close terminal {tab}' }, { tab: closing.tab })}
          action={translate({ id: 'dock.closeAnyway', message: 'End it and close' })}
          danger
          onAnswer={(yes) => {
            setClosing(undefined);
            if (yes) close(closing);
          }}
        >
          <p>
            {translate(
              { id: 'dock.closeRunning', message: 'Terminal {tab} is running “{command}”.' },
              { tab: closing.tab, command: closing.command ?? closing.title },
            )}
          </p>
        </Question>
      )}
    </>
  );
}

/** Keeps keyboard and screen reader out of a page that the sheet covers. */
function useInertPage(root: RefObject<HTMLElement | null>, covered: boolean): void {
  useEffect(() => {
    if (!covered) return;
    const others = [...(root.current?.parentElement?.children ?? [])].filter((e) => e !== root.current);
    for (const element of others) element.toggleAttribute('inert', true);
    return () => {
      for (const element of others) element.toggleAttribute('inert', false);
    };
  }, [root, covered]);
}
