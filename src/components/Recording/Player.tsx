/** The open recording: its screen, its controls, its commands and its text. Loaded when first opened. */
import Translate from '@docusaurus/Translate';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { CastError } from '../../../server/protocol/asciicast';
import { Icon } from '../Icon';
import { AsText } from './AsText';
import { Commands } from './Commands';
import { Controls } from './Controls';
import { loadTimeline, type Source } from './load';
import { Playback } from './playback';
import { Loading } from './Recording';
import styles from './recording.module.css';
import { XtermScreen } from './screen';
import type { Timeline } from './timeline';

interface Props {
  title: string;
  source: Source;
}

export default function Player({ title, source }: Props): ReactNode {
  const { src, text } = source;
  const [timeline, setTimeline] = useState<Timeline>();
  const [failure, setFailure] = useState<'unreachable' | 'invalid'>();
  useEffect(() => {
    const leaving = new AbortController();
    setTimeline(undefined);
    setFailure(undefined);
    loadTimeline(text === undefined ? { src: src ?? '' } : { text }, leaving.signal).then(
      setTimeline,
      (error: Error) => {
        if (!leaving.signal.aborted) setFailure(error instanceof CastError ? 'invalid' : 'unreachable');
      },
    );
    return () => leaving.abort();
  }, [src, text]);
  return (
    <section
      className={styles.recording}
      aria-label={title}
      data-recording={failure ? 'failed' : timeline ? 'open' : 'loading'}
    >
      {failure !== undefined ? (
        <p className={styles.failure} role="alert">
          <Icon name="cross" />
          {failure === 'invalid' ? (
            <Translate id="recording.invalid">
              This file is not a recording that can be played (asciicast v3).
            </Translate>
          ) : (
            <Translate id="recording.unreachable">
              The recording could not be loaded: it was deleted, or there is no connection.
            </Translate>
          )}
        </p>
      ) : timeline === undefined ? (
        <Loading title={title} />
      ) : (
        <Loaded timeline={timeline} title={title} />
      )}
    </section>
  );
}

function Loaded({ timeline, title }: { timeline: Timeline; title: string }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const playButton = useRef<HTMLButtonElement>(null);
  const [playback, setPlayback] = useState<Playback>();
  useEffect(() => {
    if (place.current === null) return;
    const screen = new XtermScreen(place.current, timeline);
    const current = new Playback(timeline, screen);
    setPlayback(current);
    // Who prefers less motion gets the end, as a picture, and can play it from there.
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) void current.seek(timeline.duration);
    else current.play();
    return () => {
      current.dispose();
      screen.dispose();
    };
  }, [timeline]);
  // The button that was pressed to open it is gone: the keyboard goes on at the one that took its place.
  useEffect(() => {
    if (playback !== undefined && document.activeElement === document.body) playButton.current?.focus();
  }, [playback]);
  const handleKey = (event: KeyboardEvent) => {
    if (event.key !== ' ' || playback === undefined) return;
    // On a control, the key is that control's.
    if (event.target instanceof Element && event.target.closest('button, input, select, summary, pre')) return;
    event.preventDefault();
    if (playback.state.get().playing) playback.pause();
    else playback.play();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Space on the screen is a shortcut; every control is a button.
    <div onKeyDown={handleKey}>
      <p className={styles.header}>
        <span className={styles.badge}>
          <Translate id="recording.badge">Recording</Translate>
        </span>
        <span className={styles.title}>{title}</span>
      </p>
      {/* A picture that changes; what it shows is said by the text below. */}
      <div ref={place} className={styles.screen} aria-hidden="true" />
      {playback !== undefined && <Controls playback={playback} playButton={playButton} />}
      {playback !== undefined && timeline.markers.length > 0 && <Commands playback={playback} />}
      <AsText timeline={timeline} />
    </div>
  );
}
