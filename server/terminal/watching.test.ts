import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../protocol.ts';
import { isAlive } from './pty.ts';
import type { Session } from './session.ts';
import { endPaused, type Playground, playground, until } from './testing.ts';
import { Page } from './testing-page.ts';
import { look } from './testing-screen.ts';

const SIZE = { columns: 80, rows: 24 };
const TEXT = Array.from({ length: 500 }, (_, index) => `Line ${index + 1} of a file: ação, 日本, 😀\n`).join('');

let place: Playground;
let session: Session;
let first: Page;
beforeEach(async () => {
  place = playground({ files: { 'text.txt': TEXT, '.vimrc': 'syntax on\nset number\n' }, patience: 300 });
  session = place.terminals.open(SIZE);
  first = new Page(session, SIZE).attach();
  await until(session, () => session.info.state === 'prompt');
});
afterEach(() => place.end());

/** Resolves when two pages show the same, whichever is the later. */
function alike(one: Page, other: Page): Promise<boolean> {
  const same = () => JSON.stringify(look(one.terminal)) === JSON.stringify(look(other.terminal));
  return Promise.race([one.until(same), other.until(same)]);
}

describe('a page that comes later', () => {
  it.each([
    ['vim', 'vim text.txt\r', 'Line 20 of'],
    ['vim that was worked in', 'vim text.txt\r:200\rddp:split\r', 'Line 201 of'],
    ['less', 'less text.txt\r', 'Line 20 of'],
    ['less that was scrolled', 'less text.txt\rG', 'Line 500 of'],
    ['top', 'top -d 100 -w 80\r', 'PID'],
    [
      'colours and scrollback',
      'for i in $(seq 300); do printf "\\e[3$((i%8));1m%s\\e[0m ü\\n" row$i; done\r',
      'row300 ü',
    ],
  ])('shows %s as it is', async (_, keys, shown) => {
    session.write(keys);
    await first.until(() => first.screen().includes(shown));
    const second = new Page(session, SIZE).attach();
    await second.until(() => second.replays.length > 0 && second.screen().includes(shown));
    await alike(first, second);
    expect(session.info.viewers).toBe(2);
    session.write(keys.startsWith('top') || keys.startsWith('less') ? 'q' : keys.startsWith('vim') ? ':qa!\r' : '\r');
    await until(session, () => session.info.state === 'prompt');
    await alike(first, second);
  });

  it('gets what is printed while it is drawn, once and in order', async () => {
    session.write('seq -f "%06.0f" 1 300000; echo e""nd\r');
    await first.until(() => first.frames.at(-1)!.offset > 300_000);
    const later = [1, 2, 3].map(() => new Page(session, SIZE).attach());
    await Promise.all(later.map((page) => page.until(() => page.screen().includes('end\n'))));
    const { active } = first.terminal.buffer;
    await first.until(() => first.screen().includes('end\n'));
    for (const page of later) {
      expect(page.replays).toHaveLength(1);
      expect(page.replays[0]!.snapshot).toBeGreaterThan(0);
      await alike(first, page);
      let next = page.replays[0]!.from;
      for (const { offset, length } of page.frames.slice(snapshotFrames(page))) {
        expect(offset).toBe(next);
        next += length;
      }
    }
    const numbers = Array.from({ length: 9000 }, (_, y) =>
      active.getLine(active.length - 30 - y)?.translateToString(true),
    );
    expect(numbers.every((text, index) => index === 0 || Number(text) === Number(numbers[0]) - index)).toBe(true);
  });

  it('gets the bytes that it misses, and no more, where it saw the rest', async () => {
    session.write('echo o""ne\r');
    await first.until(() => first.screen().includes('one\n'));
    const last = first.frames.at(-1)!;
    const seen = last.offset + last.length;
    first.detach();
    session.write('echo t""wo\r');
    await until(session, () => session.info.viewers === 0 && session.info.state === 'prompt');
    first.attach(seen);
    await first.until(() => first.screen().includes('two\n'));
    expect(first.replays.at(-1)).toMatchObject({ from: seen, reset: false, snapshot: 0 });
    expect(first.frames.find(({ offset }) => offset >= seen)?.offset).toBe(seen);
  });

  it('is drawn anew where the size changed meanwhile', async () => {
    const seen = first.frames.at(-1)!;
    first.detach();
    const other = new Page(session, { columns: 50, rows: 20 }).attach();
    session.write('echo w""ide\r');
    await other.until(() => other.screen().includes('wide\n'));
    first.attach(seen.offset);
    await first.until(() => first.replays.length === 2 && first.screen().includes('wide\n'));
    expect(first.replays[1]).toMatchObject({ reset: true, columns: 50, rows: 20 });
  });
});

