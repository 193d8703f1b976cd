/** The whole recording as text: for those who cannot see the screen, and to copy from. Made when it is first asked for. */
import Translate from '@docusaurus/Translate';
import { type ReactNode, useEffect, useState } from 'react';
import styles from './recording.module.css';
import { textOf } from './screen';
import type { Timeline } from './timeline';

export function AsText({ timeline }: { timeline: Timeline }): ReactNode {
  const [asked, setAsked] = useState(false);
  const [text, setText] = useState<string>();
  useEffect(() => {
    if (!asked) return;
    let left = false;
    void textOf(timeline).then((made) => !left && setText(made));
    return () => {
      left = true;
    };
  }, [asked, timeline]);
  return (
    <details className={styles.details} onToggle={(event) => event.currentTarget.open && setAsked(true)}>
      <summary>
        <Translate id="recording.asText">As text</Translate>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre className={styles.text} tabIndex={0} aria-busy={text === undefined}>
        {text}
      </pre>
    </details>
  );
}
