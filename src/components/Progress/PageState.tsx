/** Beside a page in the sidebar: how much of it is done, once something is. */
import { useLocation } from '@docusaurus/router';
import { translate } from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { type ReactNode, useMemo } from 'react';
import { useStore } from '../../lab/store';
import { pageName } from '../../lesson/step';
import { countKept } from '../../progress/count';
import { usePageProgress } from '../../progress/hooks';
import { progressState } from '../../progress/state';
import { todoOf } from '../../progress/todo';
import { Icon } from '../Icon';
import { useLessons } from '../LessonBar/useLessons';
import styles from './progress.module.css';

/** `href`: the page's address in the site, in the reader's language. */
export function PageState({ href }: { href: string }): ReactNode {
  const { siteConfig } = useDocusaurusContext();
  const page = pageName(href, siteConfig.baseUrl);
  const { lessons } = useLessons();
  const lesson = useMemo(() => lessons.find((one) => one.page === page), [lessons, page]);
  const progress = usePageProgress(page);
  const kept = useStore(progressState, (s) => s.kept);
  const isShown = pageName(useLocation().pathname, siteConfig.baseUrl) === page;
  if (lesson === undefined) return null;
  const { done, of } = countKept(todoOf(lesson, kept), progress);
  // Pages that the reader has not begun stay as quiet as any other.
  if (of === 0 || (done === 0 && !(isShown && lesson.isTutorial))) return null;
  const words = translate({ id: 'lesson.done', message: '{done} of {of} done' }, { done, of });
  return (
    <span className={styles.page} data-page={page} data-done={done} data-of={of} title={words}>
      {done === of ? <Icon name="check" /> : <span aria-hidden="true">{`${done}/${of}`}</span>}
      <span className="malha-unseen">{` (${words})`}</span>
    </span>
  );
}
