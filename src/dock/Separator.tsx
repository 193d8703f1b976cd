/** The edge between page and dock: dragged with the mouse or a finger, moved with the arrow keys. */
import { translate } from '@docusaurus/Translate';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import styles from './dock.module.css';
import { clamp, type Range, type Side, sizeAfterKey } from './size';

interface Props {
  side: Side;
  size: number;
  range: Range;
  onSize(size: number): void;
}

export function Separator({ side, size, range, onSize }: Props): ReactNode {
  const [dragging, setDragging] = useState(false);
  const drag = (event: PointerEvent) => {
    if (!dragging) return;
    const wanted = side === 'bottom' ? window.innerHeight - event.clientY : window.innerWidth - event.clientX;
    onSize(clamp(wanted, range));
  };
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragging(true);
  };
  const key = (event: KeyboardEvent) => {
    const next = sizeAfterKey(event.key, event.shiftKey, side, size, range);
    if (next === undefined) return;
    event.preventDefault();
    onSize(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be a splitter that is moved.
    <div
      role="separator"
      tabIndex={0}
      className={styles.separator}
      data-dragging={dragging || undefined}
      aria-orientation={side === 'bottom' ? 'horizontal' : 'vertical'}
      aria-valuenow={size}
      aria-valuemin={range.minimum}
      aria-valuemax={range.maximum}
      aria-label={translate({ id: 'dock.resize', message: 'Resize the terminal panel (arrow keys)' })}
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
      onKeyDown={key}
    />
  );
}
