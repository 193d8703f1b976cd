/** Stands in every page: a bar where there is a lab, nothing where there is none. The dock's code comes when it opens. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useEffect, useRef } from 'react';
import { Icon } from '../components/Icon';
import { findLab } from '../lab/lab';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';
import { findProgress } from '../progress/progress';
import { BackendName } from './BackendName';
import buttons from './buttons.module.css';
import styles from './dock.module.css';
import { loadPreferences, preferences } from './preferences';
import { clamp } from './size';
import { useDockCode } from './useDockCode';
import { useCameFrom } from './useFocusPath';
import { usePlace } from './usePlace';

export function DockGate(): ReactNode {
  // A lab that has gone, or asks for a new sign-in, leaves its last screens readable.
  const isHere = useStore(labState, (s) => s.presence === 'present' || s.connectedOnce);
  useEffect(() => {
    loadPreferences();
    findProgress();
    findLab();
  }, []);
  return isHere ? <Frame /> : null;
}

/** What is there from the start; the button stays the same one, so that it keeps the focus. */
function Frame(): ReactNode {
  const state = useStore(preferences, (s) => s);
  const root = useRef<HTMLElement>(null);
  const cameFrom = useCameFrom(root);
  const { place, range } = usePlace(state);
  const { code, failed, again } = useDockCode(state.open);
  const size = clamp(place === 'right' ? state.width : state.height, range);
  return (
    <section
      ref={root}
      className={styles.dock}
      data-place={place}
      style={place === 'right' ? { width: size } : place === 'bottom' ? { height: size } : undefined}
      aria-label={translate({ id: 'dock.title', message: 'Terminal' })}
    >
      <button
        type="button"
        className={styles.title}
        data-toggle
        aria-expanded={state.open}
        onClick={() => preferences.set({ open: !state.open })}
      >
        <Icon name="terminal" />
        <span className={styles.titleText}>
          <Translate id="dock.title">Terminal</Translate>
        </span>
        <Icon name={state.open ? 'down' : 'up'} />
      </button>
      {!state.open && <ClosedState />}
      {state.open && code === undefined && <Loading failed={failed} again={again} />}
      {state.open && code !== undefined && (
        <code.Dock terminals={code.terminals} {...{ root, cameFrom, place, size, range }} />
      )}
    </section>
  );
}

/** A page that needs no connection says nothing of it. */
function ClosedState(): ReactNode {
  const isConnected = useStore(labState, (s) => s.connection !== 'none');
  return <div className={styles.tools}>{isConnected && <BackendName />}</div>;
}

function Loading({ failed, again }: { failed: boolean; again(): void }): ReactNode {
  return (
    <div className={styles.tools}>
      {failed ? (
        <span className={styles.backend} role="alert">
          <Translate id="dock.loadFailed">The terminal could not be loaded.</Translate>
          <button type="button" className={buttons.wordButton} onClick={again}>
            <Translate id="dock.tryAgain">Try again</Translate>
          </button>
        </span>
      ) : (
        <span className={styles.backend} role="status">
          <Translate id="dock.loading">Loading the terminal…</Translate>
        </span>
      )}
    </div>
  );
}
