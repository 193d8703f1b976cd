import { expect, it } from 'vitest';
import { humanDuration } from './duration.ts';

it('writes durations as kubectl does', () => {
  const [s, m, h, d] = [1000, 60_000, 3_600_000, 86_400_000];
  const cases: [number, string][] = [
    [-5 * s, '<invalid>'],
    [-s / 2, '0s'],
    [0, '0s'],
    [119 * s, '119s'],
    [2 * m, '2m'],
    [9 * m + 59 * s, '9m59s'],
    [10 * m + 5 * s, '10m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [7 * h + 30 * m, '7h30m'],
    [8 * h + m, '8h'],
    [47 * h, '47h'],
    [2 * d, '2d'],
    [7 * d + 3 * h, '7d3h'],
    [8 * d + h, '8d'],
    [729 * d, '729d'],
    [730 * d, '2y'],
    [731 * d, '2y1d'],
    [8 * 365 * d + d, '8y'],
  ];
  for (const [milliseconds, written] of cases) expect(humanDuration(milliseconds)).toBe(written);
});
