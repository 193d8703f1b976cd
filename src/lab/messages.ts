/** What the server says, taken into the page's state of the lab, and handed on to the terminals. */
import type { ServerMessage } from '../../server/protocol';
import { receiveLessons } from '../progress/progress';
import { type KnownTerminal, labState } from './state';

export type Attached = Extract<ServerMessage, { type: 'terminal.attached' }>;
export type Resized = Extract<ServerMessage, { type: 'terminal.resized' }>;

/** What the terminals of the dock want to know. */
export interface TerminalSink {
  attached(message: Attached): void;
  bytes(terminal: number, offset: number, bytes: Uint8Array): void;
  resized(message: Resized): void;
  /** All that this page typed up to `input` has arrived. */
  received(terminal: number, input: number): void;
  /** Somebody types in another page. */
  typed(terminal: number): void;
  /** The connection is there, and the server has said which terminals it has. */
  connected(): void;
  disconnected(): void;
  /** The terminals of before are gone with their server: returns those whose last screen the page keeps, renumbered. */
  restarted(): readonly KnownTerminal[];
}

export function applyMessage(message: ServerMessage, sink: TerminalSink | undefined): void {
  switch (message.type) {
    case 'lab':
      labState.set({ lab: message.lab });
      break;
    case 'snapshot':
      applySnapshot(message, sink);
      break;
    case 'terminal.changed': {
      const { info } = message;
      labState.set(({ terminals }) => ({
        terminals: withGone(
          [...terminals.filter((t) => !t.gone && t.terminal !== info.terminal), info],
          terminals.filter((t) => t.gone),
        ),
      }));
      break;
    }
    case 'terminal.removed':
      labState.set(({ terminals }) => ({ terminals: terminals.filter((t) => t.terminal !== message.terminal) }));
      break;
    case 'terminal.attached':
      sink?.attached(message);
      break;
    case 'terminal.resized':
      sink?.resized(message);
      break;
    case 'terminal.received':
      sink?.received(message.terminal, message.input);
      break;
    case 'terminal.typed':
      sink?.typed(message.terminal);
      break;
    case 'run.changed':
      labState.set(({ runs }) => ({ runs: { ...runs, [message.run.step]: message.run } }));
      break;
    case 'recordings':
      labState.set({ recordings: message.recordings });
      break;
    case 'error': {
      const { code, message: sentence } = message;
      labState.set({ complaint: { code, message: sentence } });
      break;
    }
    case 'lessons':
    case 'check.changed':
    case 'lesson.changed':
    case 'progress':
      receiveLessons(message);
      break;
    case 'echo':
      // That it came is all that it says.
      break;
  }
}

function applySnapshot(message: Extract<ServerMessage, { type: 'snapshot' }>, sink: TerminalSink | undefined): void {
  const { instance: before, terminals, restarted } = labState.get();
  const isAnother = before !== undefined && before !== message.instance;
  const gone = [...terminals.filter((t) => t.gone), ...(isAnother ? (sink?.restarted() ?? []) : [])];
  labState.set({
    presence: 'present',
    connection: 'open',
    connectedOnce: true,
    lost: undefined,
    instance: message.instance,
    restarted: restarted || isAnother,
    complaint: undefined,
    terminals: withGone(message.terminals, gone),
    runs: Object.fromEntries(message.runs.map((run) => [run.step, run])),
    recordings: message.recordings,
  });
  sink?.connected();
}

/** In the order of their tabs; a terminal takes the place of a gone one in the same tab. */
function withGone(living: readonly KnownTerminal[], gone: readonly KnownTerminal[]): KnownTerminal[] {
  const taken = new Set(living.map((t) => t.tab));
  return [...living, ...gone.filter((t) => !taken.has(t.tab))].sort((a, b) => a.tab - b.tab);
}
