/** Which keys are the dock's, and that all others reach the shell. */
import { describe, expect, it } from 'vitest';
import { commandOf, type Keys } from './commands';

/** `Ctrl+Shift+F` as the browser tells it. */
function press(text: string): Keys {
  const parts = text.split('+');
  const key = parts.at(-1)!;
  return {
    key,
    code: key.length === 1 ? `Key${key.toUpperCase()}` : key,
    ctrlKey: parts.includes('Ctrl'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
    metaKey: parts.includes('Cmd'),
  };
}

describe('commandOf', () => {
  it.each([
    ['F6', 'leave'],
    ['Shift+F6', 'leave'],
    ['Ctrl+Shift+C', 'copy'],
    ['Ctrl+Insert', 'copy'],
    ['Ctrl+Shift+V', 'browser'],
    ['Shift+Insert', 'browser'],
    ['Ctrl+Shift+F', 'search'],
    ['Ctrl+Shift+Enter', 'new'],
    ['Ctrl+Shift+ArrowRight', 'next'],
    ['Ctrl+Shift+ArrowLeft', 'previous'],
    ['Ctrl+Shift+ArrowUp', 'bigger'],
    ['Ctrl+Shift+ArrowDown', 'smaller'],
  ] as const)('%s is %s', (keys, command) => {
    expect(commandOf(press(keys), false)).toBe(command);
  });

  it.each([
    'Ctrl+c',
    'Ctrl+v',
    'Ctrl+f',
    'Tab',
    'Shift+Tab',
    'Escape',
    'Enter',
    'Alt+f',
    'Ctrl+ArrowRight',
    'Insert',
    'F5',
    'x',
  ])('%s is for the shell', (keys) => {
    expect(commandOf(press(keys), false)).toBeUndefined();
    expect(commandOf(press(keys), true)).toBeUndefined();
  });

  it.each([
    ['Cmd+c', 'browser'],
    ['Cmd+v', 'browser'],
    ['Cmd+f', 'search'],
    ['Cmd+Shift+ArrowRight', 'next'],
    ['Cmd+Shift+Enter', 'new'],
    ['F6', 'leave'],
    ['Ctrl+Shift+C', undefined],
  ] as const)('%s is %s on a Mac', (keys, command) => {
    expect(commandOf(press(keys), true)).toBe(command);
  });
});
