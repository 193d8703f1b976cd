/** The terminal's text as a page's text: to select by finger, to read with a screen reader, to copy as a whole. */
import Translate, { translate } from '@docusaurus/Translate';
import { type ReactNode, useEffect, useRef } from 'react';
import buttons from './buttons.module.css';
import { Dialog } from './Dialog';
import dialogStyles from './dialog.module.css';

interface Props {
  text: string;
  onCopy(): void;
  onClose(): void;
}

export function TextDialog({ text, onCopy, onClose }: Props): ReactNode {
  const lines = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const element = lines.current;
    if (element === null) return;
    // What happened last is what is wanted most.
    element.scrollTop = element.scrollHeight;
  }, []);
  return (
    <Dialog wide title={translate({ id: 'dock.text.title', message: 'Text of the terminal' })} onClose={onClose}>
      <pre
        ref={lines}
        className={dialogStyles.text}
        data-first
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
      >
        {text}
      </pre>
      <div className={dialogStyles.dialogFoot}>
        <button type="button" className={buttons.mainButton} onClick={onCopy}>
          <Translate id="dock.text.copy">Copy all</Translate>
        </button>
      </div>
    </Dialog>
  );
}
