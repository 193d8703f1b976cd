import { describe, expect, it } from 'vitest';
import { CastError, CastLines, castComment, castHeader, parseCast, parseSize } from './asciicast.ts';

const header = { version: 3 as const, term: { cols: 80, rows: 24, type: 'xterm-256color' }, timestamp: 1504467315 };

describe('asciicast v3', () => {
  it('reads back what it writes, with times from the beginning', () => {
    const lines = new CastLines(1000);
    const text = [
      castHeader(header),
      lines.line(1250.4, 'o', '\x1b[1mé\r\n'),
      castComment('a note\non two lines'),
      lines.line(1250.9, 'm', 'kubectl get pods'),
      lines.line(3000, 'r', '100x30'),
      lines.line(2000, 'x', '0'),
    ].join('');
    expect(text.split('\n')[1]).toBe('[0.25,"o","\\u001b[1mé\\r\\n"]');
    expect(parseCast(text)).toEqual({
      header,
      duration: 2,
      events: [
        { time: 0.25, code: 'o', data: '\x1b[1mé\r\n' },
        { time: 0.251, code: 'm', data: 'kubectl get pods' },
        { time: 2, code: 'r', data: '100x30' },
        { time: 2, code: 'x', data: '0' },
      ],
    });
  });

  it('adds up to the true time over many small intervals', () => {
    const lines = new CastLines(0);
    let text = castHeader(header);
    for (let at = 1; at <= 10_000; at++) text += lines.line(at * 0.4, 'o', '.');
    expect(parseCast(text).duration).toBe(4);
  });

  it('reads the example of the format’s document, whose intervals have any number of digits', () => {
    const text = `{"version":3,"term":{"cols":80,"rows":24},"title":"Demo","env":{"SHELL":"/bin/zsh"}}
# event stream follows the header
[0.248, "o", "Hello"]
[3.500, "m", ""]

[0.000001, "?", "something newer"]
[0.887, "x", "0"]
`;
    const cast = parseCast(text);
    expect(cast.events.map((event) => event.code)).toEqual(['o', 'm', '?', 'x']);
    expect(cast.duration).toBe(4.635);
  });

  it('leaves out a last line that a crash has cut', () => {
    const whole = `${castHeader(header)}[1,"o","kept"]\n`;
    expect(parseCast(`${whole}[0.5,"o","lo`).events).toHaveLength(1);
    expect(parseCast(`${whole}[0.5,"o","whole"]`).events).toHaveLength(2);
    expect(() => parseCast(`${whole}[0.5,"o","lo\n[1,"o",""]\n`)).toThrow(/Line 3/);
  });

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html>'],
    ['version 2', '{"version":2,"width":80,"height":24}\n'],
    ['a screen too large', '{"version":3,"term":{"cols":1000000,"rows":24}}\n'],
    ['a screen of no rows', '{"version":3,"term":{"cols":80,"rows":0}}\n'],
    ['a negative interval', `${castHeader(header)}[-1,"o",""]\n`],
    ['an endless interval', `${castHeader(header)}[1e999,"o",""]\n`],
    ['data that is no text', `${castHeader(header)}[1,"o",5]\n`],
    ['a resize to nowhere', `${castHeader(header)}[1,"r","9x"]\n`],
  ])('refuses %s', (_, text) => {
    expect(() => parseCast(text)).toThrow(CastError);
  });

  it('takes sizes within the limits only', () => {
    expect(parseSize('80x24')).toEqual({ columns: 80, rows: 24 });
    for (const data of ['0x24', '80x0', '501x24', '80x301', '80 x 24', '-1x3']) expect(parseSize(data)).toBeUndefined();
  });
});
