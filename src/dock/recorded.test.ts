/** Durations and sizes as a reader expects them. */
import { expect, it } from 'vitest';
import { clock, size } from './recorded';

it.each([
  [0, '0:00'],
  [7.9, '0:07'],
  [754, '12:34'],
  [3723, '1:02:03'],
  [-1, '0:00'],
])('%d s is %s', (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

it.each([
  [812, 'en', '812 B'],
  [12_288, 'en', '12 KiB'],
  [3_565_158, 'en', '3.4 MiB'],
  [3_565_158, 'pt-BR', '3,4 MiB'],
])('%d bytes in %s are %s', (bytes, language, text) => {
  expect(size(bytes, language)).toBe(text);
});
