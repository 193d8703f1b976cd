/** Opens the dock, on a certain terminal if wanted. The page calls it; the dock itself need not be loaded yet. */
import { type KnownTerminal, labState } from '../lab/state';
import { createStore } from '../lab/store';
import { preferences } from './preferences';

/** The terminals whose output this page gets, at a size that it has told. */
export const attachedTerminals = createStore<{ ready: ReadonlySet<number> }>({ ready: new Set() });

/** `tab`: its number for the learner. */
export function showDock(tab?: number): void {
  preferences.set(tab === undefined ? { open: true } : { open: true, tab });
}

/** The terminal of the tab that the reader looks at; the first one where that tab is gone. */
export function shownTerminal(terminals: readonly KnownTerminal[], tab: number): KnownTerminal | undefined {
  return terminals.find((t) => t.tab === tab) ?? terminals[0];
}

/** Milliseconds that a step waits for its terminal to come up in the page, before it runs without. */
const PATIENCE = 2000;

/**
 * Resolves once the terminal that a step of this tab is typed into is on screen, so that the shell knows its size: a
 * command drawn for one width and shown at another is hard to read.
 */
export function terminalShown(tab: number): Promise<void> {
  const isShown = () => {
    const shown = shownTerminal(labState.get().terminals, tab);
    // One that is gone with its server comes up no more: the step gets another.
    return shown !== undefined && (shown.gone === true || attachedTerminals.get().ready.has(shown.terminal));
  };
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const finish = () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(finish, PATIENCE);
    const look = () => isShown() && finish();
    stops.push(labState.subscribe(look), attachedTerminals.subscribe(look));
    look();
  });
}

/** Brings up the tab of a terminal, which the lab may have closed since. */
export function showTerminal(terminal: number): void {
  showDock(labState.get().terminals.find((t) => t.terminal === terminal)?.tab);
}
