/** A command's output as text for people and comparisons: no control sequences, as the lines would look at the end. */

/** CSI, OSC, other string sequences, and two- or three-byte escapes (ECMA-48, section 5). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is looked for
const SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][\s\S]*?(?:\x07|\x1b\\|$)|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const OTHER_CONTROL = /[\x00-\x07\x0b-\x0c\x0e-\x1f\x7f]/g;
/** Rewritten parts of a line: `CSI K` erases to its end, a carriage return goes back to its start. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence is what is looked for
const ERASE_TO_END = /\x1b\[0?K/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence is what is looked for
const ERASE_LINE = /\x1b\[2K/g;
/** Private-use characters that stand for the two erasures while the rest is taken away. */
const END_MARK = '\ue0fe';
const LINE_MARK = '\ue0ff';

/** Lines end with `\n`; spaces at the end of a line are dropped. Invalid UTF-8 becomes U+FFFD. */
export function plainText(bytes: Buffer): string {
  const text = bytes
    .toString('utf8')
    .replace(ERASE_TO_END, END_MARK)
    .replace(ERASE_LINE, LINE_MARK)
    .replace(SEQUENCE, '')
    .replace(OTHER_CONTROL, '');
  return text.split('\n').map(finalLine).join('\n');
}

function finalLine(line: string): string {
  if (!/[\r\b\ue0fe\ue0ff]/.test(line)) return line.trimEnd();
  let cells: string[] = [];
  let column = 0;
  for (const character of line) {
    if (character === '\r') column = 0;
    else if (character === '\b') column = Math.max(0, column - 1);
    else if (character === END_MARK) cells = cells.slice(0, column);
    else if (character === LINE_MARK) cells = [];
    else cells[column++] = character;
  }
  return Array.from(cells, (cell) => cell ?? ' ')
    .join('')
    .trimEnd();
}

/** At most `limit` bytes of UTF-8, cut at a character. */
export function cutToBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString('utf8');
}
