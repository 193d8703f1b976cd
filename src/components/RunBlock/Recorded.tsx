/** What a step printed when it was recorded: played where nothing can be run, and marked as what it is. */
import Translate from '@docusaurus/Translate';
import useBaseUrl from '@docusaurus/useBaseUrl';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import clsx from 'clsx';
import type { ReactNode } from 'react';
import type { StepRecording } from '../../lesson/step';
import { Icon } from '../Icon';
import { backendName, dateIn, versionsOf } from '../LessonBar/tested-words';
import { Recording } from '../Recording/Recording';
import styles from './run-block.module.css';

/** Stands where the Run button would be. `command`: the step's first. */
export function PlayButton(props: { command: string; open: boolean; onToggle: () => void }): ReactNode {
  const { command, open, onToggle } = props;
  return (
    <button
      type="button"
      className={clsx(styles.button, styles.run, styles.again)}
      data-action="play"
      aria-expanded={open}
      onClick={onToggle}
    >
      <Icon name="film" />
      {open ? (
        <Translate id="run.hideRecording">Hide the recording</Translate>
      ) : (
        <Translate id="run.playRecording">Play the recording</Translate>
      )}
      <span className="malha-unseen">: {command}</span>
    </button>
  );
}

export function Recorded({ recording, command }: { recording: StepRecording; command: string }): ReactNode {
  const { i18n } = useDocusaurusContext();
  const src = useBaseUrl(recording.cast);
  return (
    <div className={styles.recorded} data-recorded={recording.cast}>
      <p>
        <Translate
          id="run.recorded"
          values={{
            date: <time dateTime={recording.at}>{dateIn(i18n.currentLocale, recording.at)}</time>,
            backend: backendName(recording.backend),
            versions: versionsOf(recording.versions),
          }}
        >
          {'A recording of {date}: {backend}, {versions}.'}
        </Translate>
      </p>
      <Recording src={src} title={command} autoOpen />
    </div>
  );
}
