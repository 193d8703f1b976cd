/** The recordings of the lab: to play in the page, to download, to delete. */
import Translate, { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { type ReactNode, useState } from 'react';
import { RECORDINGS_PATH, type RecordingInfo } from '../../server/protocol';
import { Icon } from '../components/Icon';
import { Recording } from '../components/Recording/Recording';
import { labState } from '../lab/state';
import { useStore } from '../lab/store';
import buttons from './buttons.module.css';
import { Dialog, Question } from './Dialog';
import dialogStyles from './dialog.module.css';
import styles from './dock.module.css';
import { clock, size } from './recorded';
import { ToolButton } from './ToolButton';

const addressOf = ({ name }: RecordingInfo) => `${RECORDINGS_PATH}/${name}`;

export function Recordings({ onClose }: { onClose(): void }): ReactNode {
  const recordings = useStore(labState, (s) => s.recordings);
  const [playing, setPlaying] = useState<string>();
  const [deleting, setDeleting] = useState<RecordingInfo>();
  const [failed, setFailed] = useState(false);
  const remove = async (recording: RecordingInfo) => {
    const response = await fetch(addressOf(recording), { method: 'DELETE' }).catch(() => undefined);
    // One that somebody else has deleted is gone as well.
    setFailed(response === undefined || !(response.ok || response.status === 404));
  };
  const newestFirst = [...recordings].sort((a, b) => b.started - a.started);
  return (
    <Dialog wide title={translate({ id: 'dock.recordings', message: 'Recordings' })} onClose={onClose}>
      <div className={dialogStyles.dialogBody}>
        {failed && (
          <p role="alert">
            <Translate id="dock.recordings.notDeleted">The recording could not be deleted.</Translate>
          </p>
        )}
        {newestFirst.length === 0 && (
          <p>
            <Translate id="dock.recordings.none">
              There is none yet. The round button in the terminal’s bar starts one.
            </Translate>
          </p>
        )}
        <ul className={dialogStyles.recordings}>
          {newestFirst.map((recording) => (
            <Entry
              key={recording.name}
              recording={recording}
              isPlaying={playing === recording.name}
              onPlay={() => setPlaying((name) => (name === recording.name ? undefined : recording.name))}
              onDelete={() => setDeleting(recording)}
            />
          ))}
        </ul>
      </div>
      {deleting !== undefined && (
        <Question
          title={translate({ id: 'dock.recordings.deleteTitle', message: 'Delete this recording?' })}
          action={translate({ id: 'dock.recordings.deleteYes', message: 'Delete it' })}
          danger
          onAnswer={(yes) => {
            setDeleting(undefined);
            if (yes) void remove(deleting);
          }}
        >
          <p>
            <Translate id="dock.recordings.deleteWhat" values={{ name: <code>{deleting.name}</code> }}>
              {'{name} is taken off the disk, and cannot be brought back.'}
            </Translate>
          </p>
        </Question>
      )}
    </Dialog>
  );
}

interface EntryProps {
  recording: RecordingInfo;
  isPlaying: boolean;
  onPlay(): void;
  onDelete(): void;
}

function Entry({ recording, isPlaying, onPlay, onDelete }: EntryProps): ReactNode {
  const language = useDocusaurusContext().i18n.currentLocale;
  const when = new Date(recording.started * 1000).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
  const title = translate(
    { id: 'dock.recordings.title', message: 'Terminal {tab}, {when}' },
    { tab: recording.tab, when },
  );
  return (
    <li>
      <div className={dialogStyles.recordingHead}>
        <div className={dialogStyles.recordingWords}>
          <strong>{title}</strong>
          <span>
            {[
              clock(recording.duration),
              translate(
                { id: 'dock.recordings.commands', message: 'commands: {count}' },
                { count: recording.commands },
              ),
              `${recording.columns} × ${recording.rows}`,
              size(recording.bytes, language),
            ].join(' · ')}
          </span>
          <Stopped by={recording.stoppedBy} />
        </div>
        <button
          type="button"
          className={buttons.wordButton}
          aria-expanded={isPlaying}
          aria-label={
            isPlaying
              ? translate({ id: 'dock.recordings.hide', message: 'Hide: {title}' }, { title })
              : translate({ id: 'dock.recordings.play', message: 'Play: {title}' }, { title })
          }
          onClick={onPlay}
        >
          <Icon name={isPlaying ? 'stop' : 'run'} />
          {isPlaying ? (
            <Translate id="dock.recordings.hideWord">Hide</Translate>
          ) : (
            <Translate id="dock.recordings.playWord">Play</Translate>
          )}
        </button>
        <a
          className={styles.tool}
          href={addressOf(recording)}
          download={recording.name}
          aria-label={translate({ id: 'dock.recordings.download', message: 'Download: {title}' }, { title })}
          title={recording.name}
        >
          <Icon name="download" />
        </a>
        <ToolButton
          icon="trash"
          label={translate({ id: 'dock.recordings.delete', message: 'Delete: {title}' }, { title })}
          onClick={onDelete}
        />
      </div>
      {isPlaying && <Recording autoOpen src={addressOf(recording)} title={title} />}
    </li>
  );
}

/** Why it ended before the reader ended it. */
function Stopped({ by }: { by: RecordingInfo['stoppedBy'] }): ReactNode {
  switch (by) {
    case 'size':
      return <Translate id="dock.recordings.bySize">It was stopped for its size.</Translate>;
    case 'time':
      return <Translate id="dock.recordings.byTime">It was stopped for its length.</Translate>;
    case 'disk':
      return <Translate id="dock.recordings.byDisk">It could not be written to its end.</Translate>;
    case undefined:
      return null;
  }
}
