/** The terminal's colours, light and dark, matching the site's. xterm raises any pair below AA contrast by itself. */
import type { ISearchDecorationOptions } from '@xterm/addon-search';
import type { ITheme } from '@xterm/xterm';

export const LIGHT = {
  background: '#fbfaf6',
  foreground: '#1d2a2c',
  cursor: '#0f6b66',
  cursorAccent: '#fbfaf6',
  selectionBackground: '#bfe0da',
  black: '#1d2a2c',
  red: '#b3261e',
  green: '#2c6e2f',
  yellow: '#805b00',
  blue: '#1f5fa8',
  magenta: '#8a3b8f',
  cyan: '#0f6b66',
  white: '#59686a',
  brightBlack: '#59686a',
  brightRed: '#b4481e',
  brightGreen: '#3b7d3e',
  brightYellow: '#8a6300',
  brightBlue: '#2b6cb8',
  brightMagenta: '#9a4a9f',
  brightCyan: '#127a74',
  brightWhite: '#1d2a2c',
} satisfies ITheme;

export const DARK = {
  background: '#0c1315',
  foreground: '#dfe8e6',
  cursor: '#6fd1c4',
  cursorAccent: '#0c1315',
  selectionBackground: '#27504f',
  black: '#1b282b',
  red: '#ff8a80',
  green: '#8fd694',
  yellow: '#e6c46a',
  blue: '#82b7f0',
  magenta: '#d9a1de',
  cyan: '#6fd1c4',
  white: '#c9d5d3',
  brightBlack: '#8a9b9a',
  brightRed: '#f2a478',
  brightGreen: '#a9e3ad',
  brightYellow: '#f2d88c',
  brightBlue: '#a3cbf7',
  brightMagenta: '#e6bdea',
  brightCyan: '#92e3d8',
  brightWhite: '#ffffff',
} satisfies ITheme;

/** Grounds and frames of what a search has found; the active one stands out. */
export const LIGHT_SEARCH = {
  matchBackground: '#fbe7a3',
  matchBorder: '#9a6f00',
  matchOverviewRuler: '#9a6f00',
  activeMatchBackground: '#f5c14e',
  activeMatchBorder: '#7a3a00',
  activeMatchColorOverviewRuler: '#7a3a00',
} satisfies ISearchDecorationOptions;

export const DARK_SEARCH = {
  matchBackground: '#3f3307',
  matchBorder: '#b8962f',
  matchOverviewRuler: '#b8962f',
  activeMatchBackground: '#6b5200',
  activeMatchBorder: '#ffd966',
  activeMatchColorOverviewRuler: '#ffd966',
} satisfies ISearchDecorationOptions;

const isDark = () => document.documentElement.dataset.theme === 'dark';

export const currentTheme = (): ITheme => (isDark() ? DARK : LIGHT);
export const currentSearchColors = (): ISearchDecorationOptions => (isDark() ? DARK_SEARCH : LIGHT_SEARCH);

/** Calls back whenever the reader switches between light and dark. Returns the way to stop. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
