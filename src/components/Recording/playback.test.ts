import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { castHeader, parseCast } from '../../../server/protocol/asciicast';
import { Playback, type Screen } from './playback';
import { clock, timelineOf } from './timeline';

const header = castHeader({ version: 3, term: { cols: 80, rows: 24 } });
const cast = (...events: [number, string, string][]) =>
  parseCast(header + events.map((event) => `${JSON.stringify(event)}\n`).join(''));

describe('the timeline', () => {
  it('cuts long waits, and moves markers with them', () => {
    const line = timelineOf(
      cast([1, 'o', 'a'], [600, 'm', 'ls'], [0.5, 'o', 'b'], [0, 'x', '3'], [1, '?', ''], [1, 'i', 'secret']),
      2,
    );
    expect(line).toMatchObject({ columns: 80, rows: 24, markers: [{ time: 3, label: 'ls' }], exitCode: '3' });
    expect(line.moments).toEqual([
      { time: 1, kind: 'output', text: 'a' },
      { time: 3.5, kind: 'output', text: 'b' },
    ]);
  });

  it('keeps the waits that the recording asks for', () => {
    const text = `${castHeader({ version: 3, term: { cols: 80, rows: 24 }, idle_time_limit: 5 })}[30,"o","a"]\n`;
    expect(timelineOf(parseCast(text), 2).duration).toBe(5);
  });

  it('tells times as a clock', () => {
    expect([0, 9.9, 65, 3605].map(clock)).toEqual(['0:00', '0:09', '1:05', '1:00:05']);
  });
});

describe('playing', () => {
  /** What the screen shows: a reset clears it, a resize leaves its size. */
  let shown: string;
  let size: string;
  /** Holds every write until it is called; undefined lets them through at once. */
  let hold: (() => void)[] | undefined;
  const screen: Screen = {
    reset: (columns, rows) => {
      shown = '';
      size = `${columns}x${rows}`;
    },
    resize: (columns, rows) => {
      size = `${columns}x${rows}`;
    },
    write: (text) => {
      shown += text;
      return new Promise((resolve) => (hold === undefined ? resolve() : hold.push(resolve)));
    },
  };
  const line = timelineOf(cast([1, 'o', 'a'], [1, 'r', '100x30'], [1, 'o', 'b'], [1, 'm', 'ls'], [1, 'o', 'c']), 2);
  let playback: Playback;

  beforeEach(() => {
    vi.useFakeTimers();
    shown = '';
    size = '80x24';
    hold = undefined;
    playback = new Playback(line, screen, () => vi.getMockedSystemTime()!.getTime());
  });
  afterEach(() => {
    playback.dispose();
    vi.useRealTimers();
  });

  it('shows each thing at its time, and ends', async () => {
    playback.play();
    await vi.advanceTimersByTimeAsync(900);
    expect([shown, size]).toEqual(['', '80x24']);
    await vi.advanceTimersByTimeAsync(1200);
    expect([shown, size]).toEqual(['a', '100x30']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(shown).toBe('ab');
    await vi.advanceTimersByTimeAsync(2000);
    expect(shown).toBe('abc');
    expect(playback.state.get()).toMatchObject({ playing: false, position: 5 });
  });

  it('plays again from the beginning', async () => {
    await playback.seek(5);
    playback.play();
    await vi.advanceTimersByTimeAsync(1100);
    expect([shown, size]).toEqual(['a', '80x24']);
  });

  it('stands still while paused', async () => {
    playback.play();
    await vi.advanceTimersByTimeAsync(1500);
    playback.pause();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(shown).toBe('a');
    expect(playback.state.get().position).toBeCloseTo(1.5);
    playback.play();
    await vi.advanceTimersByTimeAsync(1600);
    expect(shown).toBe('ab');
  });

  it('goes to any moment, forwards and back', async () => {
    await playback.seek(4);
    expect([shown, size]).toEqual(['ab', '100x30']);
    await playback.seek(1);
    expect([shown, size]).toEqual(['a', '80x24']);
    await playback.seek(-3);
    expect([shown, playback.state.get().position]).toEqual(['', 0]);
    await playback.seek(99);
    expect([shown, playback.state.get().position]).toEqual(['abc', 5]);
  });

  it('goes on from where it was taken to', async () => {
    playback.play();
    await vi.advanceTimersByTimeAsync(4500);
    void playback.seek(2.5);
    await vi.advanceTimersByTimeAsync(600);
    expect(shown).toBe('ab');
    await vi.advanceTimersByTimeAsync(2000);
    expect(shown).toBe('abc');
    expect(playback.state.get().playing).toBe(false);
  });

  it('keeps its place when the speed changes', async () => {
    playback.play();
    await vi.advanceTimersByTimeAsync(1000);
    playback.setSpeed(4);
    await vi.advanceTimersByTimeAsync(600);
    // The clock is read ten times a second: 0.4 of the recording's seconds at this speed.
    expect(Math.abs(playback.state.get().position - 3.4)).toBeLessThanOrEqual(0.4);
    expect(shown).toBe('ab');
  });

  it('draws only for the last of many seeks', async () => {
    hold = [];
    void playback.seek(5);
    void playback.seek(2);
    void playback.seek(3.5);
    const last = playback.seek(1);
    hold.forEach((release) => {
      release();
    });
    hold = undefined;
    await last;
    expect([shown, size]).toEqual(['a', '80x24']);
  });

  it('waits for a screen that is slow', async () => {
    hold = [];
    playback.play();
    await vi.advanceTimersByTimeAsync(4600);
    expect(shown).toBe('a');
    const [release] = hold;
    hold = undefined;
    release?.();
    await vi.advanceTimersByTimeAsync(100);
    expect(shown).toBe('ab');
  });
});
