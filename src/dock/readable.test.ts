/** Keys that print nothing are told by a sign. */
import { expect, it } from 'vitest';
import { readableText, typedText } from './readable';

const bytes = (text: string) => new TextEncoder().encode(text);

it.each([
  ['kubectl get pods\r', 'kubectl get pods⏎'],
  ['\u0003\u0004', '^C^D'],
  ['\u001b[A\u001bOB\u001b:q\r', '↑↓⎋:q⏎'],
  ['olá\u007f\t', 'olá⌫⇥'],
  ['\u001b[200~one\rtwo\u001b[201~', 'one⏎two'],
])('%j reads %s', (typed, readable) => {
  expect(readableText(bytes(typed))).toBe(readable);
});

it('is copied as it was pasted', () => {
  expect(typedText(bytes('\u001b[200~one\rtwo\u001b[201~\r'))).toBe('one\ntwo\n');
});
