import { expect, it } from 'vitest';
import { type Mark, MarkReader } from './marks.ts';
import { cutToBytes, plainText } from './plain.ts';

const NONCE = 'n0nce';
const osc = (body: string, end = '\x07') => `\x1b]633;${body};${NONCE}${end}`;

/** What a reader tells of `chunks`: text joined between marks, and last whether a paste is taken as one. */
function read(chunks: Buffer[]): (string | Mark | boolean)[] {
  const told: (string | Mark | boolean)[] = [];
  const pastes: boolean[] = [];
  const reader = new MarkReader(NONCE, {
    text: (bytes) => {
      const last = told.at(-1);
      if (typeof last === 'string') told[told.length - 1] = last + bytes.toString('latin1');
      else told.push(bytes.toString('latin1'));
    },
    mark: (mark) => told.push(mark),
    bracketedPaste: (on) => pastes.push(on),
  });
  for (const chunk of chunks) reader.push(chunk);
  return [...told, ...pastes];
}

it('reads marks wherever the output is split', () => {
  const command = osc('E;echo a\\x3b b \\\\ c\\x0ad', '\x1b\\');
  const output = Buffer.from(
    `before${command}${osc('C')}é\x1b[1m!\x1b[0m${osc('D;7')}${osc('P;Cwd=/a\\x3bb')}$ \x1b[?2004h`,
  );
  const whole = read([output]);
  expect(whole).toEqual([
    'before',
    { type: 'command', line: 'echo a; b \\ c\nd' },
    { type: 'started' },
    `${Buffer.from('é').toString('latin1')}\x1b[1m!\x1b[0m`,
    { type: 'ended', exitCode: 7 },
    { type: 'cwd', path: '/a;b' },
    '$ \x1b[?2004h',
    true,
  ]);
  for (let at = 1; at < output.length; at++) expect(read([output.subarray(0, at), output.subarray(at)])).toEqual(whole);
  const bytes = Array.from(output, (byte) => Buffer.from([byte]));
  expect(read(bytes)).toEqual(whole);
});

it.each(['\x1b]633;D;0\x07', '\x1b]633;D;0;other\x07', `\x1b]633;Z;${NONCE}\x07`, '\x1b]0;title\x07', '\x1b'])(
  'passes %j on as text or waits, and tells no mark',
  (text) => expect(read([Buffer.from(text), Buffer.from(' x')])).toEqual([`${text} x`]),
);

it('does not wait for ever for the end of a sequence', () => {
  const endless = Buffer.from(`\x1b]633;${'a'.repeat(70_000)}`);
  expect(read([endless])).toEqual([endless.toString('latin1')]);
});

it.each([
  ['a\r\nb\r\n', 'a\nb\n'],
  ['\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07', 'red link'],
  ['10%\r50%\r100%\n', '100%\n'],
  ['long line\r\x1b[Kshort\n', 'short\n'],
  ['spin\x1b[2K\rdone', 'done'],
  ['ab\bc', 'ac'],
  ['trailing   \n', 'trailing\n'],
  ['⣾ é 日本', '⣾ é 日本'],
  ['\x1b(B\x1b[?25l\x1b[?25hx\x07', 'x'],
])('shows %j as %j', (bytes, text) => expect(plainText(Buffer.from(bytes))).toBe(text));

it('cuts at a character', () => {
  expect(cutToBytes('aé', 2)).toBe('a');
  expect(cutToBytes('aé', 3)).toBe('aé');
});
