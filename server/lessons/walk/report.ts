/** What `malha test` says: a table of the pages, and each failure with what an author needs to find it. */
import type { Difference } from '../inventory.ts';
import type { Failure, PageResult } from './walk.ts';

/** Rows of an expected or seen text that are shown. */
const SHOWN_ROWS = 40;

export function table(results: readonly PageResult[]): string {
  const rows = [
    ['page', 'steps', 'checks', 'seconds', ''],
    ...results.map(({ page, steps, checks, seconds, startSeconds, failures, left }) => [
      page,
      `${steps.passed}/${steps.all}`,
      checks.all === 0 ? '–' : `${checks.proved}/${checks.all}`,
      `${seconds.toFixed(1)} (${startSeconds.toFixed(1)} to start)`,
      failures.length > 0 ? '✖' : left && leavesSomething(left) ? '✔ leaves something behind' : '✔',
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const leavesSomething = ({ added, changed, removed }: Difference): boolean =>
  added.length + changed.length + removed.length > 0;

export function differences(results: readonly PageResult[]): string {
  return results
    .filter(({ left }) => left && leavesSomething(left))
    .map(({ page, left }) => {
      const lines = [
        ...left!.added.map((name) => `  + ${name}`),
        ...left!.changed.map((name) => `  ~ ${name}`),
        ...left!.removed.map((name) => `  - ${name}`),
      ];
      return [`${page} leaves the cluster otherwise than it found it:`, ...lines].join('\n');
    })
    .join('\n');
}

export function failure({ page, places, what, command, expected, seen }: Failure): string {
  const block = (name: string, text: string | undefined) =>
    text === undefined || text.trim() === '' ? [] : [`  ${name}:`, ...shortened(text).map((line) => `    ${line}`)];
  return [
    `✖ ${page}: ${what}`,
    ...places.map((place) => `  ${place}`),
    ...block('command', command),
    ...block('expected', expected),
    ...block('seen', seen),
  ].join('\n');
}

function shortened(text: string): string[] {
  const lines = text.replace(/\s+$/, '').split('\n');
  if (lines.length <= SHOWN_ROWS) return lines;
  return [...lines.slice(0, SHOWN_ROWS), `… ${lines.length - SHOWN_ROWS} more lines`];
}
