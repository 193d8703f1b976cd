import { expect, it } from 'vitest';
import { isAnswer, TypedInput } from './input.ts';

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

it('takes each byte once, in order, for each client', () => {
  const input = new TypedInput();
  const take = (client: string, offset: number, typed: string) => text(input.take(client, offset, Buffer.from(typed)));
  expect(take('one', 0, 'abc')).toBe('abc');
  expect(take('one', 0, 'abc')).toBe('');
  expect(take('one', 1, 'bcd')).toBe('d');
  expect(take('two', 0, 'x')).toBe('x');
  expect(take('one', 9, 'z')).toBeUndefined();
  expect(take('one', 4, '')).toBe('');
  expect([input.arrived('one'), input.arrived('two'), input.arrived('three')]).toEqual([4, 1, 0]);
});

it('forgets the clients that were not heard of for longest', () => {
  const input = new TypedInput();
  for (let index = 0; index < 100; index++) {
    input.take(`client-${index}`, 0, Buffer.from('x'));
    input.take('kept', input.arrived('kept'), Buffer.from('x'));
  }
  expect([input.arrived('kept'), input.arrived('client-99'), input.arrived('client-0')]).toEqual([100, 1, 0]);
});

it.each([
  '\x1b[?1;2c',
  '\x1b[>0;276;0c',
  '\x1b[12;40R',
  '\x1b[0n',
  '\x1b[?2026;2$y',
  '\x1b]11;rgb:1e1e/1e1e/1e1e\x07',
  '\x1b]4;1;rgb:cc/00/00\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1bP>|xterm.js(6.0.0)\x1b\\',
  '\x1b[8;24;80t',
  '\x1b[?1;2c\x1b[12;40R',
])('knows the answer of a terminal: %j', (bytes) => expect(isAnswer(Buffer.from(bytes))).toBe(true));

it.each([
  'a',
  '\x1b',
  '\x1b[A',
  '\x1bOP',
  '\x1b[15~',
  '\x1b[200~text\x1b[201~',
  '\x1b[I',
  '\x1b[<0;3;4M',
  '\x1b[?1;2cx',
  '\x1b[1;5C',
])('knows what is typed: %j', (bytes) => expect(isAnswer(Buffer.from(bytes))).toBe(false));
