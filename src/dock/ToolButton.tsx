/** A button of the dock's bar: a drawing, with its words for screen readers and on hovering. */
import type { ComponentProps, ReactNode } from 'react';
import { Icon, type IconName } from '../components/Icon';
import styles from './dock.module.css';

interface Props extends Omit<ComponentProps<'button'>, 'aria-label' | 'aria-pressed' | 'className' | 'type'> {
  icon: IconName;
  label: string;
  /** Given: the button can be on and off. */
  pressed?: boolean;
  /** Given: the button cannot be used, for this reason, which it says. */
  reason?: string | undefined;
  children?: ReactNode;
}

export function ToolButton({ icon, label, pressed, reason, title, onClick, children, ...others }: Props): ReactNode {
  return (
    <button
      {...others}
      type="button"
      className={styles.tool}
      aria-label={reason === undefined ? label : `${label}: ${reason}`}
      aria-pressed={pressed}
      // It keeps the focus and is found by keyboard, so that its reason is.
      aria-disabled={reason !== undefined || undefined}
      title={reason ?? title ?? label}
      onClick={reason === undefined ? onClick : undefined}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}
