/** The dock stays within its limits, by mouse and by keyboard. */
import { describe, expect, it } from 'vitest';
import { clamp, rangeOf, sizeAfterKey } from './size';

describe('size', () => {
  const range = rangeOf('bottom', { width: 1440, height: 900 });

  it('leaves room for the page', () => {
    expect(range).toEqual({ minimum: 140, maximum: 740 });
    expect(rangeOf('right', { width: 500, height: 900 })).toEqual({ minimum: 300, maximum: 300 });
    expect(clamp(2000, range)).toBe(740);
    expect(clamp(1, range)).toBe(140);
  });

  it.each([
    ['ArrowUp', false, 'bottom', 324],
    ['ArrowUp', true, 'bottom', 396],
    ['ArrowDown', false, 'bottom', 276],
    ['ArrowLeft', false, 'bottom', undefined],
    ['ArrowLeft', false, 'right', 324],
    ['ArrowRight', true, 'right', 204],
    ['Home', false, 'bottom', 140],
    ['End', false, 'bottom', 740],
    ['Enter', false, 'bottom', undefined],
  ] as const)('%s (shift %s) at the %s from 300 to %s', (key, shift, side, expected) => {
    expect(sizeAfterKey(key, shift, side, 300, range)).toBe(expected);
  });
});
