/** Sizes of the dock: its limits, and its steps by keyboard, in CSS pixels. */

/** Less than this shows no useful terminal. */
export const MINIMUM = { bottom: 140, right: 300 } as const;
/** What always stays for the page. */
const PAGE = { bottom: 160, right: 380 } as const;

export type Side = 'bottom' | 'right';

export interface Range {
  minimum: number;
  maximum: number;
}

export function rangeOf(side: Side, viewport: { width: number; height: number }): Range {
  const room = (side === 'bottom' ? viewport.height : viewport.width) - PAGE[side];
  return { minimum: MINIMUM[side], maximum: Math.max(MINIMUM[side], room) };
}

export const clamp = (size: number, { minimum, maximum }: Range): number =>
  Math.round(Math.min(maximum, Math.max(minimum, size)));

/** The size after a key on the separator; undefined for a key that is not for it. Shift makes larger steps. */
export function sizeAfterKey(key: string, shift: boolean, side: Side, size: number, range: Range): number | undefined {
  const step = shift ? 96 : 24;
  const [larger, smaller] = side === 'bottom' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
  if (key === larger) return clamp(size + step, range);
  if (key === smaller) return clamp(size - step, range);
  if (key === 'Home') return range.minimum;
  if (key === 'End') return range.maximum;
  return undefined;
}
