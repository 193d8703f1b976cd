/** Search in one terminal's screen and scrollback. */
import { SearchAddon } from '@xterm/addon-search';
import type { Terminal } from '@xterm/xterm';
import { createStore, type Store } from '../lab/store';
import { currentSearchColors } from './theme';

export interface SearchOptions {
  caseSensitive: boolean;
  wholeWord: boolean;
  regex: boolean;
}

export interface SearchResults {
  /** From 0; -1 where none is shown, or there are more than are counted. */
  index: number;
  count: number;
  /** The regular expression is none. */
  invalid: boolean;
}

/** More are found, but not counted and not highlighted. */
export const MOST = 1000;

const NONE: SearchResults = { index: -1, count: 0, invalid: false };

export class TerminalSearch {
  readonly results: Store<SearchResults> = createStore<SearchResults>(NONE);
  private readonly addon = new SearchAddon({ highlightLimit: MOST });

  constructor(private readonly xterm: Terminal) {
    xterm.loadAddon(this.addon);
    this.addon.onDidChangeResults(({ resultIndex, resultCount }) =>
      this.results.set({ index: resultIndex, count: resultCount }),
    );
  }

  /** `stay`: the text is still being typed, so that the match that is shown may grow. */
  find(text: string, options: SearchOptions, direction: 'next' | 'previous' | 'stay'): void {
    if (text === '' || (options.regex && !isExpression(text))) {
      this.clear();
      this.results.set({ invalid: text !== '' });
      return;
    }
    this.results.set({ invalid: false });
    // The addon does not notice that options have changed, unless it has forgotten the text.
    if (direction === 'stay') this.addon.clearDecorations();
    const all = { ...options, decorations: currentSearchColors(), incremental: direction === 'stay' };
    if (direction === 'previous') this.addon.findPrevious(text, all);
    else this.addon.findNext(text, all);
  }

  clear(): void {
    this.addon.clearDecorations();
    this.xterm.clearSelection();
    this.results.set(NONE);
  }
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
