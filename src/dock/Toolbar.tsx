/** The tools of the shown terminal, and the way out of it by keyboard. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useState } from 'react';
import { Icon } from '../components/Icon';
import type { KnownTerminal } from '../lab/state';
import { useStore } from '../lab/store';
import styles from './dock.module.css';
import { Help } from './Help';
import { More } from './More';
import { preferences } from './preferences';
import { Record } from './Record';
import { Recordings } from './Recordings';
import type { Session } from './session';
import { ToolButton } from './ToolButton';
import type { Terminals } from './useTerminals';

interface Props {
  info: KnownTerminal | undefined;
  session: Session | undefined;
  terminals: Terminals;
  side: 'bottom' | 'right' | undefined;
  isSearching: boolean;
  onSearch(): void;
  onClose(info: KnownTerminal): void;
}

export function Toolbar({ info, session, terminals, side, isSearching, onSearch, onClose }: Props): ReactNode {
  const screenReader = useStore(preferences, (s) => s.screenReader);
  const [listing, setListing] = useState(false);
  return (
    <>
      <span className={styles.hint} id="malha-dock-leave">
        <Translate id="dock.leaveHint" values={{ key: <kbd>F6</kbd> }}>
          {'{key} leaves the terminal'}
        </Translate>
      </span>
      {info?.endless && info.state === 'running' && (
        <button
          type="button"
          className={styles.stop}
          title={translate({
            id: 'dock.stop.why',
            message: 'This command goes on until it is stopped: presses Ctrl-C',
          })}
          onClick={() => session?.gear.press('\x03')}
        >
          <Icon name="stop" />
          <Translate id="dock.stop">Stop</Translate>
        </button>
      )}
      <ToolButton
        icon="search"
        label={translate({ id: 'dock.search', message: 'Search in the terminal' })}
        pressed={isSearching}
        disabled={session === undefined}
        onClick={onSearch}
      />
      {info !== undefined && !info.gone && <Record info={info} terminals={terminals} />}
      <ToolButton
        icon="reader"
        label={translate({ id: 'dock.screenReader', message: 'Screen reader mode' })}
        pressed={screenReader}
        onClick={() => preferences.set({ screenReader: !screenReader })}
      />
      <Help />
      <More session={session} side={side} onRecordings={() => setListing(true)} />
      {info !== undefined && (
        <ToolButton
          icon="cross"
          label={translate({ id: 'dock.close', message: 'Close terminal {tab}' }, { tab: info.tab })}
          onClick={() => onClose(info)}
        />
      )}
      {listing && <Recordings onClose={() => setListing(false)} />}
    </>
  );
}
