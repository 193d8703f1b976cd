/** A file of the lesson: its text, what it changes against the one before, and where it lies in the workspace. */
import Translate, { translate } from '@docusaurus/Translate';
import CodeBlock from '@theme/CodeBlock';
import clsx from 'clsx';
import { type ReactNode, useState } from 'react';
import { diffLines } from '../../lesson/diff';
import card from '../card.module.css';
import { Icon } from '../Icon';
import styles from './manifest.module.css';

/** From src/lesson/remark-lesson.ts; `folder`: the lesson's in the workspace. */
interface ManifestProps {
  file: string;
  content: string;
  folder: string;
  against?: string;
  base?: string;
}

const LANGUAGES: Record<string, string> = { yaml: 'yaml', yml: 'yaml', json: 'json', sh: 'bash' };

export function Manifest({ file, content, folder, against, base }: ManifestProps): ReactNode {
  const [asDiff, setAsDiff] = useState(false);
  const path = `${folder}/${file}`;
  return (
    <div className={styles.manifest} data-manifest={file}>
      <div className={styles.header}>
        <Icon name="file" />
        <span className={styles.path}>{path}</span>
        {base !== undefined && (
          <button
            type="button"
            className={clsx(card.button, card.plain)}
            data-action="diff"
            aria-pressed={asDiff}
            onClick={() => setAsDiff((on) => !on)}
          >
            <Icon name="differs" />
            <Translate id="manifest.diff" values={{ file: against ?? '' }}>
              {'What changes compared with {file}'}
            </Translate>
          </button>
        )}
        <a
          className={clsx(card.button, card.plain)}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(content)}`}
          download={file.split('/').at(-1)}
          title={translate({ id: 'manifest.download', message: 'Download {file}' }, { file })}
          aria-label={translate({ id: 'manifest.download', message: 'Download {file}' }, { file })}
        >
          <Icon name="download" />
        </a>
      </div>
      {asDiff && base !== undefined ? (
        <Difference before={base} after={content} />
      ) : (
        <CodeBlock language={LANGUAGES[file.split('.').at(-1) ?? ''] ?? 'text'} className={styles.code}>
          {content}
        </CodeBlock>
      )}
    </div>
  );
}

const SIGNS = { same: ' ', removed: '−', added: '+' };

function Difference({ before, after }: { before: string; after: string }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <pre className={styles.diff} tabIndex={0}>
      <code>
        {diffLines(before, after).map(({ kind, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text.
          <span key={index} className={styles.line} data-kind={kind}>
            {`${SIGNS[kind]} ${text}\n`}
          </span>
        ))}
      </code>
    </pre>
  );
}
