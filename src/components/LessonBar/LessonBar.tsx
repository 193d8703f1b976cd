/** The bar at a page's top: how long it takes, where it starts from, how much is done, and the way to start. */
import Link from '@docusaurus/Link';
import Translate, { translate } from '@docusaurus/Translate';
import clsx from 'clsx';
import { type ReactNode, useEffect, useState } from 'react';
import { labState } from '../../lab/state';
import { useStore } from '../../lab/store';
import { pageState } from '../../lesson/page-state';
import type { LessonSummary } from '../../lesson/plugin';
import type { PageData } from '../../lesson/step';
import { usePageProgress } from '../../progress/hooks';
import { startLesson } from '../../progress/progress';
import { progressState } from '../../progress/state';
import { usePageCount } from '../../progress/usePageCount';
import card from '../card.module.css';
import { Icon } from '../Icon';
import { checkpointName } from './checkpoint';
import { LessonState } from './LessonState';
import styles from './lesson-bar.module.css';
import { Tested } from './Tested';
import { useLessons } from './useLessons';

/** `lesson`: a PageData as JSON, from src/lesson/remark-lesson.ts. */
export function LessonBar({ lesson }: { lesson: string }): ReactNode {
  const [page] = useState(() => JSON.parse(lesson) as PageData);
  const { lessons } = useLessons();
  const summary = lessons.find((one) => one.page === page.page);
  useEffect(() => {
    pageState.set({ page });
    return () => {
      if (pageState.get().page === page) pageState.set({ page: undefined });
    };
  }, [page]);
  if (summary === undefined) return null;
  return (
    <aside
      className={styles.bar}
      data-lesson={summary.id}
      aria-label={translate({ id: 'lesson.bar', message: 'About this page' })}
    >
      <ul className={styles.facts}>
        {summary.minutes !== undefined && (
          <li>
            <Icon name="clock" />
            <Translate id="lesson.minutes" values={{ minutes: summary.minutes }}>
              {'{minutes} minutes'}
            </Translate>
          </li>
        )}
        {summary.needs !== undefined && summary.steps > 0 && (
          <li>
            <Icon name="flag" />
            <Translate id="lesson.needs" values={{ checkpoint: checkpointName(summary.needs) }}>
              {'Starts from {checkpoint}'}
            </Translate>
          </li>
        )}
        <Before summary={summary} lessons={lessons} />
        <Done page={page} />
      </ul>
      {summary.needs !== undefined && summary.steps > 0 && <Start page={page.page} />}
      <Tested page={page.page} />
    </aside>
  );
}

function Before({ summary, lessons }: { summary: LessonSummary; lessons: readonly LessonSummary[] }): ReactNode {
  const before = summary.after.flatMap((id) => lessons.find((one) => one.id === id) ?? []);
  if (before.length === 0) return null;
  return (
    <li>
      <Icon name="arrow" />
      <span>
        <Translate id="lesson.after">Comes after</Translate>{' '}
        {before.map(({ id, page, title }, index) => (
          <span key={id}>
            {index > 0 && ', '}
            <Link to={page}>{title}</Link>
          </span>
        ))}
      </span>
    </li>
  );
}

function Done({ page }: { page: PageData }): ReactNode {
  const { done, of } = usePageCount(page);
  if (of === 0) return null;
  const text = translate({ id: 'lesson.done', message: '{done} of {of} done' }, { done, of });
  return (
    <li className={styles.done} data-done={done} data-of={of}>
      <Icon name={done === of ? 'check' : 'checked'} />
      <Link to="/progress/">{text}</Link>
      <progress className={styles.meter} value={done} max={of} aria-hidden="true" />
    </li>
  );
}

function Start({ page }: { page: string }): ReactNode {
  const presence = useStore(labState, (s) => s.presence);
  const isConnected = useStore(labState, (s) => s.connection === 'open');
  const lesson = useStore(progressState, (s) => s.lesson);
  const progress = usePageProgress(page);
  const [asked, setAsked] = useState<'start' | 'reset'>('start');
  if (presence !== 'present') return null;
  const isHere = lesson?.page === page;
  const isWorking = lesson?.phase === 'working';
  const hasBegun = Object.keys(progress?.steps ?? {}).length > 0;
  const begin = (kind: 'start' | 'reset') => {
    if (!isConnected || isWorking) return;
    setAsked(kind);
    void startLesson(page, kind, false);
  };
  return (
    <div className={styles.start}>
      <div className={styles.buttons}>
        {!(isHere && lesson.phase === 'ready') && (
          <button
            type="button"
            className={clsx(card.button, !hasBegun && card.primary)}
            data-action="start-lesson"
            aria-disabled={!isConnected || isWorking}
            onClick={() => begin('start')}
          >
            <Icon name="flag" />
            <Translate id="lesson.start">Start here</Translate>
          </button>
        )}
        {(hasBegun || (isHere && lesson.phase === 'ready')) && (
          <button
            type="button"
            className={clsx(card.button, card.plain)}
            data-action="reset-lesson"
            aria-disabled={!isConnected || isWorking}
            onClick={() => begin('reset')}
          >
            <Icon name="again" />
            <Translate id="lesson.reset">Reset</Translate>
          </button>
        )}
      </div>
      {isHere && (
        <LessonState
          lesson={lesson}
          onDiscard={() => void startLesson(page, asked, true)}
          onCancel={() => progressState.set({ lesson: undefined })}
        />
      )}
    </div>
  );
}
