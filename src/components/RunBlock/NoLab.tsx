/** The one line that says why nothing can be run here, and what to do. Stands above a page's first step. */
import Translate from '@docusaurus/Translate';
import type { ReactNode } from 'react';
import { Icon } from '../Icon';
import styles from './run-block.module.css';

export function NoLab({ presence }: { presence: 'absent' | 'locked' }): ReactNode {
  return (
    <p className={styles.noLab}>
      <Icon name="terminal" />
      <span>
        {presence === 'absent' ? (
          <Translate id="run.noLab" values={{ command: <code>npm start</code> }}>
            {'To run these commands here, start the lab: {command} in a copy of Malha.'}
          </Translate>
        ) : (
          <Translate id="run.locked" values={{ command: <code>npm start</code> }}>
            {'A lab is running, but this browser is not signed in: open the link that {command} printed.'}
          </Translate>
        )}
      </span>
    </p>
  );
}