const snapshotFrames = (page: Page): number => {
  let left = page.replays[0]!.snapshot;
  return page.frames.findIndex(({ length }) => {
    if (left <= 0) return true;
    left -= length;
    return false;
  });
};

describe('several pages', () => {
  it('are all as large as the smallest, and told in order', async () => {
    const small = new Page(session, { columns: 60, rows: 30 }).attach();
    await first.until(() => first.sizes.length > 0);
    expect(first.sizes).toEqual([{ columns: 60, rows: 24 }]);
    session.write('stty size\r');
    await first.until(() => first.screen().includes('24 60'));
    small.detach();
    await first.until(() => first.sizes.length > 1);
    expect(first.sizes[1]).toEqual(SIZE);
    expect(session.info.viewers).toBe(1);
  });

  it('hear that somebody types in another, at most once a second', () => {
    const second = new Page(session, SIZE).attach();
    let offset = 0;
    for (const key of 'echo') session.receive(first.viewer, 'first-page', offset++, Buffer.from(key));
    expect([first.typedElsewhere, second.typedElsewhere]).toEqual([0, 1]);
  });

  it('give one answer to a program that asks the terminal', async () => {
    session.write('stty -echo; echo rea""dy; cat -v\r');
    await first.until(() => first.screen().includes('ready\n'));
    const second = new Page(session, SIZE).attach();
    const answer = Buffer.from('\x1b[?1;2c');
    expect(session.receive(second.viewer, 'second-page', 0, answer)).toBe(true);
    expect(session.receive(first.viewer, 'first-page', 0, answer)).toBe(true);
    session.receive(second.viewer, 'second-page', answer.length, Buffer.from('typed\r'));
    session.receive(first.viewer, 'first-page', answer.length, answer);
    session.receive(second.viewer, 'second-page', answer.length + 6, Buffer.concat([answer, Buffer.from('.\r')]));
    session.write('last\r');
    await first.until(() => first.screen().includes('last\n'));
    // The first page's before anybody typed, the second one's after it was typed into.
    expect(first.screen()).toContain('ready\n^[[?1;2ctyped\n^[[?1;2c.\nlast\n');
  });
});

describe('a page that does not keep up', () => {
  it('pauses the shell, but not for ever, and is drawn anew when it comes back', async () => {
    const frozen = new Page(session, { columns: 40, rows: 24 }, false).attach();
    session.write('seq -f "%09.0f" 1 400000; echo e""nd\r');
    // It is sent a window full, and no more.
    await frozen.until(() => frozen.owed > 0.75 * LIMITS.window);
    await first.until(() => first.screen().includes('end\n'));
    expect(frozen.owed).toBeLessThanOrEqual(LIMITS.window);
    // Nor does its size count.
    expect(session.size).toEqual(SIZE);
    frozen.thaw();
    await frozen.until(() => frozen.screen().includes('end\n'));
    expect(frozen.replays.at(-1)).toMatchObject({ reset: true });
    await alike(first, frozen);
    expect(session.size).toEqual({ columns: 40, rows: 24 });
  });

  it.each([1, 2, 3])(
    'is not waited for where it stops on its way to catching up, after %i signs of life',
    async (signs) => {
      const frozen = new Page(session, SIZE, false).attach();
      session.write('seq -f "%09.0f" 1 100000; echo e""nd\r');
      while (!session.isPaused) await setImmediate();
      for (let sign = 0; sign < signs; sign++) session.acknowledge(frozen.viewer, LIMITS.ack + 1000);
      await first.until(() => first.screen().includes('end\n'));
    },
  );

  it('is sent what it misses where that is still kept', async () => {
    const frozen = new Page(session, SIZE, false).attach();
    session.write('seq -f "%09.0f" 1 60000; echo e""nd\r');
    await first.until(() => first.screen().includes('end\n'));
    const { length } = frozen.replays;
    frozen.thaw();
    await frozen.until(() => frozen.screen().includes('end\n'));
    expect(frozen.replays).toHaveLength(length);
    await alike(first, frozen);
  });

  it('is sent what the shell said last, however busy the lab is when it ends', async () => {
    first.detach();
    const frozen = new Page(session, SIZE, false).attach();
    await endPaused(session, place.home, (line) => session.write(line));
    while (isAlive(session.pid)) await setImmediate();
    // The lab hears of the end, and then has other work for longer than node-pty keeps an ended shell's pty open.
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    frozen.thaw();
    await frozen.until(() => frozen.screen().includes('599\n600\n601\n'));
  });
});
