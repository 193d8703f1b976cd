/** Parts of a progress put together, and what a browser has that a lab has not. */
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../server/protocol';
import { mergePart, missingParts, withoutPage } from './merge';

const empty: Progress = { version: 1, pages: {} };
const answer = (at: number, right = true) => ({ chosen: [0], right, at });

describe('mergePart', () => {
  it('keeps entries of other names and replaces those of the same', () => {
    const first = mergePart(empty, '/a/', { answers: { '1': answer(1), '2': answer(1) }, help: { x: 1 } });
    const next = mergePart(first, '/a/', { answers: { '2': answer(2, false) } });
    expect(next.pages['/a/']).toEqual({ answers: { '1': answer(1), '2': answer(2, false) }, help: { x: 1 } });
    expect(first.pages['/a/']!.answers!['2']).toEqual(answer(1));
  });
});

describe('missingParts', () => {
  it('gives the lab newer answers, more help and an end, and nothing that is the lab’s to say', () => {
    const local: Progress = {
      version: 1,
      pages: {
        '/a/': {
          answers: { '1': answer(5), '2': answer(1) },
          help: { x: 2, y: 1 },
          steps: { '1': { phase: 'passed', at: 9 } },
        },
        '/b/': { finished: 7 },
        '/c/': { steps: { '1': { phase: 'passed', at: 9 } } },
      },
    };
    const lab: Progress = {
      version: 1,
      pages: { '/a/': { answers: { '1': answer(4), '2': answer(3) }, help: { y: 1 } } },
    };
    expect(missingParts(local, lab)).toEqual([
      ['/a/', { answers: { '1': answer(5) }, help: { x: 2 } }],
      ['/b/', { finished: 7 }],
    ]);
    expect(missingParts(local, local)).toEqual([]);
  });
});

describe('withoutPage', () => {
  it('forgets one page, or all', () => {
    const both = mergePart(mergePart(empty, '/a/', { help: { x: 1 } }), '/b/', { help: { x: 1 } });
    expect(Object.keys(withoutPage(both, '/a/').pages)).toEqual(['/b/']);
    expect(withoutPage(both, undefined)).toEqual(empty);
  });
});
