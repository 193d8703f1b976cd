/** The end of a page: says that all is done, and which lessons come next. */
import Link from '@docusaurus/Link';
import Translate from '@docusaurus/Translate';
import { type ReactNode, useEffect, useState } from 'react';
import { useStore } from '../../lab/store';
import type { PageData } from '../../lesson/step';
import { usePageProgress } from '../../progress/hooks';
import { setPart } from '../../progress/progress';
import { progressState } from '../../progress/state';
import { usePageCount } from '../../progress/usePageCount';
import { Icon } from '../Icon';
import styles from './lesson-bar.module.css';
import { useLessons } from './useLessons';

export function LessonEnd({ lesson }: { lesson: string }): ReactNode {
  const [page] = useState(() => JSON.parse(lesson) as PageData);
  const { lessons } = useLessons();
  const { done, of } = usePageCount(page);
  const isFinished = usePageProgress(page.page)?.finished !== undefined;
  const summary = lessons.find((one) => one.page === page.page);
  const canRun = useStore(progressState, (s) => s.kept === 'lab');
  // Answers alone do not finish a page that has steps to run.
  const isDone = of > 0 && done === of && (canRun || page.steps.length === 0);
  useEffect(() => {
    if (isDone && !isFinished) setPart(page.page, { finished: Date.now() });
  }, [isDone, isFinished, page]);
  const next = lessons.filter(({ after }) => summary !== undefined && after.includes(summary.id));
  if (!isDone && next.length === 0) return null;
  return (
    <div className={styles.end} data-finished={isDone}>
      <p role="status" className={styles.finished}>
        {isDone && (
          <>
            <Icon name="checked" />
            <Translate id="lesson.finished">Everything on this page is done.</Translate>
          </>
        )}
      </p>
      {next.length > 0 && (
        <p className={styles.next}>
          <Translate id="lesson.next">Next:</Translate>{' '}
          {next.map(({ id, page: to, title }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link to={to}>{title}</Link>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
