/**
 * Compares what a command printed with what its page says: *like*, not equal. Whatever differs from one run to the next
 * (ages, addresses, generated names, node ports, column widths) does not matter; everything else does.
 */

export interface Row {
  /** `same`; `missing`: expected and not seen; `extra`: seen and not expected; `elided`: seen where the page has `...`. */
  kind: 'same' | 'missing' | 'extra' | 'elided';
  text: string;
}

export interface Likeness {
  alike: boolean;
  /** Both texts woven together, in order. Lines seen stand for lines that are the same. */
  rows: Row[];
}

/** The line that stands for any lines, also none. */
const ELLIPSIS = '...';

/** Lines of each side that are compared; the rest counts as different in one row. Bounds the time and memory taken. */
const MAX_LINES = 2000;

export function like(expected: string, seen: string): Likeness {
  const want = lines(expected);
  const have = lines(seen);
  const rows = align(want, have);
  return { alike: rows.every((row) => row.kind === 'same' || row.kind === 'elided'), rows };
}

/** Lines without blank ones; of a line that was overwritten by carriage returns, what was left to see. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1)!.trimEnd())
    .filter((line) => line !== '')
    .slice(0, MAX_LINES);
}

/** A line with all that may differ replaced by a word for its kind. */
export function normalise(line: string): string {
  let text = line.trim();
  for (const [pattern, replacement] of VARIABLE) text = text.replace(pattern, replacement);
  return text.replace(/\s+/g, ' ');
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** Kubernetes draws the letters of generated names from this alphabet (apimachinery's util/rand). */
const SAFE = '[bcdfghjklmnpqrstvwxz2456789]';

const VARIABLE: [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\b/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d\d? \w{3} \d{4} \d\d:\d\d:\d\d(?: GMT| [+-]\d{4})?/g, '<time>'],
  // 127.0.0.1 and 0.0.0.0 are the same on every machine, so a page may promise them.
  [new RegExp(`\\b(?!127\\.0\\.0\\.1\\b|0\\.0\\.0\\.0\\b)${OCTET}(?:\\.${OCTET}){3}\\b`, 'g'), '<ip>'],
  // A Deployment's pod: <name>-<template hash>-<suffix>; a ReplicaSet: <name>-<template hash>.
  [new RegExp(`(?<=[a-z0-9])-${SAFE}{8,10}-${SAFE}{5}(?![\\w-])`, 'g'), '-<pod>'],
  [new RegExp(`(?<=[a-z0-9])-(?=[a-z]*\\d)${SAFE}{8,10}(?![\\w-])`, 'g'), '-<hash>'],
  // Node ports are given out from 30000–32767: 80:31380/TCP.
  [/(?<=\d:)3[0-2]\d{3}(?=\/(?:TCP|UDP|SCTP)\b)/g, '<node-port>'],
  // kubectl's ages (3d4h, 5m10s, 42s), with units from years to seconds, and Go's durations (1.5ms).
  [/(?<![\w.-])(?:\d+(?:\.\d+)?(?:y|d|h|m|s|ms|us|µs|ns))+(?![\w-])/g, '<age>'],
];

/** The cheapest weave of both sides, by dynamic programming over their lines. */
function align(want: string[], have: string[]): Row[] {
  const wanted = want.map(normalise);
  const seen = have.map(normalise);
  const width = have.length + 1;
  // cost[i * width + j]: differences in the best weave of want from i and have from j.
  const cost = new Uint16Array((want.length + 1) * width);
  const at = (i: number, j: number) => cost[i * width + j]!;
  for (let i = want.length; i >= 0; i--) {
    for (let j = have.length; j >= 0; j--) {
      let best = i === want.length && j === have.length ? 0 : 0xffff;
      const any = wanted[i] === ELLIPSIS;
      if (i < want.length) best = Math.min(best, at(i + 1, j) + (any ? 0 : 1));
      if (j < have.length) best = Math.min(best, at(i, j + 1) + (any ? 0 : 1));
      if (i < want.length && j < have.length && wanted[i] === seen[j]) best = Math.min(best, at(i + 1, j + 1));
      cost[i * width + j] = best;
    }
  }
  const rows: Row[] = [];
  let i = 0;
  let j = 0;
  while (i < want.length || j < have.length) {
    const any = wanted[i] === ELLIPSIS;
    if (i < want.length && j < have.length && wanted[i] === seen[j] && at(i, j) === at(i + 1, j + 1)) {
      rows.push({ kind: 'same', text: have[j]! });
      i++;
      j++;
    } else if (i < want.length && at(i, j) === at(i + 1, j) + (any ? 0 : 1)) {
      if (!any) rows.push({ kind: 'missing', text: want[i]! });
      i++;
    } else {
      rows.push({ kind: any ? 'elided' : 'extra', text: have[j]! });
      j++;
    }
  }
  return rows;
}
