/** The touch keys' Ctrl and Alt hold for one key, and make what a keyboard makes. */
import { beforeEach, describe, expect, it } from 'vitest';
import { arrowSequence, modifiers, withModifiers } from './modifiers';

beforeEach(() => modifiers.set({ ctrl: false, alt: false }));

describe('withModifiers', () => {
  it.each([
    ['c', '\x03'],
    ['C', '\x03'],
    ['[', '\x1b'],
    [' ', '\0'],
    ['?', '\x7f'],
    ['1', '1'],
    ['é', 'é'],
    ['pasted text', 'pasted text'],
  ])('Ctrl and %j', (typed, sent) => {
    modifiers.set({ ctrl: true });
    expect(withModifiers(typed)).toBe(sent);
    expect(modifiers.get().ctrl).toBe(false);
    expect(withModifiers('c')).toBe('c');
  });

  it('puts ESC before a key with Alt', () => {
    modifiers.set({ alt: true });
    expect(withModifiers('b')).toBe('\x1bb');
    modifiers.set({ alt: true, ctrl: true });
    expect(withModifiers('b')).toBe('\x1b\x02');
  });
});

it('makes arrows as the program asked for them', () => {
  expect(arrowSequence('up', false)).toBe('\x1b[A');
  expect(arrowSequence('left', true)).toBe('\x1bOD');
  modifiers.set({ ctrl: true });
  expect(arrowSequence('right', true)).toBe('\x1b[1;5C');
  expect(arrowSequence('right', true)).toBe('\x1bOC');
  modifiers.set({ alt: true });
  expect(arrowSequence('left', false)).toBe('\x1b[1;3D');
});
