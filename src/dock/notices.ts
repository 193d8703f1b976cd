/** What the dock says of its terminals beside their output: who else watches, what waits, what was never sent. */
import { createStore } from '../lab/store';
import { readableText, typedText } from './readable';

export interface TerminalNotice {
  /** Another, smaller window watches too: the terminal is drawn at that size inside this page's box. */
  smaller: { columns: number; rows: number } | undefined;
  /** Somebody has just typed in another page. */
  typedElsewhere: boolean;
  /** Typed while there is no connection, as a person reads it; goes to the shell once there is one. */
  waiting: string;
  /** The last keys were refused: too much is on its way already. */
  full: boolean;
}

/** Input whose terminal is gone. */
export interface Unsent {
  id: number;
  /** The tab that it was typed into. */
  tab: number;
  /** As it was typed, for copying. */
  text: string;
  /** On one line, with signs for keys that print nothing. */
  readable: string;
}

interface Notices {
  byTerminal: Readonly<Record<number, TerminalNotice>>;
  unsent: readonly Unsent[];
}

export const notices = createStore<Notices>({ byTerminal: {}, unsent: [] });

const NONE: TerminalNotice = { smaller: undefined, typedElsewhere: false, waiting: '', full: false };

export const noticeOf = (state: Notices, terminal: number | undefined): TerminalNotice =>
  (terminal === undefined ? undefined : state.byTerminal[terminal]) ?? NONE;

export function setNotice(terminal: number, change: Partial<TerminalNotice>): void {
  const { byTerminal } = notices.get();
  const before = byTerminal[terminal] ?? NONE;
  const names = Object.keys(change) as (keyof TerminalNotice)[];
  if (names.every((name) => before[name] === change[name])) return;
  notices.set({ byTerminal: { ...byTerminal, [terminal]: { ...before, ...change } } });
}

export function forgetNotice(terminal: number): void {
  const { [terminal]: _forgotten, ...byTerminal } = notices.get().byTerminal;
  notices.set({ byTerminal });
}

let nextId = 1;

export function addUnsent(tab: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const unsent = { id: nextId++, tab, text: typedText(bytes), readable: readableText(bytes) };
  notices.set((state) => ({ unsent: [...state.unsent, unsent] }));
}

export function discardUnsent(id: number): void {
  notices.set((state) => ({ unsent: state.unsent.filter((unsent) => unsent.id !== id) }));
}
