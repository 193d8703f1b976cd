import { describe, expect, it } from 'vitest';
import { writeCast } from '../cast.ts';
import { Tape } from './tape.ts';

const mark = (type: string) => `\x1b]633;${type};nonce\x07`;
const PROMPT = `${mark('A')}$ ${mark('B')}`;
const RUN = `${PROMPT}echo é\r\n${mark('E')}${mark('C')}é /tmp/lab-1/workspace\r\n${mark('D;0')}${mark('P;Cwd=/')}${PROMPT}`;

/** Pushes the text in pieces of so many bytes, which cut characters and marks. */
function play(tape: Tape, text: string, size: number): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) tape.push(bytes.subarray(at, at + size), at);
}

describe('a tape', () => {
  it.each([1, 2, 3, 7, 1000])('shows a step from its prompt to the next, in pieces of %i bytes', (size) => {
    const tape = new Tape();
    play(tape, `Welcome\r\n${PROMPT}`, size);
    expect(tape.prompts).toBe(1);
    tape.start(0);
    play(tape, RUN.slice(PROMPT.length), size);
    expect(tape.prompts).toBe(2);
    const shown = tape
      .stop()
      .map(({ data }) => data)
      .join('');
    expect(shown).toBe('$ echo é\r\né /tmp/lab-1/workspace\r\n$ ');
    expect(tape.stop()).toEqual([]);
  });

  it.each([1000, 9])('names no folder of this machine, in pieces of %i bytes', (size) => {
    const tape = new Tape([['/tmp/lab-1/workspace', '~/workspace']]);
    tape.start(0);
    play(tape, RUN, size);
    const shown = tape.stop().map(({ data }) => data);
    expect(shown.join('')).toContain('é ~/workspace\r\n');
  });

  it('waits for a prompt, for a while', async () => {
    const tape = new Tape();
    const prompted = tape.whenPrompted(1, 60_000);
    tape.push(Buffer.from(PROMPT), 0);
    await prompted;
    await tape.whenPrompted(2, 1);
    expect(tape.prompts).toBe(1);
  });
});

it('a cast is a header, then intervals in seconds', () => {
  const cast = writeCast({ columns: 80, rows: 5, idleTimeLimit: 2 }, [
    { at: 1000, code: 'o', data: 'a' },
    { at: 1250.4, code: 'o', data: 'é\r\n' },
    { at: 1250.4, code: 'x', data: '0' },
  ]);
  expect(cast).toBe(
    '{"version":3,"term":{"cols":80,"rows":5,"type":"xterm-256color"},"idle_time_limit":2}\n[0,"o","a"]\n[0.25,"o","é\\r\\n"]\n[0,"x","0"]\n',
  );
});
