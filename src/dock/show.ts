/** Opens the dock, on a certain terminal if wanted. The page calls it; the dock itself need not be loaded yet. */
import type { TerminalInfo } from '../../server/protocol';
import { labState } from '../lab/state';
import { preferences } from './preferences';

/** `tab`: its number for the learner. */
export function showDock(tab?: number): void {
  preferences.set(tab === undefined ? { open: true } : { open: true, tab });
}

/** The terminal of the tab that the reader looks at; the first one where that tab is gone. */
export function shownTerminal(terminals: readonly TerminalInfo[], tab: number): TerminalInfo | undefined {
  return terminals.find((t) => t.tab === tab) ?? terminals[0];
}

/** Brings up the tab of a terminal, which the lab may have closed since. */
export function showTerminal(terminal: number): void {
  showDock(labState.get().terminals.find((t) => t.terminal === terminal)?.tab);
}
