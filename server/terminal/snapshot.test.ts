import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { newTerminal } from './headless.ts';
import { Ring, type Size } from './ring.ts';
import { draw } from './snapshot.ts';
import { look, parsed } from './testing-screen.ts';

const SIZE = { columns: 60, rows: 12 };
type Step = string | Buffer | Size;

/** A terminal that saw all, and one that saw only the snapshot; `capacity`: of the ring between them. */
async function both(steps: Step[], capacity = 2 ** 21) {
  const first = newTerminal(SIZE);
  const ring = new Ring(capacity, SIZE);
  let size: Size = SIZE;
  for (const step of steps) {
    if (typeof step === 'string' || Buffer.isBuffer(step)) {
      ring.push(Buffer.from(step as string));
      await parsed(first, step);
    } else {
      size = step;
      ring.resize(step);
      first.resize(step.columns, step.rows);
    }
  }
  const second = newTerminal(size);
  const snapshot = await draw(ring.history());
  await parsed(second, snapshot);
  return { first, second, snapshot, ring };
}

const COLOURS = [
  30,
  97,
  41,
  104,
  '38;5;200',
  '48;5;17',
  '38;2;1;2;3',
  '48;2;250;0;9',
  1,
  2,
  3,
  4,
  5,
  7,
  8,
  9,
  53,
  '4:3',
];
const LINES = Array.from({ length: 300 }, (_, index) => `line ${index}\r\n`).join('');

describe('a snapshot', () => {
  it.each<[string, Step[]]>([
    ['nothing', []],
    ['colours and styles', COLOURS.map((code) => `\x1b[${code}m text ${code} \x1b[0m\r\n`)],
    ['one style after another', COLOURS.map((code) => `\x1b[${code}mtext`)],
    ['scrollback', [LINES, 'a prompt $ ']],
    [
      'wide characters, joined ones, combining ones',
      ['日本語 é e\u0301 😀 👩‍👩‍👧 🇧🇷🇵🇹 ação\r\n'.repeat(9), '日本'.repeat(40)],
    ],
    ['characters that stand apart', ['🇧\x1b[m🇷 👩\x1b[m\u200d👧 ᄒ\x1b[mᅡ']],
    ['wrapped lines', ['abc '.repeat(100), '\r\n', 'x'.repeat(60), '\r\ny']],
    ['a wrapped line that was erased in part', ['x'.repeat(150), '\x1b[A\x1b[K\x1b[A\x1b[44m\x1b[K']],
    ['a coloured background to the end of the screen', ['\x1b[44m\x1b[2J\x1b[5;5Hblue\x1b[K', LINES]],
    ['colour while a line wraps at the bottom', [LINES, '\x1b[42m', 'x'.repeat(130), '\x1b[0m', '\r\nplain']],
    ['a new size', [LINES, 'w'.repeat(200), { columns: 33, rows: 20 }, '$ ', { columns: 71, rows: 5 }, 'x']],
    ['a cursor behind the last column', ['x'.repeat(60)]],
    ['a cursor in the middle', [LINES, '\x1b[5;9H']],
    ['a saved cursor', ['\x1b[31m\x1b[3;4H\x1b7\x1b[0m\x1b[9;9H']],
    ['a scroll region and origin mode', [LINES, '\x1b[3;7r\x1b[?6h\x1b[2;5Htext']],
    ['links', ['\x1b]8;;https://example.test/a\x1b\\a link\x1b]8;;\x1b\\ and text']],
    ['modes', ['\x1b[?1h\x1b[?25l\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?1004h\x1b=\x1b[4 q\x1b[4h']],
    ['modes switched off again', ['\x1b[?1;25;1003;1006;2004h\x1b[?25l', '\x1b[?1;1003;1006;2004l\x1b[?25h']],
    ['an alternate screen over scrollback', [LINES, '$ vim\r\n\x1b[?1049h\x1b[2J\x1b[Hfull\x1b[12;1H\x1b[7mstatus']],
    ['a program that has left it', ['a\r\n\x1b[?1049h\x1b[Hfull screen\x1b[?1049lb\r\n']],
  ])('shows %s', async (_, steps) => {
    const { first, second } = await both(steps);
    expect(look(second)).toEqual(look(first));
  });

  it('passes over what would repeat without end', async () => {
    const ring = new Ring(2 ** 21, SIZE);
    const endless = ['b', 'S', 'T', 'L', 'M', '@', 'P', 'X', 'I', 'Z'].map((final) => `\x1b[2147483647${final}`);
    ring.push(Buffer.from(`a${endless.join('')}b`));
    const page = newTerminal(SIZE);
    await parsed(page, await draw(ring.history()));
    expect(page.buffer.active.getLine(0)?.translateToString(true)).toBe('ab');
  });

  it.each([
    ['leaves the alternate screen', ['$ \x1b[33mvim\x1b[?1049h\x1b[34mtext'], '\x1b[?1049l and on'],
    ['restores the cursor', ['\x1b[31m\x1b[3;4H\x1b7\x1b[0m\x1b[9;9H'], '\x1b8here'],
    ['scrolls in a region', [LINES, '\x1b[3;7r\x1b[7;1H'], '\n\n\nx'],
    ['prints behind the last column', ['x'.repeat(60)], 'y'],
    ['draws lines', ['\x1b(0lqqk'], 'x  x'],
  ])('goes on as it would have: %s', async (_, steps, more) => {
    const { first, second } = await both(steps);
    for (const terminal of [first, second]) await parsed(terminal, more);
    expect(look(second)).toEqual(look(first));
  });

  it('may be cut anywhere, in a sequence or a character', async () => {
    const bytes = Buffer.from('a\x1b[31mré😀\x1b]2;tïtle\x07b\x1b[?2004h\x1b(0q\x1b(B\x1bPstring\x1b\\c');
    for (let at = 1; at < bytes.length; at++) {
      const { first, second } = await both([bytes.subarray(0, at)]);
      for (const terminal of [first, second]) await parsed(terminal, bytes.subarray(at));
      expect(look(second)).toEqual(look(first));
    }
  });

  it('brings no old question to the terminal that draws it', async () => {
    const { snapshot } = await both(['\x1b[c\x1b[6n\x1b[>q\x1b]11;?\x07\x1bP$qm\x1b\\\x1b[?2026$p text']);
    const page = newTerminal(SIZE);
    const answers: string[] = [];
    page.onData((data) => answers.push(data));
    await parsed(page, snapshot);
    expect(answers).toEqual([]);
  });

  it('is small, and soon there, for 10,000 lines', async () => {
    const { snapshot, first, second } = await both([
      Array.from({ length: 12_000 }, (_, index) => `\x1b[3${index % 8}mrow ${index}\x1b[0m of a long log é\r\n`).join(
        '',
      ),
    ]);
    expect(look(second)).toEqual(look(first));
    expect(snapshot.length).toBeLessThan(500_000);
  });
});

