/** What the server says becomes the page's state; a server started anew takes its terminals with it. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerMessage, TerminalInfo } from '../../server/protocol';
import { applyMessage, type TerminalSink } from './messages';
import { dismissComplaint, dismissRestarted, labState } from './state';

const info = (terminal: number, tab = terminal): TerminalInfo => ({ terminal, tab, title: 'bash', state: 'prompt' });

const snapshot = (instance: string, terminals: TerminalInfo[] = []): ServerMessage => ({
  type: 'snapshot',
  instance,
  terminals,
  runs: [],
  recordings: [],
});

const silent = (): TerminalSink => ({
  attached: vi.fn(),
  bytes: vi.fn(),
  resized: vi.fn(),
  received: vi.fn(),
  typed: vi.fn(),
  connected: vi.fn(),
  disconnected: vi.fn(),
  restarted: vi.fn(() => []),
});

beforeEach(() => labState.set(labState.initial));

const tabs = () => labState.get().terminals.map((t) => [t.tab, t.terminal]);

describe('applyMessage', () => {
  it('keeps terminals by their tabs', () => {
    applyMessage(snapshot('one', [info(2), info(1)]), undefined);
    applyMessage({ type: 'terminal.changed', info: info(3) }, undefined);
    applyMessage({ type: 'terminal.changed', info: { ...info(2), state: 'running' } }, undefined);
    applyMessage({ type: 'terminal.removed', terminal: 1 }, undefined);
    expect(labState.get().terminals).toEqual([{ ...info(2), state: 'running' }, info(3)]);
  });

  it('tells nobody of a restart where the same server is back', () => {
    const sink = silent();
    applyMessage(snapshot('one', [info(1)]), sink);
    applyMessage(snapshot('one', [info(1)]), sink);
    expect(sink.restarted).not.toHaveBeenCalled();
    expect(sink.connected).toHaveBeenCalledTimes(2);
    expect(labState.get().restarted).toBe(false);
  });

  it('keeps the last screens of a server that was started anew, until their tabs are used again', () => {
    const sink = silent();
    applyMessage(snapshot('one', [info(1), info(2)]), sink);
    vi.mocked(sink.restarted).mockReturnValue([
      { ...info(-1, 1), state: 'exited', gone: true },
      { ...info(-2, 2), state: 'exited', gone: true },
    ]);
    // Another page was there first, and has a terminal in tab 2.
    applyMessage(snapshot('two', [info(1, 2)]), sink);
    expect(labState.get()).toMatchObject({ instance: 'two', restarted: true });
    expect(tabs()).toEqual([
      [1, -1],
      [2, 1],
    ]);
    // The connection was lost once more, to the same server.
    applyMessage(snapshot('two', [info(1, 2)]), sink);
    expect(sink.restarted).toHaveBeenCalledTimes(1);
    applyMessage({ type: 'terminal.changed', info: { ...info(1, 2), state: 'running' } }, sink);
    expect(tabs()).toEqual([
      [1, -1],
      [2, 1],
    ]);
    applyMessage({ type: 'terminal.changed', info: info(2, 1) }, sink);
    expect(tabs()).toEqual([
      [1, 2],
      [2, 1],
    ]);
    dismissRestarted();
    expect(labState.get().restarted).toBe(false);
  });

  it('keeps a complaint, with its code, until it is dismissed or the connection is a new one', () => {
    applyMessage({ type: 'error', code: 'terminals-full', message: 'All are in use.' }, undefined);
    expect(labState.get().complaint).toEqual({ code: 'terminals-full', message: 'All are in use.' });
    dismissComplaint();
    expect(labState.get().complaint).toBeUndefined();
    applyMessage({ type: 'error', code: 'other', message: 'No.' }, undefined);
    applyMessage(snapshot('one'), undefined);
    expect(labState.get().complaint).toBeUndefined();
  });

  it('hands what concerns one terminal to the sink', () => {
    const sink = silent();
    applyMessage({ type: 'terminal.resized', terminal: 4, columns: 80, rows: 24 }, sink);
    applyMessage({ type: 'terminal.received', terminal: 4, input: 17 }, sink);
    applyMessage({ type: 'terminal.typed', terminal: 4 }, sink);
    expect(sink.resized).toHaveBeenCalledWith({ type: 'terminal.resized', terminal: 4, columns: 80, rows: 24 });
    expect(sink.received).toHaveBeenCalledWith(4, 17);
    expect(sink.typed).toHaveBeenCalledWith(4);
  });
});
