/** All terminals of the lab that this page shows: makes a session for each, and ties them to the connection. */
import { CLIENT } from '../lab/client';
import { send, setTerminalSink } from '../lab/connection';
import { type KnownTerminal, labState } from '../lab/state';
import { recall, remember } from './memory';
import { addUnsent, forgetNotice, setNotice } from './notices';
import { preferences } from './preferences';
import type { Size } from './screen';
import type { ScrollPosition } from './scroll';
import { Session, USUAL } from './session';
import { attachedTerminals } from './show';
import { watchTheme } from './theme';

/** Milliseconds for which it is said that somebody types in another page; the server says it once a second. */
const TYPED = 2000;

const sessions = new Map<number, Session>();
/** Tabs asked for whose terminal is not there yet, at what size: the server attaches this page to them unasked. */
const opening = new Map<number, Size>();
const typedTimers = new Map<number, ReturnType<typeof setTimeout>>();
/** What the page before this one left; taken up once the lab has said which terminals it has. */
let recalled: ReturnType<typeof recall> | undefined;
let nextGone = -1;
let running = false;
let lastComplaint = labState.get().complaint;

/** Called when the dock opens; later calls do nothing. */
export function startTerminals(): void {
  if (running) return;
  running = true;
  watchTheme(() => each((session) => session.restyle()));
  preferences.subscribe(() => each((session) => session.setScreenReader(preferences.get().screenReader)));
  labState.subscribe(followLab);
  // A page that nobody sees need not watch: it would hold the others to its size and to its pace.
  document.addEventListener('visibilitychange', () =>
    each((session) => (document.visibilityState === 'visible' ? session.attach() : session.detach())),
  );
  // Before the connection is closed for the same reason.
  window.addEventListener('pagehide', rememberAll, { capture: true });
  setTerminalSink({
    attached(message) {
      const { terminal } = message;
      const tab = infoOf(terminal)?.tab;
      if (sessions.has(terminal) || (tab !== undefined && opening.has(tab))) sessionOf(terminal).attached(message);
      // Opened by a click that the reader has taken back.
      else send({ type: 'terminal.detach', terminal });
    },
    bytes: (terminal, offset, bytes) => sessions.get(terminal)?.bytes(offset, bytes),
    resized: (message) => sessions.get(message.terminal)?.resized(message),
    received: (terminal, input) => sessions.get(terminal)?.received(input),
    typed: noteTyped,
    connected() {
      recalled ??= recall(labState.get().instance);
      followLab();
      each((session) => session.attach());
    },
    disconnected() {
      opening.clear();
      each((session) => session.disconnected());
    },
    restarted: keepGone,
  });
}

/** The session of a terminal; it is watched while it is shown. */
export function watchTerminal(terminal: number): Session {
  return sessionOf(terminal);
}

/** Asks for a terminal in a tab that has none, by its number for the learner. Asking twice does nothing. */
export function openTerminal(tab: number): void {
  const size = [...sessions.values()].find((session) => session.isSeen)?.size ?? USUAL;
  if (!opening.has(tab) && send({ type: 'terminal.open', ...size, client: CLIENT, tab })) opening.set(tab, size);
}

/** Ends it and all that runs in it; of one that is gone already, forgets the last screen. */
export function closeTerminal(terminal: number): void {
  if (terminal > 0) send({ type: 'terminal.close', terminal });
  else labState.set(({ terminals }) => ({ terminals: terminals.filter((t) => t.terminal !== terminal) }));
}

/** Begins to record it, or ends that and saves the recording. False where there is no connection. */
export function recordTerminal(terminal: number, on: boolean): boolean {
  return send({ type: 'terminal.record', terminal, on });
}

function sessionOf(terminal: number): Session {
  const known = sessions.get(terminal);
  if (known !== undefined) return known;
  const info = infoOf(terminal);
  recalled ??= recall(labState.get().instance);
  const session: Session = new Session(terminal, {
    screenReader: preferences.get().screenReader,
    scrolled: recalled.get(terminal),
    viewers: () => infoOf(session.terminal)?.viewers ?? 1,
    ready: (is) => markReady(session.terminal, is),
    notice: (change) => setNotice(session.terminal, change),
    unsent: (bytes) => addUnsent(info?.tab ?? 1, bytes),
  });
  sessions.set(terminal, session);
  if (info?.state === 'exited') session.end();
  const opened = info && opening.get(info.tab);
  if (info !== undefined && opened !== undefined) {
    opening.delete(info.tab);
    session.expectAttached(opened);
  }
  return session;
}

const infoOf = (terminal: number) => labState.get().terminals.find((t) => t.terminal === terminal);

/** What the lab says of its terminals, as far as sessions care. */
function followLab(): void {
  const { connection, complaint } = labState.get();
  if (connection !== 'open') return;
  // A tab that was refused may be asked for again.
  if (complaint !== lastComplaint && complaint !== undefined) opening.clear();
  lastComplaint = complaint;
  each((session, terminal) => {
    const info = infoOf(terminal);
    if (info === undefined) drop(terminal);
    else if (info.state === 'exited') session.end();
    else session.viewersChanged();
  });
}

/** Keeps the last screens of terminals whose server is gone, under numbers that no server gives. */
function keepGone(): readonly KnownTerminal[] {
  const gone: KnownTerminal[] = [];
  each((session, terminal) => {
    const info = infoOf(terminal);
    if (terminal < 0 || info === undefined) return;
    sessions.delete(terminal);
    forgetNotice(terminal);
    markReady(terminal, false);
    session.outlive(nextGone);
    sessions.set(nextGone, session);
    const { tab, title, exitCode, cwd } = info;
    gone.push({ terminal: nextGone, tab, title, exitCode, cwd, state: 'exited', gone: true });
    nextGone--;
  });
  return gone;
}

function drop(terminal: number): void {
  sessions.get(terminal)?.dispose();
  sessions.delete(terminal);
  clearTimeout(typedTimers.get(terminal));
  typedTimers.delete(terminal);
  markReady(terminal, false);
  forgetNotice(terminal);
}

function noteTyped(terminal: number): void {
  setNotice(terminal, { typedElsewhere: true });
  clearTimeout(typedTimers.get(terminal));
  typedTimers.set(
    terminal,
    setTimeout(() => setNotice(terminal, { typedElsewhere: false }), TYPED),
  );
}

/** For the page that comes after this one. */
function rememberAll(): void {
  const { instance, connection } = labState.get();
  if (instance === undefined) return;
  const positions: Record<number, ScrollPosition> = {};
  const unsent: { tab: number; bytes: number[] }[] = [];
  each((session, terminal) => {
    if (session.scrolled !== undefined) positions[terminal] = session.scrolled;
    // Over an open connection what was typed is on its way.
    if (connection !== 'open') unsent.push({ tab: infoOf(terminal)?.tab ?? 1, bytes: [...session.takePending()] });
  });
  remember({ instance, scrolled: positions, unsent });
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
