/** The socket to the lab server: keeps the state up to date, comes back by itself, hands terminal bytes on. */
import {
  type ClientMessage,
  decodeFrame,
  encodeFrame,
  parseMessage,
  ServerMessage,
  SOCKET_PATH,
} from '../../server/protocol';
import { receiveLessons } from '../progress/progress';
import { probe } from './probe';
import { labState } from './state';

export type Attached = Extract<ServerMessage, { type: 'terminal.attached' }>;

/** What the terminals of the dock want to know. */
export interface TerminalSink {
  attached(message: Attached): void;
  bytes(terminal: number, offset: number, bytes: Uint8Array): void;
  /** The connection is there, and the server has said which terminals it has. */
  connected(): void;
  disconnected(): void;
}

/** Milliseconds between tries: the first, and the longest. */
const RETRY = { first: 250, longest: 5000 };

let socket: WebSocket | undefined;
let sink: TerminalSink | undefined;
let retry = RETRY.first;
let timer: ReturnType<typeof setTimeout> | undefined;

export function connect(): void {
  if (socket !== undefined) return;
  window.addEventListener('online', retryNow);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && retryNow());
  open();
}

/** Gives the terminals' bytes to `next`; tells it at once if the connection is there already. */
export function setTerminalSink(next: TerminalSink): void {
  sink = next;
  if (labState.get().connection === 'open') next.connected();
}

/** False where there is no connection: nothing was sent. */
export function send(message: ClientMessage): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(message));
  return true;
}

/** Keys typed into a terminal. False where there is no connection: nothing was sent. */
export function sendBytes(terminal: number, bytes: Uint8Array): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  // A frame is newly made over an ArrayBuffer of its own; its type leaves room for a shared one, which sockets refuse.
  socket.send(encodeFrame(terminal, 0, bytes) as Uint8Array<ArrayBuffer>);
  return true;
}

function open(): void {
  labState.set((s) => ({ connection: s.connectedOnce ? 'lost' : 'connecting' }));
  const url = new URL(SOCKET_PATH, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const current = new WebSocket(url);
  socket = current;
  current.binaryType = 'arraybuffer';
  current.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === 'string') return receive(data);
    const frame = decodeFrame(new Uint8Array(data));
    if (frame !== undefined) sink?.bytes(frame.terminal, frame.offset, frame.bytes);
  };
  current.onclose = () => {
    if (socket === current) void closed();
  };
}

async function closed(): Promise<void> {
  const wasOpen = labState.get().connection === 'open';
  labState.set({ connection: 'lost' });
  if (wasOpen) sink?.disconnected();
  // A browser does not tell why a socket was refused; a lab that started anew asks for a new sign-in.
  if (!wasOpen && (await probe()) === 'locked') {
    labState.set({ presence: 'locked', connection: 'none' });
    return;
  }
  timer = setTimeout(open, retry);
  retry = Math.min(retry * 2, RETRY.longest);
}

function retryNow(): void {
  if (timer === undefined || socket?.readyState !== WebSocket.CLOSED) return;
  clearTimeout(timer);
  timer = undefined;
  open();
}

function receive(text: string): void {
  const message = parseMessage(ServerMessage, text);
  if (message === undefined) {
    console.warn('Malha: the lab server sent a message that this page does not know; reload the page.');
    return;
  }
  switch (message.type) {
    case 'lab':
      labState.set({ lab: message.lab });
      break;
    case 'snapshot':
      retry = RETRY.first;
      labState.set({
        presence: 'present',
        connection: 'open',
        connectedOnce: true,
        error: undefined,
        terminals: message.terminals,
        runs: Object.fromEntries(message.runs.map((run) => [run.step, run])),
      });
      sink?.connected();
      break;
    case 'terminal.changed': {
      const { info } = message;
      labState.set(({ terminals }) => ({
        terminals: [...terminals.filter((t) => t.terminal !== info.terminal), info].sort((a, b) => a.tab - b.tab),
      }));
      break;
    }
    case 'terminal.removed':
      labState.set(({ terminals }) => ({ terminals: terminals.filter((t) => t.terminal !== message.terminal) }));
      break;
    case 'terminal.attached':
      sink?.attached(message);
      break;
    case 'run.changed':
      labState.set(({ runs }) => ({ runs: { ...runs, [message.run.step]: message.run } }));
      break;
    case 'error':
      labState.set({ error: message.message });
      break;
    case 'lessons':
    case 'check.changed':
    case 'lesson.changed':
    case 'progress':
      receiveLessons(message);
      break;
  }
}
