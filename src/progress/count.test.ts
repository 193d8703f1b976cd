/** What counts as done. */
import { expect, it } from 'vitest';
import type { PageProgress } from '../../server/protocol';
import { countKept } from './count';

const todo = { steps: [1, 2, 3], checks: ['a', 'b'], questions: [1, 2] };

it.each<[string, PageProgress | undefined, { done: number; of: number; failed: boolean }]>([
  ['nothing', undefined, { done: 0, of: 7, failed: false }],
  [
    'steps that passed, listen or have ended',
    { steps: { '1': { phase: 'passed', at: 1 }, '2': { phase: 'listening', at: 1 }, '3': { phase: 'ended', at: 1 } } },
    { done: 3, of: 7, failed: false },
  ],
  ['a step that failed', { steps: { '1': { phase: 'failed', at: 1 } } }, { done: 0, of: 7, failed: true }],
  [
    'checks',
    { checks: { a: { phase: 'passed', at: 1 }, b: { phase: 'failed', at: 1 } } },
    { done: 1, of: 7, failed: true },
  ],
  [
    'an answer, right or not',
    { answers: { '2': { chosen: [0], right: false, at: 1 } } },
    { done: 1, of: 7, failed: false },
  ],
  ['what the page has no longer', { steps: { '9': { phase: 'passed', at: 1 } } }, { done: 0, of: 7, failed: false }],
])('%s', (_name, progress, count) => {
  expect(countKept(todo, progress)).toEqual(count);
});
