/** Holds a step's output against what its page shows, in the way that the page asks for. Pure: page, tests and recordings share it. */
import type { Match } from '../../server/lessons/schema';
import { type Likeness, like } from './like';

export function matchOutput(expected: { text: string; match: Match }, seen: string): Likeness {
  switch (expected.match) {
    case 'like':
      return like(expected.text, seen);
    case 'exact':
      return whole(lines(expected.text).join('\n') === lines(seen).join('\n'), expected.text, seen);
    case 'contains':
      return contains(expected.text, seen);
    case 'regex':
      return whole(regexOf(expected.text).test(lines(seen).join('\n')), expected.text, seen);
  }
}

/** The pattern of a `regex` output; `^` and `$` stand for a line's ends. Throws SyntaxError where it is not one. */
export function regexOf(text: string): RegExp {
  return new RegExp(text.trim(), 'm');
}

/** As a terminal shows them: what carriage returns wrote over is gone; no blank lines at the end. */
function lines(text: string): string[] {
  return text
    .replace(/\s+$/, '')
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1)!);
}

/** Every line of the page's stands in the output, in order; spaces at a line's ends do not matter. */
function contains(expected: string, seen: string): Likeness {
  const have = lines(seen);
  const rows: Likeness['rows'] = [];
  let from = 0;
  for (const line of lines(expected).filter((text) => text.trim() !== '')) {
    const at = have.findIndex((text, index) => index >= from && text.includes(line.trim()));
    if (at < 0) {
      rows.push({ kind: 'missing', text: line });
      continue;
    }
    for (const text of have.slice(from, at)) rows.push({ kind: 'elided', text });
    rows.push({ kind: 'same', text: have[at]! });
    from = at + 1;
  }
  for (const text of have.slice(from)) rows.push({ kind: 'elided', text });
  return { alike: rows.every(({ kind }) => kind !== 'missing'), rows };
}

function whole(alike: boolean, expected: string, seen: string): Likeness {
  const have = lines(seen);
  if (alike) return { alike, rows: have.map((text) => ({ kind: 'same', text })) };
  return {
    alike,
    rows: [
      ...lines(expected).map((text) => ({ kind: 'missing', text }) as const),
      ...have.map((text) => ({ kind: 'extra', text }) as const),
    ],
  };
}
