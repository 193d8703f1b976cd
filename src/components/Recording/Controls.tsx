/** Play and pause, the place in the recording, the commands before and after, and the speed. */
import { translate } from '@docusaurus/Translate';
import type { ReactNode, Ref } from 'react';
import { useStore } from '../../lab/store';
import { Icon } from '../Icon';
import type { Playback } from './playback';
import styles from './recording.module.css';
import { clock } from './timeline';

const SPEEDS = [0.5, 1, 2, 4];
/** A command that began less than this ago, in seconds, is passed over on the way back. */
const JUST_BEGUN = 1;

export function Controls({
  playback,
  playButton,
}: {
  playback: Playback;
  playButton: Ref<HTMLButtonElement>;
}): ReactNode {
  const { playing, position, speed } = useStore(playback.state, (s) => s);
  const { duration, markers } = playback.timeline;
  const before = markers.findLast((marker) => marker.time < position - JUST_BEGUN);
  const after = markers.find((marker) => marker.time > position);
  const isOver = position >= duration;
  const time = `${clock(position)} / ${clock(duration)}`;
  return (
    <div className={styles.controls}>
      <button
        ref={playButton}
        type="button"
        className={styles.control}
        data-action={playing ? 'pause' : 'play'}
        aria-label={playLabel(playing, isOver)}
        title={playLabel(playing, isOver)}
        onClick={() => (playing ? playback.pause() : playback.play())}
      >
        <Icon name={playing ? 'pause' : isOver ? 'again' : 'run'} />
      </button>
      {markers.length > 0 && (
        <>
          <Jump
            icon="previous"
            label={translate({ id: 'recording.previous', message: 'Previous command' })}
            onClick={() => void playback.seek(before?.time ?? 0)}
          />
          <Jump
            icon="next"
            label={translate({ id: 'recording.next', message: 'Next command' })}
            onClick={() => void playback.seek(after?.time ?? duration)}
          />
        </>
      )}
      <span className={styles.track}>
        <input
          type="range"
          className={styles.slider}
          min={0}
          max={duration}
          step="any"
          value={position}
          aria-label={translate({ id: 'recording.position', message: 'Position' })}
          aria-valuetext={translate(
            { id: 'recording.positionOf', message: '{position} of {duration}' },
            { position: clock(position), duration: clock(duration) },
          )}
          onChange={(event) => void playback.seek(Number(event.target.value))}
        />
        <span className={styles.ticks} aria-hidden="true">
          {duration > 0 &&
            markers.map((marker, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a recording's markers never change.
              <i key={index} style={{ left: `${(marker.time / duration) * 100}%` }} />
            ))}
        </span>
      </span>
      <span className={styles.time} aria-hidden="true">
        {time}
      </span>
      <select
        className={styles.speed}
        value={speed}
        aria-label={translate({ id: 'recording.speed', message: 'Speed' })}
        onChange={(event) => playback.setSpeed(Number(event.target.value))}
      >
        {SPEEDS.map((value) => (
          <option key={value} value={value}>
            {`${value}×`}
          </option>
        ))}
      </select>
    </div>
  );
}

function Jump({ icon, label, onClick }: { icon: 'previous' | 'next'; label: string; onClick: () => void }): ReactNode {
  return (
    <button type="button" className={styles.control} aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function playLabel(playing: boolean, isOver: boolean): string {
  if (playing) return translate({ id: 'recording.pause', message: 'Pause' });
  return isOver
    ? translate({ id: 'recording.again', message: 'Play again' })
    : translate({ id: 'recording.play', message: 'Play' });
}
