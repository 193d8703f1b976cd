/** Where the reader has scrolled to in a terminal: kept over a replay, and over the page's reload or change of language. */
import { LIMITS } from '../../server/protocol';

/** Lines of the buffer, from 0: the first that is in view, and the first of the screen below all scrollback. */
export interface ScrollPosition {
  view: number;
  base: number;
}

interface Buffer {
  viewportY: number;
  baseY: number;
}

/** Undefined where the end is in view: there new output is followed. */
export function positionOf({ viewportY, baseY }: Buffer): ScrollPosition | undefined {
  return viewportY < baseY ? { view: viewportY, base: baseY } : undefined;
}

/** The line that shows the same as before: once the scrollback is full, lines move up as others come. */
export function lineFor({ view, base }: ScrollPosition, now: Buffer): number {
  const line = base < LIMITS.scrollback ? view : now.baseY - (base - view);
  return Math.max(0, Math.min(line, now.baseY));
}
