/** The browser's side of each server, brought to one shape, with a model of a terminal that parses at a given speed. */
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame, LIMITS, SOCKET_PATH } from '../../../server/protocol.ts';

const PATIENCE = 60_000;

/** A connection to one new terminal. */
export interface Wire {
  send(bytes: string): void;
  /** Called with output as it comes off the socket. */
  onBytes: (bytes: Buffer) => void;
  /** The terminal has parsed this many bytes; servers without flow control are not told. */
  parsed(bytes: number): void;
  close(): void;
}

export type Connect = (address: { port: number; token: string }) => Promise<Wire>;

const opened = (socket: WebSocket) =>
  new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });

export const connectNaive: Connect = async ({ port }) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  const wire: Wire = {
    send: (bytes) => socket.send(bytes),
    onBytes: () => {},
    parsed: () => {},
    close: () => socket.close(),
  };
  socket.on('message', (data: Buffer) => wire.onBytes(data));
  await opened(socket);
  return wire;
};

/** A page's socket, which carries all its terminals: a new page for as many as a lab has tabs. */
class MalhaPage {
  static #count = 0;
  readonly name = `bench-${process.pid}-${MalhaPage.#count++}`;
  readonly socket: WebSocket;
  readonly ready: Promise<void>;
  /** How many were asked for, and how many of them are still open. */
  asked = 0;
  open = 0;
  #wires = new Map<number, (bytes: Buffer) => void>();
  #waiting: ((terminal: number) => void)[] = [];

  constructor(
    readonly port: number,
    token: string,
  ) {
    this.socket = openMalha(port, token);
    this.ready = opened(this.socket);
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        const frame = decodeFrame(data);
        if (frame) this.#wires.get(frame.terminal)?.(frame.bytes as Buffer);
        return;
      }
      const message = JSON.parse(data.toString()) as { type: string; terminal: number };
      // Terminals are opened in the order in which they were asked for.
      if (message.type === 'terminal.attached' && !this.#wires.has(message.terminal)) {
        this.#waiting.shift()?.(message.terminal);
      }
    });
  }

  async terminal(onBytes: (bytes: Buffer) => void): Promise<number> {
    this.asked++;
    this.open++;
    await this.ready;
    const opening = new Promise<number>((resolve) => {
      this.#waiting.push((terminal) => {
        this.#wires.set(terminal, onBytes);
        resolve(terminal);
      });
    });
    this.send({ type: 'terminal.open', client: this.name, columns: 80, rows: 24 });
    return opening;
  }

  close(terminal: number): void {
    this.send({ type: 'terminal.close', terminal });
    this.open--;
    if (this.open === 0) this.socket.close();
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}

let page: MalhaPage | undefined;

export const connectMalha: Connect = async ({ port, token }) => {
  if (!page || page.port !== port || page.asked === LIMITS.terminals || (page.asked > 0 && page.open === 0)) {
    page = new MalhaPage(port, token);
  }
  const mine = page;
  let typed = 0;
  let unacknowledged = 0;
  let terminal = 0;
  const wire: Wire = {
    send(bytes) {
      const data = Buffer.from(bytes);
      mine.socket.send(encodeFrame(terminal, typed, data));
      typed += data.length;
    },
    onBytes: () => {},
    parsed(bytes) {
      unacknowledged += bytes;
      if (unacknowledged < LIMITS.ack) return;
      mine.send({ type: 'terminal.ack', terminal, bytes: unacknowledged });
      unacknowledged = 0;
    },
    close: () => mine.close(terminal),
  };
  terminal = await mine.terminal((bytes) => wire.onBytes(bytes));
  return wire;
};

export function openMalha(port: number, token: string): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${SOCKET_PATH}`, {
    origin: `http://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
}

/** terminado: JSON arrays, the first of them the output's kind. */
export const connectTerminado: Connect = async ({ port }) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/websocket`, { origin: `http://127.0.0.1:${port}` });
  const wire: Wire = {
    send: (bytes) => socket.send(JSON.stringify(['stdin', bytes])),
    onBytes: () => {},
    parsed: () => {},
    close: () => socket.close(),
  };
  socket.on('message', (data: Buffer) => {
    const [kind, text] = JSON.parse(data.toString()) as [string, string];
    if (kind === 'stdout') wire.onBytes(Buffer.from(text));
  });
  await opened(socket);
  return wire;
};

