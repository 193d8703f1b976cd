/** The waits between tries: from 250 ms to 5 s, never outside. */
import { expect, it } from 'vitest';
import { backOff } from './backoff';

it('doubles from 250 ms to 5 s', () => {
  expect([0, 1, 2, 3, 4, 5, 6].map((attempt) => backOff(attempt, 0.5))).toEqual([
    250, 500, 1000, 2000, 4000, 5000, 5000,
  ]);
});

it('strays by a fifth, and stays within its bounds however long it tries', () => {
  expect(backOff(2, 0)).toBe(800);
  expect(backOff(2, 0.999)).toBeLessThanOrEqual(1200);
  expect(backOff(0, 0)).toBe(250);
  expect(backOff(2000, 0.999)).toBe(5000);
});
