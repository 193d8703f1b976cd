/** The terminals as tabs: arrows, Home and End move between them, Delete closes one. */
import { translate } from '@docusaurus/Translate';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { Icon, type IconName } from '../components/Icon';
import type { KnownTerminal } from '../lab/state';
import styles from './dock.module.css';
import { isTouch } from './touch';

interface Props {
  terminals: readonly KnownTerminal[];
  shown: KnownTerminal | undefined;
  /** `focus`: the reader goes on in the terminal itself, not at its tab. */
  onShow(info: KnownTerminal, focus: boolean): void;
  onClose(info: KnownTerminal): void;
}

export const panelId = 'malha-dock-panel';
export const tabId = (info: KnownTerminal) => `malha-dock-tab-${info.terminal}`;

export function TabList({ terminals, shown, onShow, onClose }: Props): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const selected = shown === undefined ? undefined : tabId(shown);
  useEffect(() => {
    const tab = selected === undefined ? null : document.getElementById(selected);
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [selected]);
  const move = (event: KeyboardEvent) => {
    const at = terminals.findIndex((t) => t.terminal === shown?.terminal);
    const last = terminals.length - 1;
    const targets: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const target = terminals[targets[event.key] ?? -1];
    if (target !== undefined) {
      event.preventDefault();
      onShow(target, false);
      list.current?.querySelector<HTMLElement>(`#${tabId(target)}`)?.focus();
    } else if (event.key === 'Delete' && shown !== undefined) {
      event.preventDefault();
      onClose(shown);
    }
  };
  return (
    <div
      ref={list}
      role="tablist"
      className={styles.tabs}
      aria-label={translate({ id: 'dock.terminals', message: 'Terminals' })}
      onKeyDown={move}
    >
      {terminals.map((info) => (
        <button
          key={info.terminal}
          type="button"
          role="tab"
          id={tabId(info)}
          className={styles.tab}
          aria-selected={info.terminal === shown?.terminal}
          aria-controls={info.terminal === shown?.terminal ? panelId : undefined}
          tabIndex={info.terminal === shown?.terminal ? 0 : -1}
          title={info.command ?? info.title}
          // A click that a mouse made; by keyboard and by finger the focus stays here.
          onClick={(event) => onShow(info, event.detail > 0 && !isTouch())}
        >
          <span className={styles.tabNumber}>{info.tab}</span>
          <span className={styles.tabTitle}>{info.title}</span>
          {info.recording !== undefined && <Recorded />}
          <Mark info={info} />
        </button>
      ))}
    </div>
  );
}

const MARKS: Record<KnownTerminal['state'], IconName | undefined> = {
  starting: 'clock',
  prompt: undefined,
  running: 'spinner',
  exited: 'stop',
};

function stateWords(state: KnownTerminal['state']): string {
  switch (state) {
    case 'starting':
      return translate({ id: 'dock.state.starting', message: 'starting' });
    case 'running':
      return translate({ id: 'dock.state.running', message: 'running' });
    case 'exited':
      return translate({ id: 'dock.state.exited', message: 'ended' });
    case 'prompt':
      return '';
  }
}

function Recorded(): ReactNode {
  return (
    <span className={styles.mark} data-state="recording">
      <Icon name="recording" />
      <span className="malha-unseen">{translate({ id: 'dock.state.recording', message: 'is recorded' })}</span>
    </span>
  );
}

/** What the terminal does, as a drawing and as words for a screen reader. */
function Mark({ info }: { info: KnownTerminal }): ReactNode {
  const icon = MARKS[info.state];
  if (icon === undefined) return null;
  return (
    <span className={styles.mark} data-state={info.state}>
      <Icon name={icon} />
      <span className="malha-unseen">{stateWords(info.state)}</span>
    </span>
  );
}
