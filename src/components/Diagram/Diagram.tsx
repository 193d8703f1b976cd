/** A drawing with its words: what it shows is said to those who do not see it, and unfolds for all others. */
import Translate from '@docusaurus/Translate';
import type { ReactNode } from 'react';
import styles from './diagram.module.css';

/** `title`: the drawing's own accTitle, handed on by src/lesson/remark-lesson.ts. */
export function Diagram({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <figure className={styles.diagram} aria-label={title === '' ? undefined : title}>
      {children}
    </figure>
  );
}

/** The remark plugin puts here what the drawing says of itself, and what stands under it on the page. */
export function DiagramWords({ words, children }: { words: string; children?: ReactNode }): ReactNode {
  return (
    <details className={styles.words}>
      <summary>
        <Translate id="diagram.words">The drawing in words</Translate>
      </summary>
      <p>{words}</p>
      {children}
    </details>
  );
}
