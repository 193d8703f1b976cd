/** What a step should print and, once it has run, whether what it printed was like it. */
import Translate from '@docusaurus/Translate';
import { type ReactNode, useMemo } from 'react';
import type { Match } from '../../../server/lessons/schema';
import type { RunState } from '../../../server/protocol';
import type { Row } from '../../lesson/like';
import { matchOutput } from '../../lesson/match';
import { Icon } from '../Icon';
import styles from './run-block.module.css';

interface ExpectedProps {
  text: string;
  match: Match | undefined;
  run: RunState | undefined;
}

export function Expected({ text, match = 'like', run }: ExpectedProps): ReactNode {
  const output = run !== undefined && (run.phase === 'passed' || run.phase === 'listening') ? run.output : undefined;
  const likeness = useMemo(
    () => (output === undefined ? undefined : matchOutput({ text, match }, output)),
    [text, match, output],
  );
  // A command that goes on may print the rest later: then only a match says something.
  const shown = run?.phase === 'listening' && likeness?.alike === false ? undefined : likeness;
  return (
    <div className={styles.expected} data-alike={shown?.alike}>
      <p className={styles.expectedLabel}>
        <Translate id="run.expect">What to expect</Translate>
        {shown?.alike === true && (
          <span className={styles.alike}>
            <Icon name="check" />
            <Translate id="run.alike">Yours was like this</Translate>
          </span>
        )}
        {shown?.alike === false && (
          <span className={styles.differs}>
            <Icon name="differs" />
            <Translate id="run.differs">Yours was different</Translate>
          </span>
        )}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre className={styles.output} tabIndex={0}>
        <code>{text}</code>
      </pre>
      {shown?.alike === false && <Difference rows={shown.rows} />}
    </div>
  );
}

const SIGNS: Record<Row['kind'], string> = { same: ' ', elided: ' ', missing: '−', extra: '+' };

function Difference({ rows }: { rows: Row[] }): ReactNode {
  return (
    <details className={styles.difference}>
      <summary>
        <Translate id="run.difference">Show the difference (− expected, + seen)</Translate>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre className={styles.output} tabIndex={0}>
        <code>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity and never move.
            <span key={index} className={styles.row} data-kind={row.kind}>
              {`${SIGNS[row.kind]} ${row.text}\n`}
            </span>
          ))}
        </code>
      </pre>
    </details>
  );
}
