/** What is remembered is taken only where it fits. */
import { expect, it } from 'vitest';
import { checked } from './preferences';

it.each([
  [
    { open: true, side: 'right', height: 400 },
    { open: true, side: 'right', height: 400 },
  ],
  [{ open: 'yes', side: 'top', height: -1, width: '9', tab: 2, more: 1 }, { tab: 2 }],
  [{ open: 3, constructor: {}, height: null }, {}],
  [null, {}],
  ['text', {}],
])('%j becomes %j', (kept, expected) => {
  expect(checked(kept)).toEqual(expected);
});
