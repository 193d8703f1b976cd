/** The commands of a step as their author wrote them, coloured. */
import { usePrismTheme } from '@docusaurus/theme-common';
import useIsBrowser from '@docusaurus/useIsBrowser';
import clsx from 'clsx';
import { Highlight } from 'prism-react-renderer';
import type { ReactNode } from 'react';
import styles from './run-block.module.css';

export function Source({ code }: { code: string }): ReactNode {
  const theme = usePrismTheme();
  // The page comes with the light theme's colours; once in the browser, draw it anew in the reader's.
  const isBrowser = useIsBrowser();
  return (
    <Highlight key={String(isBrowser)} theme={theme} code={code} language="bash">
      {({ className, style, tokens, getLineProps, getTokenProps }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <pre className={clsx(className, styles.source)} style={{ color: style.color }} tabIndex={0}>
          <code>
            {tokens.map((line, number) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text.
              <span key={number} {...getLineProps({ line })}>
                {line.map((token, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a fixed text.
                  <span key={index} {...getTokenProps({ token })} />
                ))}
                {'\n'}
              </span>
            ))}
          </code>
        </pre>
      )}
    </Highlight>
  );
}
