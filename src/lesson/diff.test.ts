/** A file's lines against another's. */
import { expect, it } from 'vitest';
import { diffLines } from './diff';

const shown = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`);

it.each([
  ['a\nb\nc\n', 'a\nb\nc\n', [' a', ' b', ' c']],
  ['a\nb\nc\n', 'a\nx\nc\n', [' a', '-b', '+x', ' c']],
  ['a\nc', 'a\nb\nc', [' a', '+b', ' c']],
  ['a\nb\nc', 'b', ['-a', ' b', '-c']],
  ['kind: A\n\nend', 'kind: A\n\nmore\n\nend', [' kind: A', ' ', '+more', '+', ' end']],
])('%j to %j', (before, after, lines) => {
  expect(shown(before, after)).toEqual(lines);
});
