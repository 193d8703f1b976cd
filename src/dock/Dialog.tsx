/**
 * A dialog over the page: the browser keeps the focus in it and gives it back; Escape and the cross close it. The focus
 * begins at the element with `data-first`.
 */
import { translate } from '@docusaurus/Translate';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import buttons from './buttons.module.css';
import dialogStyles from './dialog.module.css';
import { ToolButton } from './ToolButton';

interface Props {
  title: string;
  wide?: boolean;
  onClose(): void;
  children: ReactNode;
}

export function Dialog({ title, wide, onClose, children }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    element.showModal();
    element.querySelector<HTMLElement>('[data-first]')?.focus();
    // While it is still in the page: closing gives the focus back, which taking the element away would not.
    return () => element.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={dialogStyles.dialog}
      data-wide={wide || undefined}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className={dialogStyles.dialogHead}>
        <h2 id={heading}>{title}</h2>
        <ToolButton icon="cross" label={translate({ id: 'dock.dialog.close', message: 'Close' })} onClick={onClose} />
      </div>
      {children}
    </dialog>
  );
}

interface QuestionProps {
  title: string;
  /** What the button that does it says. */
  action: string;
  danger?: boolean;
  onAnswer(yes: boolean): void;
  children: ReactNode;
}

/** Asks before something that cannot be undone. */
export function Question({ title, action, danger, onAnswer, children }: QuestionProps): ReactNode {
  return (
    <Dialog title={title} onClose={() => onAnswer(false)}>
      <div className={dialogStyles.dialogBody}>{children}</div>
      <div className={dialogStyles.dialogFoot}>
        <button type="button" className={buttons.wordButton} onClick={() => onAnswer(false)}>
          {translate({ id: 'dock.dialog.cancel', message: 'Cancel' })}
        </button>
        <button
          type="button"
          className={buttons.mainButton}
          data-danger={danger || undefined}
          data-first
          onClick={() => onAnswer(true)}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