it('is drawn however long other things take in between', async () => {
  const ring = new Ring(2 ** 21, SIZE);
  ring.push(Buffer.from(LINES.repeat(100)));
  const snapshot = await draw(ring.history());
  vi.useFakeTimers({ toFake: ['performance'] });
  let isDrawn = false;
  const others = async () => {
    for (; !isDrawn; await turn()) vi.advanceTimersByTime(1000);
  };
  try {
    const drawing = draw(ring.history()).finally(() => {
      isDrawn = true;
    });
    await others();
    expect(await drawing).toEqual(snapshot);
  } finally {
    vi.useRealTimers();
  }
});

describe('what has left the ring', () => {
  const flood = 'a line of output that pushes out what came before\r\n'.repeat(3000);

  it.each([
    ['modes', '\x1b[?1h\x1b[?25l\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?1004h\x1b=\x1b[4 q\x1b[?7l'],
    ['the alternate screen', '\x1b[?1049h\x1b[1;9r'],
    ['a title', '\x1b]0;the title\x07'],
    ['a mode set and reset', '\x1b[?2004h\x1b[?2004l\x1b[?25l\x1b[!p'],
  ])('still counts: %s', async (_, text) => {
    const { first, second, ring } = await both(['before', text, flood], 64 * 1024);
    expect(ring.start).toBeGreaterThan(text.length + 6);
    const { normal: _all, ...expected } = look(first);
    const { normal: _kept, ...seen } = look(second);
    expect(seen).toEqual(expected);
  });

  it('is cut in the middle of anything without a trace', async () => {
    const odd = '\x1b[38;2;10;20;30mé日\x1b[0m\x1b]2;a title that is long\x07😀\r\n';
    for (const before of ['', 'x', 'xx', 'xxxxxxx', 'x'.repeat(17), 'x'.repeat(29)]) {
      const { first, second, ring } = await both([before, odd.repeat(6000)], 64 * 1024);
      expect(ring.start).toBeGreaterThan(0);
      const bottom = (terminal: typeof first) => (look(terminal).normal as { lines: string[] }).lines.slice(-500);
      expect(bottom(second)).toEqual(bottom(first));
    }
  });

  it('takes the size along at which it was written', async () => {
    const wide = { columns: 90, rows: 12 };
    const { first, second } = await both([flood, wide, 'w'.repeat(200), SIZE, 'tail'], 64 * 1024);
    const { lines } = look(first).normal as { lines: string[] };
    expect((look(second).normal as { lines: string[] }).lines.slice(-6)).toEqual(lines.slice(-6));
  });
});

/** Sequences at random, the same ones every time. */
function* random(seed: number): Generator<string> {
  let state = seed;
  const below = (limit: number) => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick = <T>(...values: T[]): T => values[below(values.length)] as T;
  const makers: (() => string)[] = [
    () => 'abc defg '.repeat(below(30)),
    () => 'x'.repeat(below(300)),
    () => '\r\n'.repeat(below(5)),
    () => '日本語é😀 '.repeat(below(12)),
    () => 'line of text\r\n'.repeat(below(20)),
    () => `\x1b[${pick('0', '1', '3', '4', '7', '9', '31', '42', '38;5;200', '48;2;10;20;30', '90', '39', '49')}m`,
    () => `\x1b[${below(20) + 1};${below(60) + 1}H`,
    () => `\x1b[${below(5)}${pick('A', 'B', 'C', 'D')}`,
    () => `\x1b[${below(3)}${pick('J', 'K')}`,
    () => `\x1b[${below(4)}${pick('L', 'M', 'S', 'T')}`,
    () => pick('\t', '\b', '\x1bM', '\x1bD', '\x1bE', '\x1b7', '\x1b8', '\x1b[r'),
    () => `\x1b[?${pick(25, 1, 6, 66, 1000, 1002, 1004, 1006, 1049, 2004)}${pick('h', 'l')}`,
    () => `\x1b[${below(20) + 1};${below(20) + 1}r`,
    () => `\x1b[${below(7)} q`,
  ];
  for (let left = below(60); left > 0; left--) yield pick(...makers)();
}

it.each(Array.from({ length: 40 }, (_, index) => index + 1))('shows sequences at random, series %i', async (seed) => {
  const { first, second } = await both([...random(seed)]);
  expect(look(second)).toEqual(look(first));
});
