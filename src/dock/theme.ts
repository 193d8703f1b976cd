/** The terminal's colours, light and dark, matching the site's. xterm raises any pair below AA contrast by itself. */
import type { ITheme } from '@xterm/xterm';

const LIGHT: ITheme = {
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
};

const DARK: ITheme = {
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
};

export const currentTheme = (): ITheme => (document.documentElement.dataset.theme === 'dark' ? DARK : LIGHT);

/** Calls back whenever the reader switches between light and dark. Returns the way to stop. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
