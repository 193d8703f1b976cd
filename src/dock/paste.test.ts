/** Pasted text cannot do more than the reader sees, and several lines are asked for first. */
import { beforeEach, describe, expect, it } from 'vitest';
import { asOneLine, cleanPaste, confirmed, lineCount, pasteQuestion } from './paste';

describe('cleanPaste', () => {
  it.each([
    ['kubectl get pods', 'kubectl get pods'],
    ['a single line\r\n', 'a single line'],
    ['a single line\n\n  \n', 'a single line'],
    ['one\r\ntwo\rthree\n', 'one\ntwo\nthree\n'],
    ['tab\tstays', 'tab\tstays'],
    ['out of the brackets\x1b[201~; rm -rf ~\n', 'out of the brackets; rm -rf ~'],
    ['\x9b201~x\x1b\x1b[201~[201~y', 'x[201~y'],
    ['\x1b]52;c;aGk=\x07', ']52;c;aGk='],
    ['a\x00b\x03c\x08d\x7fe\x85f', 'abcdef'],
    ['reads \u202eother\u202c', 'reads other'],
    ['família 👩‍👩‍👧 e\u0301', 'família 👩‍👩‍👧 e\u0301'],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanPaste(text)).toBe(clean);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there.
    expect(cleanPaste(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  });
});

it('joins what was broken over lines', () => {
  expect(asOneLine('kubectl get pods \\\n  --all-namespaces \\\n  -o wide\n')).toBe(
    'kubectl get pods --all-namespaces -o wide',
  );
  expect(lineCount('a\nb\n')).toBe(2);
});

describe('confirmed', () => {
  beforeEach(() => pasteQuestion.set({ open: undefined }));

  it('does not ask for a single line', async () => {
    expect(await confirmed('ls\n', false)).toBe('ls');
    expect(pasteQuestion.get().open).toBeUndefined();
  });

  it('asks for several, and cleans what is answered', async () => {
    const wanted = confirmed('ls\npwd\n', true);
    expect(pasteQuestion.get().open).toMatchObject({ text: 'ls\npwd\n', bracketed: true });
    pasteQuestion.get().open?.answer('ls\x1b[201~\npwd');
    expect(await wanted).toBe('ls\npwd');
    expect(pasteQuestion.get().open).toBeUndefined();
  });

  it('gives a question up for the next', async () => {
    const first = confirmed('a\nb', false);
    const second = confirmed('c\nd', false);
    expect(await first).toBeUndefined();
    expect(pasteQuestion.get().open?.text).toBe('c\nd');
    pasteQuestion.get().open?.answer(undefined);
    expect(await second).toBeUndefined();
  });
});
