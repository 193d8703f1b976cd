/** The connection comes back by itself, notices when it is dead, and says only what is worth a word. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientMessage, ServerMessage } from '../../server/protocol';
import { decodeFrame } from '../../server/protocol';

/** A socket whose other end is the test. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: (string | Uint8Array)[] = [];
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly url: URL) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = 3;
  }

  says(message: ServerMessage): void {
    this.readyState = FakeSocket.OPEN;
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The server takes the connection. */
  welcomes(instance = 'one'): void {
    this.says({ type: 'snapshot', instance, terminals: [], runs: [], recordings: [] });
  }

  breaks(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  get messages(): ClientMessage[] {
    return this.sent.filter((data) => typeof data === 'string').map((data) => JSON.parse(data));
  }
}

let page: EventTarget & { location?: { href: string } };
let status: number;
let connection: typeof import('./connection');
let labState: typeof import('./state')['labState'];

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  FakeSocket.all = [];
  status = 200;
  page = new EventTarget();
  page.location = { href: 'http://localhost:7777/concepts/' };
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('window', page);
  vi.stubGlobal('document', document);
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', async () => {
    if (status === 0) throw new TypeError('Failed to fetch');
    return Response.json({ name: 'malha' }, { status });
  });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  connection = await import('./connection');
  ({ labState } = await import('./state'));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Milliseconds until another socket is made. */
async function untilNextTry(): Promise<number> {
  const before = FakeSocket.all.length;
  const start = Date.now();
  while (FakeSocket.all.length === before) await vi.advanceTimersByTimeAsync(10);
  return Date.now() - start;
}

const connected = () => {
  connection.connect();
  FakeSocket.last.welcomes();
};

describe('the connection', () => {
  it('goes to the page’s own host', () => {
    connected();
    expect(FakeSocket.last.url.href).toBe('ws://localhost:7777/api/socket');
    expect(labState.get()).toMatchObject({ connection: 'open', connectedOnce: true, lost: undefined });
    connection.connect();
    expect(FakeSocket.all.length).toBe(1);
  });

  it('is tried again after 250 ms, then ever later, and from the start once it is back', async () => {
    connected();
    status = 0;
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      FakeSocket.last.breaks();
      waits.push(await untilNextTry());
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    FakeSocket.last.welcomes();
    FakeSocket.last.breaks();
    expect(await untilNextTry()).toBe(250);
  });

  it('says nothing of a loss that is mended within a second, and when the next try is of a longer one', async () => {
    connected();
    FakeSocket.last.breaks();
    expect(labState.get()).toMatchObject({ connection: 'lost', lost: undefined });
    await untilNextTry();
    FakeSocket.last.welcomes();
    await vi.advanceTimersByTimeAsync(5000);
    expect(labState.get().lost).toBeUndefined();

    const since = Date.now();
    status = 0;
    FakeSocket.last.breaks();
    await untilNextTry();
    FakeSocket.last.breaks();
    await untilNextTry();
    expect(labState.get().lost).toBeUndefined();
    FakeSocket.last.breaks();
    await vi.advanceTimersByTimeAsync(300);
    expect(labState.get().lost).toEqual({ since, nextTry: since + 250 + 500 + 1000 });
    await untilNextTry();
    expect(labState.get().lost).toEqual({ since, nextTry: undefined });
    FakeSocket.last.welcomes();
    expect(labState.get().lost).toBeUndefined();
  });

  it.each(['online', 'focus'])('is tried at once on %s', async (event) => {
    connected();
    status = 0;
    for (let i = 0; i < 5; i++) {
      FakeSocket.last.breaks();
      await untilNextTry();
    }
    FakeSocket.last.breaks();
    const before = FakeSocket.all.length;
    page.dispatchEvent(new Event(event));
    expect(FakeSocket.all.length).toBe(before + 1);
  });

  it('is given up where what was typed is not answered within 5 s, and its late words are not heard', async () => {
    connected();
    const dead = FakeSocket.last;
    expect(connection.sendBytes(3, 40, new Uint8Array([65]))).toBe(true);
    expect(decodeFrame(dead.sent[0] as Uint8Array)).toEqual({ terminal: 3, offset: 40, bytes: new Uint8Array([65]) });
    await vi.advanceTimersByTimeAsync(4990);
    expect(labState.get().connection).toBe('open');
    await vi.advanceTimersByTimeAsync(20);
    expect(labState.get().connection).toBe('lost');
    dead.welcomes('other');
    expect(labState.get().instance).toBe('one');
    await untilNextTry();
    expect(FakeSocket.all.length).toBe(2);
  });

  it('lives as long as anything is heard', async () => {
    connected();
    connection.sendBytes(3, 0, new Uint8Array([65]));
    await vi.advanceTimersByTimeAsync(4000);
    FakeSocket.last.says({ type: 'terminal.received', terminal: 3, input: 1 });
    await vi.advanceTimersByTimeAsync(4000);
    expect(labState.get().connection).toBe('open');
  });

  it('is asked whether it lives when nothing was heard for long, and given up without an answer', async () => {
    connected();
    await vi.advanceTimersByTimeAsync(14_000);
    expect(FakeSocket.last.messages).toEqual([]);
    await vi.advanceTimersByTimeAsync(6000);
    expect(FakeSocket.last.messages).toEqual([{ type: 'echo' }]);
    FakeSocket.last.says({ type: 'echo' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(FakeSocket.last.messages.length).toBe(2);
    await vi.advanceTimersByTimeAsync(5000);
    expect(labState.get().connection).not.toBe('open');
  });

  it('is asked at once when the reader comes back', async () => {
    connected();
    await vi.advanceTimersByTimeAsync(3000);
    page.dispatchEvent(new Event('focus'));
    expect(FakeSocket.last.messages).toEqual([{ type: 'echo' }]);
  });

  it('is given up where nobody answers the handshake', async () => {
    connection.connect();
    await vi.advanceTimersByTimeAsync(5000);
    expect(await untilNextTry()).toBe(250);
  });

  it('ends where the lab wants a new sign-in, and begins again after that', async () => {
    connected();
    FakeSocket.last.breaks();
    await untilNextTry();
    status = 401;
    FakeSocket.last.breaks();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(FakeSocket.all.length).toBe(2);
    expect(labState.get()).toMatchObject({ presence: 'locked', connection: 'none', lost: undefined });
    connection.connect();
    FakeSocket.last.welcomes();
    expect(labState.get()).toMatchObject({ presence: 'present', connection: 'open' });
  });

  it('is closed when the page is left, and opened when the browser brings the page back', async () => {
    connected();
    page.dispatchEvent(new Event('pagehide'));
    expect(FakeSocket.last.readyState).toBe(3);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(FakeSocket.all.length).toBe(1);
    page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(FakeSocket.all.length).toBe(2);
  });
});
