/** Offsets, repetitions, replay and acknowledgements of one terminal's output. */
import { describe, expect, it } from 'vitest';
import { OutputStream } from './stream';

const bytes = (n: number) => new Uint8Array(n);

describe('OutputStream', () => {
  it('replays up to where live output begins', () => {
    const stream = new OutputStream();
    stream.attached(0, 10);
    expect(stream.replaying).toBe(true);
    stream.wrote(stream.take(0, bytes(6)).length);
    expect(stream.replaying).toBe(true);
    stream.wrote(stream.take(6, bytes(4)).length);
    expect(stream.replaying).toBe(false);
    expect(stream.seen).toBe(10);
  });

  it('has no replay where nothing was printed', () => {
    const stream = new OutputStream();
    stream.attached(0, 0);
    expect(stream.replaying).toBe(false);
  });

  it('takes what it has not got, and no more', () => {
    const stream = new OutputStream();
    stream.attached(100, 100);
    expect(stream.take(90, bytes(15)).length).toBe(5);
    expect(stream.take(90, bytes(15)).length).toBe(0);
    expect(stream.take(105, bytes(3)).length).toBe(3);
  });

  it('acknowledges every 5,000 bytes parsed, all of them', () => {
    const stream = new OutputStream();
    stream.attached(0, 0);
    expect(stream.wrote(4999)).toBe(0);
    expect(stream.wrote(2)).toBe(5001);
    expect(stream.wrote(1)).toBe(0);
  });

  it('goes on where a new connection begins', () => {
    const stream = new OutputStream();
    stream.attached(0, 0);
    stream.wrote(stream.take(0, bytes(20)).length);
    stream.attached(stream.seen, 25);
    expect(stream.replaying).toBe(true);
    expect(stream.take(20, bytes(5)).length).toBe(5);
    stream.wrote(5);
    expect(stream.replaying).toBe(false);
  });
});
