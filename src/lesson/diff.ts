/** The lines by which two texts differ: the shortest way from one to the other. Pure. */

export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** For files of a lesson, which are short: time and memory grow with the product of both counts of lines. */
export function diffLines(before: string, after: string): DiffLine[] {
  const old = linesOf(before);
  const next = linesOf(after);
  const width = next.length + 1;
  // common[i * width + j]: lines that old from i and next from j have in common, in order.
  const common = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = next.length - 1; j >= 0; j--) {
      common[i * width + j] =
        old[i] === next[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const result: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < next.length) {
    if (i < old.length && j < next.length && old[i] === next[j]) {
      result.push({ kind: 'same', text: old[i++]! });
      j++;
    } else if (i < old.length && (j === next.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) {
      result.push({ kind: 'removed', text: old[i++]! });
    } else {
      result.push({ kind: 'added', text: next[j++]! });
    }
  }
  return result;
}

const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');
