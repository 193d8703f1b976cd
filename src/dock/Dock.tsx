/** The panel under (or beside) the page: terminals as tabs, where commands run, and how the reader likes it. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useCallback, useEffect, useRef } from 'react';
import { LIMITS, type TerminalInfo } from '../../server/protocol';
import { Icon, type IconName } from '../components/Icon';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';
import { BackendName } from './BackendName';
import styles from './dock.module.css';
import { preferences } from './preferences';
import { Separator } from './Separator';
import { shownTerminal } from './show';
import { clamp } from './size';
import { TabList, tabId } from './TabList';
import { TerminalPanel } from './TerminalPanel';
import { usePlace } from './usePlace';
import { useTerminals } from './useTerminals';

export default function Dock(): ReactNode {
  const state = useStore(preferences, (s) => s);
  const terminalInfos = useStore(labState, (s) => s.terminals);
  const { open, screenReader } = state;
  const { place, range } = usePlace(state);
  const side = place === 'right' ? 'right' : 'bottom';
  const size = clamp(side === 'bottom' ? state.height : state.width, range);
  const shown = shownTerminal(terminalInfos, state.tab);

  const root = useRef<HTMLElement>(null);
  const cameFrom = useCameFrom(root);
  const leave = useCallback(() => {
    const page = cameFrom.current;
    if (page?.isConnected) page.focus();
    else root.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
  }, [cameFrom]);
  const { terminals, failed } = useTerminals(open, leave);

  useInertPage(root, place === 'sheet');

  const toggle = () => {
    preferences.set({ open: !open });
    if (open) root.current?.querySelector<HTMLElement>('[data-toggle]')?.focus();
  };
  const show = (info: TerminalInfo) => preferences.set({ tab: info.tab });
  const close = (info: TerminalInfo) => {
    if (info.state === 'running' && !window.confirm(closeQuestion(info))) return;
    terminals?.closeTerminal(info.terminal);
    const next = terminalInfos.find((t) => t.terminal !== info.terminal);
    if (next !== undefined) show(next);
    requestAnimationFrame(() => next && document.getElementById(tabId(next))?.focus());
  };
  const add = () => {
    const taken = new Set(terminalInfos.map((t) => t.tab));
    const tab = Array.from({ length: LIMITS.terminals }, (_, i) => i + 1).find((n) => !taken.has(n));
    if (tab === undefined) return;
    terminals?.openTerminal(tab);
    preferences.set({ tab });
  };

  return (
    <section
      ref={root}
      className={styles.dock}
      data-place={place}
      style={place === 'right' ? { width: size } : place === 'bottom' ? { height: size } : undefined}
      aria-label={translate({ id: 'dock.title', message: 'Terminal' })}
    >
      {(place === 'bottom' || place === 'right') && (
        <Separator
          side={side}
          size={size}
          range={range}
          onSize={(next) => preferences.set(side === 'bottom' ? { height: next } : { width: next })}
        />
      )}
      <header className={styles.header}>
        <button type="button" className={styles.title} data-toggle aria-expanded={open} onClick={toggle}>
          <Icon name="terminal" />
          <span className={styles.titleText}>
            <Translate id="dock.title">Terminal</Translate>
          </span>
          <Icon name={open ? 'down' : 'up'} />
        </button>
        {open && (
          <>
            {terminalInfos.length > 0 && (
              <TabList terminals={terminalInfos} shown={shown} onShow={show} onClose={close} />
            )}
            <ToolButton
              icon="plus"
              label={translate({ id: 'dock.new', message: 'New terminal' })}
              disabled={terminals === undefined || terminalInfos.length >= LIMITS.terminals}
              onClick={add}
            />
          </>
        )}
        <BackendName />
        {open && (
          <>
            <span className={styles.hint}>
              <Translate id="dock.leaveHint" values={{ key: <kbd>F6</kbd> }}>
                {'{key} leaves the terminal'}
              </Translate>
            </span>
            <ToolButton
              icon="reader"
              label={translate({ id: 'dock.screenReader', message: 'Screen reader mode' })}
              pressed={screenReader}
              onClick={() => preferences.set({ screenReader: !screenReader })}
            />
            {place !== 'sheet' && (
              <ToolButton
                icon={side === 'bottom' ? 'right' : 'bottom'}
                label={
                  side === 'bottom'
                    ? translate({ id: 'dock.moveRight', message: 'Move to the side' })
                    : translate({ id: 'dock.moveBottom', message: 'Move to the bottom' })
                }
                onClick={() => preferences.set({ side: side === 'bottom' ? 'right' : 'bottom' })}
              />
            )}
            {shown !== undefined && (
              <ToolButton
                icon="cross"
                label={translate({ id: 'dock.close', message: 'Close terminal {tab}' }, { tab: shown.tab })}
                onClick={() => close(shown)}
              />
            )}
          </>
        )}
      </header>
      {open && <TerminalPanel terminals={terminals} failed={failed} info={shown} />}
    </section>
  );
}

const closeQuestion = (info: TerminalInfo) =>
  translate(
    { id: 'dock.closeRunning', message: 'Terminal {tab} is running “{command}”. End it and close the terminal?' },
    { tab: info.tab, command: info.command ?? info.title },
  );

/** Keeps keyboard and screen reader out of a page that the sheet covers. */
function useInertPage(root: React.RefObject<HTMLElement | null>, covered: boolean): void {
  useEffect(() => {
    if (!covered) return;
    const others = [...(root.current?.parentElement?.children ?? [])].filter((e) => e !== root.current);
    for (const element of others) element.toggleAttribute('inert', true);
    return () => {
      for (const element of others) element.toggleAttribute('inert', false);
    };
  }, [root, covered]);
}

/** The last element of the page, outside the dock, that had the focus. */
function useCameFrom(root: React.RefObject<HTMLElement | null>): React.RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && !root.current?.contains(target)) element.current = target;
    };
    document.addEventListener('focusin', remember);
    return () => document.removeEventListener('focusin', remember);
  }, [root]);
  return element;
}

interface ToolButtonProps {
  icon: IconName;
  label: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
}

function ToolButton({ icon, label, pressed, disabled, onClick }: ToolButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={styles.tool}
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
