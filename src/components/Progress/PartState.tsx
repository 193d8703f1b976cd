/** Beside a heading in the table of contents: how much under it is done. */
import { translate } from '@docusaurus/Translate';
import type { ReactNode } from 'react';
import { useStore } from '../../lab/store';
import { pageState } from '../../lesson/page-state';
import { usePageCount } from '../../progress/usePageCount';
import { Icon } from '../Icon';
import styles from './progress.module.css';

export function PartState({ heading }: { heading: string }): ReactNode {
  const page = useStore(pageState, (s) => s.page);
  const section = page?.sections.find((one) => one.heading === heading);
  const count = usePageCount(page, section);
  const { done, of, failed } = count;
  if (section === undefined || of === 0) return null;
  const isDone = done === of;
  const words = failed
    ? translate({ id: 'progress.partFailed', message: '{done} of {of} done, one has failed' }, { done, of })
    : translate({ id: 'lesson.done', message: '{done} of {of} done' }, { done, of });
  return (
    <span className={styles.part} data-part={heading} data-done={done} data-of={of} data-failed={failed} title={words}>
      {isDone ? (
        <Icon name="check" />
      ) : failed ? (
        <Icon name="cross" />
      ) : (
        <span aria-hidden="true">{`${done}/${of}`}</span>
      )}
      <span className="malha-unseen">{words}</span>
    </span>
  );
}
