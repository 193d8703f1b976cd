/** Offsets, repetitions, snapshots, replay and acknowledgements of one terminal's output. */
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../server/protocol';
import { OutputStream } from './stream';

const bytes = (n: number) => new Uint8Array(n);
/** Takes a frame as the page does, and parses it at once: what is to be acknowledged. */
const read = (stream: OutputStream, offset: number, length: number) =>
  stream.taken(stream.take(offset, bytes(length)).length)();

describe('OutputStream', () => {
  it('replays up to where live output begins', () => {
    const stream = new OutputStream();
    stream.attached({ from: 0, until: 10, snapshot: 0 });
    expect(stream.isReplaying).toBe(true);
    read(stream, 0, 6);
    expect(stream.isReplaying).toBe(true);
    read(stream, 6, 4);
    expect(stream.isReplaying).toBe(false);
    expect(stream.seen).toBe(10);
  });

  it('has no replay where nothing was missed', () => {
    const stream = new OutputStream();
    stream.attached({ from: 7, until: 7, snapshot: 0 });
    expect(stream.isReplaying).toBe(false);
  });

  it('counts a snapshot for nothing in the offsets, and for all in the replay', () => {
    const stream = new OutputStream();
    stream.attached({ from: 1000, until: 1010, snapshot: 300 });
    expect(stream.take(1000, bytes(200)).length).toBe(200);
    expect(stream.take(1000, bytes(100)).length).toBe(100);
    stream.taken(300)();
    expect(stream.isReplaying).toBe(true);
    read(stream, 1000, 10);
    expect(stream.isReplaying).toBe(false);
    expect(stream.seen).toBe(1010);
  });

  it('asks for everything again where a snapshot was cut short', () => {
    const stream = new OutputStream();
    stream.attached({ from: 1000, until: 1000, snapshot: 300 });
    read(stream, 1000, 200);
    expect(stream.isBroken).toBe(true);
    expect(stream.seen).toBe(0);
  });

  it('takes what it has not got, and no more', () => {
    const stream = new OutputStream();
    stream.attached({ from: 100, until: 100, snapshot: 0 });
    expect(stream.take(90, bytes(15)).length).toBe(5);
    expect(stream.take(90, bytes(15)).length).toBe(0);
    expect(stream.take(105, bytes(3)).length).toBe(3);
  });

  it('acknowledges at intervals what was parsed, all of it, a snapshot too', () => {
    const stream = new OutputStream();
    const few = LIMITS.ack - 1;
    stream.attached({ from: 50, until: 50, snapshot: few });
    expect(read(stream, 50, few)).toBe(0);
    expect(read(stream, 50, 2)).toBe(few + 2);
    expect(read(stream, 52, 1)).toBe(0);
  });

  it('leaves what an earlier connection sent out of the next one’s count', () => {
    const stream = new OutputStream();
    stream.attached({ from: 0, until: 0, snapshot: 0 });
    const parsed = stream.taken(stream.take(0, bytes(6000)).length);
    stream.attached({ from: stream.seen, until: 6010, snapshot: 0 });
    expect(parsed()).toBe(0);
    expect(stream.isReplaying).toBe(true);
    expect(read(stream, 6000, 10)).toBe(0);
    expect(stream.isReplaying).toBe(false);
  });
});
