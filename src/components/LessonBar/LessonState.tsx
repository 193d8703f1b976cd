/** The way to a lesson's checkpoint: what would be lost, how far it is, what went wrong. */
import Translate, { translate } from '@docusaurus/Translate';
import clsx from 'clsx';
import { type ReactNode, useEffect, useRef } from 'react';
import type { LessonState as State } from '../../../server/protocol';
import card from '../card.module.css';
import { Icon } from '../Icon';
import styles from './lesson-bar.module.css';

interface LessonStateProps {
  lesson: State;
  onDiscard: () => void;
  onCancel: () => void;
}

export function LessonState({ lesson, onDiscard, onCancel }: LessonStateProps): ReactNode {
  switch (lesson.phase) {
    case 'asking':
      return <Losses losses={lesson.losses} onDiscard={onDiscard} onCancel={onCancel} />;
    case 'working':
      return <Working lesson={lesson} />;
    case 'ready':
      return (
        <div role="status" className={styles.ready} data-lesson-phase="ready">
          <p>
            <Icon name="check" />
            <Translate id="lesson.ready">The lab is ready for this lesson.</Translate>
          </p>
          {lesson.keptAside !== undefined && lesson.keptAside.length > 0 && (
            <p>
              <Translate id="lesson.keptAside">Files that you had changed are kept under another name:</Translate>{' '}
              {lesson.keptAside.map((file) => (
                <code key={file}>{file} </code>
              ))}
            </p>
          )}
        </div>
      );
    case 'failed':
      return (
        <p role="alert" className={styles.failed} data-lesson-phase="failed">
          <Icon name="cross" />
          <span>
            <Translate id="lesson.failed">The lab could not be prepared for this lesson.</Translate>{' '}
            {lesson.message !== undefined && <span lang="en">{lesson.message}</span>}
          </span>
        </p>
      );
  }
}

type Stage = NonNullable<State['stage']>;
const STAGES: readonly Stage[] = ['looking', 'reset', 'istio', 'bank', 'files'];

function Working({ lesson }: { lesson: State }): ReactNode {
  const stage = lesson.stage ?? 'looking';
  return (
    <div className={styles.working} role="status" data-lesson-phase="working">
      <p className={card.spinning}>
        <Icon name="spinner" />
        {stageName(stage)}
        {lesson.message !== undefined && (
          <span className={styles.detail} lang="en">
            {lesson.message}
          </span>
        )}
      </p>
      <progress
        className={styles.way}
        value={STAGES.indexOf(stage) + 1}
        max={STAGES.length + 1}
        aria-label={translate({ id: 'lesson.way', message: 'On the way to the lesson' })}
      />
    </div>
  );
}

function stageName(stage: Stage): string {
  switch (stage) {
    case 'looking':
      return translate({ id: 'lesson.stage.looking', message: 'Looking at what is there…' });
    case 'reset':
      return translate({ id: 'lesson.stage.reset', message: 'Clearing the cluster…' });
    case 'istio':
      return translate({ id: 'lesson.stage.istio', message: 'Installing Istio…' });
    case 'bank':
      return translate({ id: 'lesson.stage.bank', message: 'Starting the bank…' });
    case 'files':
      return translate({ id: 'lesson.stage.files', message: 'Writing the lesson’s files…' });
  }
}

function Losses(props: { losses: State['losses']; onDiscard: () => void; onCancel: () => void }): ReactNode {
  const { losses, onDiscard, onCancel } = props;
  const title = useRef<HTMLParagraphElement>(null);
  useEffect(() => title.current?.focus(), []);
  const { objects = [], objectCount = 0, files = [] } = losses ?? {};
  return (
    <section className={styles.losses} data-lesson-phase="asking" aria-labelledby="malha-losses">
      <p id="malha-losses" ref={title} tabIndex={-1} className={styles.lossesTitle}>
        <Translate id="lesson.losses">This throws away what you have made:</Translate>
      </p>
      <ul>
        {objects.map((name) => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
        {objectCount > objects.length && (
          <li>
            <Translate id="lesson.moreLosses" values={{ count: objectCount - objects.length }}>
              {'and {count} more'}
            </Translate>
          </li>
        )}
        {files.map((name) => (
          <li key={name}>
            <code>{name}</code> <Translate id="lesson.fileKept">(your version is kept under another name)</Translate>
          </li>
        ))}
      </ul>
      <div className={styles.buttons}>
        <button type="button" className={clsx(card.button, card.primary)} data-action="discard" onClick={onDiscard}>
          <Translate id="lesson.discard">Throw away and start</Translate>
        </button>
        <button type="button" className={clsx(card.button, card.plain)} data-action="cancel" onClick={onCancel}>
          <Translate id="lesson.cancel">Leave everything as it is</Translate>
        </button>
      </div>
    </section>
  );
}
