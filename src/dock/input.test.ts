/** Typed bytes arrive exactly once and in order, whatever the connection does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../server/protocol';
import { type Piece, TypedInput } from './input';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (pieces: Piece[]) => pieces.map((piece) => [piece.offset, new TextDecoder().decode(piece.bytes)]);

describe('TypedInput', () => {
  it('sends what was typed once, numbered', () => {
    const input = new TypedInput();
    input.add(bytes('ls'));
    expect(text(input.takeUnsent())).toEqual([[0, 'ls']]);
    input.add(bytes('\r'));
    expect(text(input.takeUnsent())).toEqual([[2, '\r']]);
    expect(input.takeUnsent()).toEqual([]);
    expect(input.pending.length).toBe(3);
    input.confirm(3);
    expect(input.pending.length).toBe(0);
  });

  it('sends again, from where the server got to', () => {
    const input = new TypedInput();
    input.add(bytes('abc'));
    input.takeUnsent();
    input.add(bytes('def'));
    input.resume(2);
    expect(text(input.takeUnsent())).toEqual([[2, 'cdef']]);
    input.resume(6);
    expect(input.takeUnsent()).toEqual([]);
    input.add(bytes('g'));
    expect(text(input.takeUnsent())).toEqual([[6, 'g']]);
  });

  it('goes on at a server that has forgotten the page', () => {
    const input = new TypedInput();
    input.add(bytes('abc'));
    input.takeUnsent();
    input.confirm(2);
    input.resume(0);
    expect(text(input.takeUnsent())).toEqual([[0, 'c']]);
  });

  it('refuses as a whole what is too much', () => {
    const input = new TypedInput();
    expect(input.add(new Uint8Array(LIMITS.input))).toBe(true);
    expect(input.add(bytes('x'))).toBe(false);
    expect(input.pending.length).toBe(LIMITS.input);
    const pieces = input.takeUnsent();
    expect(pieces.reduce((sum, piece) => sum + piece.bytes.length, 0)).toBe(LIMITS.input);
    input.confirm(10);
    expect(input.add(bytes('x'))).toBe(true);
  });

  it('gives up what is pending, and numbers on', () => {
    const input = new TypedInput();
    input.add(bytes('abc'));
    input.takeUnsent();
    expect(input.giveUp()).toEqual(bytes('abc'));
    input.add(bytes('d'));
    expect(text(input.takeUnsent())).toEqual([[3, 'd']]);
  });

  it('arrives exactly once over a connection that breaks anywhere', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('type' as const), length: fc.integer({ min: 1, max: 40 }) }),
      // So many of the pieces under way get through, and so many of what arrived is confirmed.
      fc.record({ type: fc.constant('arrive' as const), count: fc.nat(5), confirm: fc.boolean() }),
      fc.record({ type: fc.constant('cut' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const input = new TypedInput();
        const typed: number[] = [];
        const arrived: number[] = [];
        let underWay: Piece[] = [];
        const arrive = (piece: Piece | undefined) => {
          if (piece === undefined || piece.offset > arrived.length) return;
          arrived.push(...piece.bytes.subarray(arrived.length - piece.offset));
        };
        const reconnect = () => {
          underWay = [];
          input.resume(arrived.length);
        };
        for (const one of steps) {
          if (one.type === 'type') {
            const next = Array.from({ length: one.length }, (_, i) => (typed.length + i) % 251);
            typed.push(...next);
            input.add(Uint8Array.from(next));
          } else if (one.type === 'cut') reconnect();
          else {
            underWay.push(...input.takeUnsent());
            for (const piece of underWay.splice(0, one.count)) arrive(piece);
            if (one.confirm) input.confirm(arrived.length);
          }
        }
        reconnect();
        for (const piece of input.takeUnsent()) arrive(piece);
        expect(arrived).toEqual(typed);
      }),
    );
  });
});
