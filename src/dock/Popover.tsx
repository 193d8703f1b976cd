/** A button of the bar that opens a small panel beside it. Escape and a click elsewhere close it; focus goes back. */
import { type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import type { IconName } from '../components/Icon';
import styles from './dialog.module.css';
import { ToolButton } from './ToolButton';

interface Props {
  icon: IconName;
  label: string;
  /** `close`: for what is done by a choice in it. */
  children(close: () => void): ReactNode;
}

/** CSS pixels between the panel and the button, and the edge of the window. */
const GAP = 6;

export function Popover({ icon, label, children }: Props): ReactNode {
  const id = useId();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!open || anchor.current === null || panel.current === null) return;
    place(panel.current, anchor.current.getBoundingClientRect());
    panel.current.focus();
  }, [open]);
  return (
    <span ref={anchor} className={styles.anchor}>
      <ToolButton icon={icon} label={label} popoverTarget={id} aria-expanded={open} aria-haspopup="dialog" />
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        tabIndex={-1}
        className={styles.popover}
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        {open && children(() => panel.current?.hidePopover())}
      </div>
    </span>
  );
}

/** Above or below the button, where there is more room, and within the window. */
function place(panel: HTMLElement, button: DOMRect): void {
  const above = button.top - 2 * GAP;
  const below = window.innerHeight - button.bottom - 2 * GAP;
  const isAbove = above > below;
  panel.style.maxHeight = `${Math.max(above, below)}px`;
  panel.style.top = isAbove ? 'auto' : `${button.bottom + GAP}px`;
  panel.style.bottom = isAbove ? `${window.innerHeight - button.top + GAP}px` : 'auto';
  panel.style.right = `${Math.max(GAP, document.documentElement.clientWidth - button.right)}px`;
}
