/** On which backend, with which versions and on which day every step and check of the page last passed. */
import Translate from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import type { ReactNode } from 'react';
import styles from './lesson-bar.module.css';
import { backendName, dateIn, versionsOf } from './tested-words';
import { useLessons } from './useLessons';

export function Tested({ page }: { page: string }): ReactNode {
  const { tested } = useLessons();
  const { i18n } = useDocusaurusContext();
  const found = tested[page];
  if (found === undefined) return null;
  return (
    <p className={styles.tested}>
      <Translate
        id="lesson.tested"
        values={{
          date: <time dateTime={found.at}>{dateIn(i18n.currentLocale, found.at)}</time>,
          backend: backendName(found.backend),
          versions: versionsOf(found.versions),
        }}
      >
        {'Last tested on {date}: {backend}, {versions}.'}
      </Translate>
    </p>
  );
}
