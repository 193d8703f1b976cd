/** The socket to the lab server: opens it, notices when it is dead, comes back by itself, and goes on where it was. */
import {
  type ClientMessage,
  decodeFrame,
  encodeFrame,
  parseMessage,
  ServerMessage,
  SOCKET_PATH,
} from '../../server/protocol';
import { backOff } from './backoff';
import { applyMessage, type TerminalSink } from './messages';
import { probe } from './probe';
import { labState } from './state';
import { onWake } from './wake';

/** Milliseconds. What the server must answer within; a connection that is silent for longer is dead. */
const ANSWER = 5000;
/** A connection over which nothing came for so long is asked whether it lives. */
const IDLE = 15_000;
/** The same, where the reader or the network has just come back. */
const IDLE_AT_WAKE = 1000;
/** A connection that comes back sooner than this was never worth a word. */
const QUIET = 1000;
/** The messages that the server always answers. */
const ANSWERED: ReadonlySet<ClientMessage['type']> = new Set([
  'terminal.open',
  'terminal.attach',
  'echo',
] satisfies ClientMessage['type'][]);

let socket: WebSocket | undefined;
let sink: TerminalSink | undefined;
let attempt = 0;
let begun = false;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let noticeTimer: ReturnType<typeof setTimeout> | undefined;
let answerTimer: ReturnType<typeof setTimeout> | undefined;
/** As of performance.now(). */
let lastHeard = 0;
/** As of Date.now(). */
let nextTryAt = 0;

/** Opens the connection, and keeps it from then on. Does nothing where it is kept already. */
export function connect(): void {
  if (!begun) {
    begun = true;
    onWake(wake);
    setInterval(() => document.visibilityState === 'visible' && askAfter(IDLE), ANSWER);
    // A page that is left says so at once: its size holds no other page back, and the browser may keep it to come back to.
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', ({ persisted }) => persisted && connect());
  }
  if (socket === undefined && retryTimer === undefined) open();
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
  if (ANSWERED.has(message.type)) expectAnswer();
  else askAfter(IDLE_AT_WAKE);
  return true;
}

/** Keys typed into a terminal, after `offset` bytes of before. False where there is no connection: nothing was sent. */
export function sendBytes(terminal: number, offset: number, bytes: Uint8Array): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  // A frame is newly made over an ArrayBuffer of its own; its type leaves room for a shared one, which sockets refuse.
  socket.send(encodeFrame(terminal, offset, bytes) as Uint8Array<ArrayBuffer>);
  // What is typed is confirmed.
  expectAnswer();
  return true;
}

/** Tries at once, where the next try is still to come. */
export function retryNow(): void {
  if (retryTimer === undefined) return;
  clearTimeout(retryTimer);
  open();
}

function open(): void {
  retryTimer = undefined;
  const { connectedOnce, lost } = labState.get();
  labState.set({
    connection: connectedOnce ? 'lost' : 'connecting',
    lost: lost && { since: lost.since, nextTry: undefined },
  });
  const url = new URL(SOCKET_PATH, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const current = new WebSocket(url);
  socket = current;
  current.binaryType = 'arraybuffer';
  current.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    heard();
    if (typeof data === 'string') return receive(data);
    const frame = decodeFrame(new Uint8Array(data));
    if (frame !== undefined) sink?.bytes(frame.terminal, frame.offset, frame.bytes);
  };
  current.onclose = () => void closed();
  // The server speaks first. A handshake that nobody answers would otherwise take minutes to fail.
  expectAnswer();
}

function receive(text: string): void {
  const message = parseMessage(ServerMessage, text);
  if (message === undefined) {
    console.warn('Malha: the lab server sent a message that this page does not know; reload the page.');
    return;
  }
  if (message.type === 'snapshot') {
    attempt = 0;
    clearTimeout(noticeTimer);
    noticeTimer = undefined;
  }
  applyMessage(message, sink);
}

async function closed(): Promise<void> {
  const wasOpen = labState.get().connection === 'open';
  drop();
  labState.set({ connection: 'lost' });
  if (wasOpen) sink?.disconnected();
  const wait = backOff(attempt++, Math.random());
  nextTryAt = Date.now() + wait;
  retryTimer = setTimeout(open, wait);
  const { lost } = labState.get();
  if (lost !== undefined) notice(lost.since);
  else noticeTimer ??= setTimeout(notice, QUIET, Date.now());
  // A browser does not tell why a socket was refused; a lab that started anew may ask for a new sign-in.
  if (wasOpen || (await probe()) !== 'locked' || labState.get().connection === 'open') return;
  leave();
  labState.set({ presence: 'locked', connection: 'none', lost: undefined });
}

/** Tells the reader of it. */
function notice(since: number): void {
  noticeTimer = undefined;
  labState.set({ lost: { since, nextTry: retryTimer === undefined ? undefined : nextTryAt } });
}

/** Ends the connection without a thought of the next. */
function leave(): void {
  const wasOpen = labState.get().connection === 'open';
  drop();
  clearTimeout(retryTimer);
  clearTimeout(noticeTimer);
  retryTimer = noticeTimer = undefined;
  if (wasOpen) {
    labState.set({ connection: 'lost' });
    sink?.disconnected();
  }
}

/** A dead socket may take a minute to say so: it is not listened to any more. */
function drop(): void {
  clearTimeout(answerTimer);
  answerTimer = undefined;
  if (socket === undefined) return;
  socket.onmessage = socket.onclose = null;
  socket.close();
  socket = undefined;
}

function heard(): void {
  lastHeard = performance.now();
  clearTimeout(answerTimer);
  answerTimer = undefined;
}

function expectAnswer(): void {
  answerTimer ??= setTimeout(() => void closed(), ANSWER);
}

function askAfter(silence: number): void {
  if (labState.get().connection === 'open' && performance.now() - lastHeard > silence) send({ type: 'echo' });
}

function wake(): void {
  if (retryTimer !== undefined) retryNow();
  else askAfter(IDLE_AT_WAKE);
}
