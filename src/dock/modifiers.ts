/** Ctrl and Alt of the touch keys: pressed once, they hold for the next key, as no finger can hold them. */
import { createStore } from '../lab/store';

export type Modifier = 'ctrl' | 'alt';

export const modifiers = createStore<Record<Modifier, boolean>>({ ctrl: false, alt: false });

/** What is typed with the modifiers that wait, which are used up by it. Text of several characters stays as it is. */
export function withModifiers(data: string): string {
  const { ctrl, alt } = modifiers.get();
  if (!ctrl && !alt) return data;
  modifiers.set({ ctrl: false, alt: false });
  if ([...data].length !== 1) return data;
  return (alt ? '\x1b' : '') + (ctrl ? controlOf(data) : data);
}

/** The control character of a key, as terminals send it: Ctrl-C is 0x03. Keys that have none stay as they are. */
function controlOf(key: string): string {
  if (key === ' ') return '\0';
  if (key === '?') return '\x7f';
  const code = key.toUpperCase().charCodeAt(0);
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code - 0x40) : key;
}

const ARROWS = { up: 'A', down: 'B', right: 'C', left: 'D' } as const;
export type Arrow = keyof typeof ARROWS;

/**
 * The sequence of an arrow key as xterm sends it: CSI, or SS3 where the program asked for application cursor keys; with
 * modifiers `CSI 1 ; n`, n = 1 + 2 for Alt + 4 for Ctrl. Uses the modifiers up.
 */
export function arrowSequence(arrow: Arrow, applicationMode: boolean): string {
  const { ctrl, alt } = modifiers.get();
  if (ctrl || alt) {
    modifiers.set({ ctrl: false, alt: false });
    return `\x1b[1;${1 + (alt ? 2 : 0) + (ctrl ? 4 : 0)}${ARROWS[arrow]}`;
  }
  return `\x1b${applicationMode ? 'O' : '['}${ARROWS[arrow]}`;
}
