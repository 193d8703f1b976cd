/** Copies the commands of a step: as typed, without comments and prompts. */
import { translate } from '@docusaurus/Translate';
import { type ReactNode, useEffect, useState } from 'react';
import { Icon } from '../Icon';
import styles from './run-block.module.css';

export function CopyButton({ text }: { text: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await writeClipboard(text);
    setCopied(true);
  };
  return (
    <button type="button" className={styles.button} data-action="copy" onClick={copy}>
      <Icon name={copied ? 'check' : 'copy'} />
      <span aria-live="polite">
        {copied ? translate({ id: 'run.copied', message: 'Copied' }) : translate({ id: 'run.copy', message: 'Copy' })}
      </span>
    </button>
  );
}

/** `navigator.clipboard` exists in secure contexts alone, and a lab on another machine may be plain HTTP. */
async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}
