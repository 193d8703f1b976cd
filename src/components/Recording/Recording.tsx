/** A recorded terminal in a page. A button and a title until it is opened: only then the player and the file are loaded. */
import Translate from '@docusaurus/Translate';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Icon } from '../Icon';
import type { Source } from './load';
import styles from './recording.module.css';

const Player = lazy(() => import('./Player'));

/** `src`: address of an asciicast v3; or `text`: one as it is. */
export type RecordingProps = Source & {
  /** What was recorded: names the player, too, for those who cannot see it. */
  title: string;
  /** The reader has asked for it already. It plays, unless they prefer less motion. */
  autoOpen?: boolean;
};

export function Recording({ title, autoOpen = false, ...source }: RecordingProps): ReactNode {
  const [open, setOpen] = useState(autoOpen);
  const shut = (
    <div className={styles.shut}>
      <button type="button" className={styles.open} data-action="open-recording" onClick={() => setOpen(true)}>
        <Icon name="run" />
        <Translate id="recording.open">Play the recording</Translate>
        <span className="malha-unseen">: {title}</span>
      </button>
      <span className={styles.title}>{title}</span>
    </div>
  );
  if (!open) return <div className={styles.recording}>{shut}</div>;
  return (
    <Suspense
      fallback={
        <div className={styles.recording}>
          <Loading title={title} />
        </div>
      }
    >
      <Player title={title} source={source} />
    </Suspense>
  );
}

export function Loading({ title }: { title: string }): ReactNode {
  return (
    <div className={styles.shut}>
      <span className={styles.loading} role="status">
        <Icon name="spinner" />
        <Translate id="recording.loading">Loading the recording…</Translate>
      </span>
      <span className={styles.title}>{title}</span>
    </div>
  );
}
