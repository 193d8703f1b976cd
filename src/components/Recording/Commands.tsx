/** The recording's markers: each command that was entered, to go to. */
import Translate from '@docusaurus/Translate';
import type { ReactNode } from 'react';
import { useStore } from '../../lab/store';
import type { Playback } from './playback';
import styles from './recording.module.css';
import { clock } from './timeline';

export function Commands({ playback }: { playback: Playback }): ReactNode {
  const { markers } = playback.timeline;
  const current = useStore(playback.state, (s) => markers.findLastIndex((marker) => marker.time <= s.position));
  return (
    <details className={styles.details}>
      <summary>
        <Translate id="recording.commands" values={{ count: markers.length }}>
          {'Commands ({count})'}
        </Translate>
      </summary>
      <ol className={styles.commands}>
        {markers.map((marker, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a recording's markers never change.
          <li key={index}>
            <button
              type="button"
              className={styles.command}
              aria-current={index === current}
              onClick={() => void playback.seek(marker.time)}
            >
              <span className={styles.time}>{clock(marker.time)}</span>
              <code>{marker.label}</code>
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}
