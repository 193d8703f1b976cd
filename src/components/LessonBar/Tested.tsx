/** On which backend, with which versions and on which day every step and check of the page last passed. */
import Translate from '@docusaurus/Translate';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import type { ReactNode } from 'react';
import styles from './lesson-bar.module.css';
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
          backend: found.backend,
          versions: versionsOf(found.versions),
        }}
      >
        {'Last tested on {date}: {backend}, {versions}.'}
      </Translate>
    </p>
  );
}

/** A day, such as 2026-11-23, as it is written in the reader's language. */
export function dateIn(locale: string, day: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

const NAMES: Record<string, string> = { kubernetes: 'Kubernetes', istio: 'Istio', malha: 'Malha' };

export const versionsOf = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${NAMES[name] ?? name} ${version}`)
    .join(', ');
