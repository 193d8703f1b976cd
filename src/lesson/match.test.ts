/** The four ways to hold an output against its page. `like` has tests of its own. */
import { describe, expect, it } from 'vitest';
import type { Match } from '../../server/lessons/schema';
import { matchOutput } from './match';

const alike = (match: Match, text: string, seen: string) => matchOutput({ text, match }, seen).alike;

describe('matchOutput', () => {
  it.each<[Match, string, string, boolean]>([
    ['like', 'pod   1/1   5s', 'pod 1/1 42s', true],
    ['like', 'pod   1/1   5s', 'pod 2/2 42s', false],
    ['exact', 'a  b\nc', 'a  b\nc\n\n', true],
    ['exact', 'a  b', 'a b', false],
    ['exact', '5s', '6s', false],
    ['exact', 'a', '10%\r50%\ra\r\n', true],
    ['contains', 'is missing', '... pod web is missing the proxy\n', true],
    ['contains', 'one\nthree', 'one\ntwo\nthree', true],
    ['contains', 'three\none', 'one\ntwo\nthree', false],
    ['contains', 'one\none', 'one', false],
    ['contains', 'four', 'one\ntwo', false],
    ['regex', '^v1: \\d+$', 'v2: 10\nv1: 90\n', true],
    ['regex', '^v1: \\d+$', 'v1: many', false],
  ])('%s %j against %j: %s', (match, text, seen, expected) => {
    expect(alike(match, text, seen)).toBe(expected);
  });

  it('shows what is missing among what was seen', () => {
    expect(matchOutput({ text: 'b\nx', match: 'contains' }, 'a\nb\nc').rows).toEqual([
      { kind: 'elided', text: 'a' },
      { kind: 'same', text: 'b' },
      { kind: 'missing', text: 'x' },
      { kind: 'elided', text: 'c' },
    ]);
    expect(matchOutput({ text: 'b', match: 'exact' }, 'a').rows).toEqual([
      { kind: 'missing', text: 'b' },
      { kind: 'extra', text: 'a' },
    ]);
  });
});
