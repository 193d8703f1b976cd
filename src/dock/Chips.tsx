/** What goes by itself, over the terminal's corner, so that the terminal keeps its size: who else is there, "Copied". */
import Translate from '@docusaurus/Translate';
import type { ReactNode } from 'react';
import type { KnownTerminal } from '../lab/state';
import { useStore } from '../lab/store';
import { noticeOf, notices } from './notices';
import styles from './panel.module.css';
import { said } from './said';

export function Chips({ info }: { info: KnownTerminal | undefined }): ReactNode {
  const text = useStore(said, (s) => s.text);
  const { smaller, typedElsewhere, full } = useStore(notices, (s) => noticeOf(s, info?.terminal));
  return (
    <div className={styles.chips} aria-hidden="true">
      {text !== '' && <span className={styles.chip}>{text}</span>}
      {full && (
        <span className={styles.chip} data-notice="full" data-kind="bad">
          <Translate id="dock.inputFull">Too much waits to be sent: the last keys were not taken</Translate>
        </span>
      )}
      {typedElsewhere && (
        <span className={styles.chip} data-notice="typed">
          <Translate id="dock.typedElsewhere">Someone types in another window</Translate>
        </span>
      )}
      {smaller !== undefined && (
        <span className={styles.chip} data-notice="smaller">
          <Translate id="dock.smaller.window" values={{ size: `${smaller.columns} × ${smaller.rows}` }}>
            {'A smaller window watches too: {size}'}
          </Translate>
        </span>
      )}
    </div>
  );
}
