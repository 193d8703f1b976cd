/** All terminals of the lab that this page shows: makes a session for each, and ties them to the connection. */
import { CLIENT } from '../lab/client';
import { send, setTerminalSink } from '../lab/connection';
import { labState } from '../lab/state';
import { createStore } from '../lab/store';
import { preferences } from './preferences';
import { Session, USUAL } from './session';
import { attachedTerminals } from './show';
import { watchTheme } from './theme';

export const terminalNotices = createStore<{ unsent: boolean }>({ unsent: false });

const sessions = new Map<number, Session>();
/** Tabs asked for whose terminal is not there yet: the server attaches this page to them unasked. */
const opening = new Set<number>();
let leave: () => void = () => {};
let running = false;
let lastError: string | undefined;

/** Called when the dock opens; later calls only say anew how to leave a terminal by keyboard. */
export function startTerminals(onLeave: () => void): void {
  leave = onLeave;
  if (running) return;
  running = true;
  watchTheme(() => each((session) => session.restyle()));
  preferences.subscribe(() => each((session) => session.setScreenReader(preferences.get().screenReader)));
  labState.subscribe(forgetRemoved);
  setTerminalSink({
    attached(message) {
      sessionOf(message.terminal).attached(message);
    },
    bytes: (terminal, offset, bytes) => sessions.get(terminal)?.bytes(offset, bytes),
    connected() {
      terminalNotices.set({ unsent: false });
      const known = new Set(labState.get().terminals.map((t) => t.terminal));
      each((session, terminal) => (known.has(terminal) ? session.attach() : drop(terminal)));
    },
    disconnected() {
      opening.clear();
      each((session) => session.detached());
    },
  });
}

/** The session of a terminal, watching it. */
export function watchTerminal(terminal: number): Session {
  const session = sessionOf(terminal);
  session.attach();
  return session;
}

/** Asks for a terminal in a tab that has none, by its number for the learner. Asking twice does nothing. */
export function openTerminal(tab: number): void {
  if (!opening.has(tab) && send({ type: 'terminal.open', ...USUAL, client: CLIENT, tab })) opening.add(tab);
}

export function closeTerminal(terminal: number): void {
  send({ type: 'terminal.close', terminal });
}

function sessionOf(terminal: number): Session {
  let session = sessions.get(terminal);
  if (session === undefined) {
    const tab = labState.get().terminals.find((t) => t.terminal === terminal)?.tab;
    session = new Session(terminal, {
      screenReader: preferences.get().screenReader,
      leave: () => leave(),
      unsent: () => terminalNotices.set({ unsent: true }),
      ready: (is) => markReady(terminal, is),
    });
    sessions.set(terminal, session);
    if (tab !== undefined && opening.delete(tab)) session.expectAttached(USUAL);
  }
  return session;
}

function forgetRemoved(): void {
  if (labState.get().connection !== 'open') return;
  const { error } = labState.get();
  // A tab that was refused may be asked for again.
  if (error !== lastError && error !== undefined) opening.clear();
  lastError = error;
  const known = new Set(labState.get().terminals.map((t) => t.terminal));
  each((_session, terminal) => {
    if (!known.has(terminal)) drop(terminal);
  });
}

function drop(terminal: number): void {
  sessions.get(terminal)?.dispose();
  sessions.delete(terminal);
  markReady(terminal, false);
}

function markReady(terminal: number, is: boolean): void {
  if (attachedTerminals.get().ready.has(terminal) === is) return;
  attachedTerminals.set(({ ready }) => ({
    ready: new Set([...ready].filter((t) => t !== terminal).concat(is ? [terminal] : [])),
  }));
}

function each(visit: (session: Session, terminal: number) => void): void {
  for (const [terminal, session] of [...sessions]) visit(session, terminal);
}
