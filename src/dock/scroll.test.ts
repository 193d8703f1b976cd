/** The same lines are in view after a replay. */
import { expect, it } from 'vitest';
import { LIMITS } from '../../server/protocol';
import { lineFor, positionOf } from './scroll';

it('follows the end where the end was in view', () => {
  expect(positionOf({ viewportY: 40, baseY: 40 })).toBeUndefined();
});

it('stays at its line while lines are added', () => {
  const position = positionOf({ viewportY: 12, baseY: 40 })!;
  expect(lineFor(position, { viewportY: 90, baseY: 90 })).toBe(12);
  expect(lineFor(position, { viewportY: 5, baseY: 5 })).toBe(5);
});

it('stays as far from the end where the scrollback was full', () => {
  const full = LIMITS.scrollback;
  expect(lineFor({ view: full - 30, base: full }, { viewportY: full, baseY: full })).toBe(full - 30);
});