/** ttyd: one byte tells the kind; the first message is the size. */
export const connectTtyd: Connect = async ({ port }) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'tty', { perMessageDeflate: false });
  const wire: Wire = {
    send: (bytes) => socket.send(Buffer.from(`0${bytes}`)),
    onBytes: () => {},
    parsed: () => {},
    close: () => socket.close(),
  };
  socket.on('message', (data: Buffer) => {
    if (data[0] === 0x30) wire.onBytes(data.subarray(1));
  });
  await opened(socket);
  socket.send(Buffer.from(JSON.stringify({ AuthToken: '', columns: 80, rows: 24 })));
  return wire;
};

/** wetty: socket.io over its WebSocket transport (Engine.IO 4), as its page speaks it; `commit` tells what was parsed. */
export const connectWetty: Connect = async ({ port }) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
    origin: `http://127.0.0.1:${port}`,
    perMessageDeflate: false,
  });
  const emit = (...event: unknown[]) => socket.send(`42${JSON.stringify(event)}`);
  let uncommitted = 0;
  const wire: Wire = {
    send: (bytes) => emit('input', bytes),
    onBytes: () => {},
    parsed(bytes) {
      uncommitted += bytes;
      if (uncommitted < 256 * 1024) return;
      emit('commit', uncommitted);
      uncommitted = 0;
    },
    close: () => socket.close(),
  };
  const joined = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return wire.onBytes(data);
      const text = data.toString();
      if (text === '2') socket.send('3');
      else if (text.startsWith('0')) socket.send('40');
      else if (text.startsWith('42')) {
        const [event, output] = JSON.parse(text.slice(2)) as [string, unknown];
        // What is typed before its shell is there is lost.
        if (event === 'login') resolve();
        else if (event === 'data' && typeof output === 'string') wire.onBytes(Buffer.from(output));
      }
    });
  });
  await opened(socket);
  await joined;
  emit('resize', { cols: 80, rows: 24 });
  return wire;
};

/**
 * A terminal that takes everything off its socket at once, as browsers do, and parses `rate` bytes a second (Infinity:
 * at once).
 */
export class Screen {
  /** Bytes that wait for the parser, and the most that ever did. */
  queued = 0;
  largestQueue = 0;
  parsedBytes = 0;
  #tail = '';
  #waiting: Buffer[] = [];
  #listeners = new Set<() => void>();
  #last = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly wire: Wire,
    private readonly rate = Number.POSITIVE_INFINITY,
  ) {
    wire.onBytes = (bytes) => this.#take(bytes);
    if (Number.isFinite(rate)) this.#timer = setInterval(() => this.#work(), 2);
  }

  /** Resolves once `text` is among the last bytes parsed; rejects after a minute without it. */
  shows(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`No ${JSON.stringify(text)} in ${JSON.stringify(this.#tail.slice(-200))}`)),
        PATIENCE,
      );
      const look = () => {
        if (!this.#tail.includes(text)) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }

  forget(): void {
    this.#tail = '';
  }

  close(): void {
    clearInterval(this.#timer);
    this.wire.close();
  }

  #take(bytes: Buffer): void {
    if (!Number.isFinite(this.rate)) {
      this.#parse(bytes);
      return;
    }
    this.#waiting.push(bytes);
    this.queued += bytes.length;
    this.largestQueue = Math.max(this.largestQueue, this.queued);
  }

  #work(): void {
    const now = performance.now();
    let budget = ((now - this.#last) / 1000) * this.rate;
    this.#last = now;
    while (budget > 0) {
      const next = this.#waiting.shift();
      if (!next) return;
      const part = next.subarray(0, Math.ceil(budget));
      if (part.length < next.length) this.#waiting.unshift(next.subarray(part.length));
      budget -= part.length;
      this.queued -= part.length;
      this.#parse(part);
    }
  }

  #parse(bytes: Buffer): void {
    this.parsedBytes += bytes.length;
    this.#tail = (this.#tail + bytes.subarray(-4096).toString('latin1')).slice(-4096);
    this.wire.parsed(bytes.length);
    for (const listener of [...this.#listeners]) listener();
  }
}
