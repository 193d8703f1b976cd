/** Every colour of the terminal can be read, by WCAG's contrast ratio: 4.5 for text, 3 for what is not text. */
import { describe, expect, it } from 'vitest';
import { DARK, DARK_SEARCH, LIGHT, LIGHT_SEARCH } from './theme';

const NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;

/** Relative luminance of `#rrggbb`, WCAG 2.2. */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

describe('contrast', () => {
  it('is computed as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  describe.each([
    // Black on a dark ground is a colour for grounds; as letters xterm raises it (minimumContrastRatio).
    ['light', LIGHT, LIGHT_SEARCH, NAMES],
    ['dark', DARK, DARK_SEARCH, NAMES.filter((name) => name !== 'black')],
  ] as const)('%s', (_name, theme, search, names) => {
    it.each(names)('%s can be read', (name) => {
      expect(contrast(theme[name], theme.background)).toBeGreaterThanOrEqual(4.5);
    });

    it('plain text can be read, selected and found too', () => {
      for (const ground of [
        theme.background,
        theme.selectionBackground,
        search.matchBackground,
        search.activeMatchBackground,
      ])
        expect(contrast(theme.foreground, ground), ground).toBeGreaterThanOrEqual(4.5);
    });

    it('the cursor and what is under it are seen', () => {
      expect(contrast(theme.cursor, theme.background)).toBeGreaterThanOrEqual(3);
      expect(contrast(theme.cursorAccent, theme.cursor)).toBeGreaterThanOrEqual(4.5);
    });

    it('what a search found is seen, and the active one apart from the others', () => {
      expect(contrast(search.matchBorder, theme.background)).toBeGreaterThanOrEqual(3);
      expect(contrast(search.activeMatchBorder, theme.background)).toBeGreaterThanOrEqual(3);
      expect(search.activeMatchBackground).not.toBe(search.matchBackground);
    });
  });
});
