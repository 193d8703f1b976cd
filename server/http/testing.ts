/** A lab behind its door with a stub for a cluster, and a browser's side of the socket, for tests. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { Backend } from '../clusters/backend.ts';
import { createHome, type Home, homeOf } from '../lab/home.ts';
import { Lab, type LabOptions } from '../lab/lab.ts';
import {
  type ClientMessage,
  decodeFrame,
  encodeFrame,
  type RunState,
  type ServerMessage,
  SOCKET_PATH,
} from '../protocol.ts';
import { type Door, type DoorOptions, openDoor } from './app.ts';

export const TOKEN = 'a-token-for-tests';

export const stubBackend: Backend = {
  report: () => ({ kind: 'embedded', label: 'stub', simulated: true }),
  start: async () => {},
  stop: async () => {},
};

export interface House {
  lab: Lab;
  door: Door;
  home: Home;
  end(): Promise<void>;
}

export async function house(
  options: {
    bringUp?: (home: Home) => Promise<Backend>;
    site?: Record<string, string>;
    lessons?: LabOptions['lessons'];
    patience?: DoorOptions['patience'];
  } = {},
): Promise<House> {
  const root = mkdtempSync(path.join(tmpdir(), 'malha-house-'));
  const userHome = path.join(root, 'user');
  const site = path.join(root, 'site');
  const env = { PATH: process.env.PATH, HOME: userHome, SHELL: '/bin/bash', MALHA_HOME: path.join(root, 'malha') };
  const home = homeOf(env);
  mkdirSync(userHome);
  createHome(home);
  const pages = { 'index.html': '<!doctype html><script>go()</script>home', ...options.site };
  for (const [name, text] of Object.entries(pages)) {
    mkdirSync(path.dirname(path.join(site, name)), { recursive: true });
    writeFileSync(path.join(site, name), text);
  }
  const bringUp = async () => options.bringUp?.(home) ?? stubBackend;
  const lab = new Lab({ home, version: '0.0.0', env, bringUp, lessons: options.lessons });
  const door = await openDoor({ lab, token: TOKEN, siteFolder: site, port: 0, patience: options.patience });
  void lab.start();
  return {
    lab,
    door,
    home,
    end: async () => {
      await lab.stop();
      await door.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A browser tab: what it was told, and its copy of each terminal's output. */
export class Tab {
  readonly messages: ServerMessage[] = [];
  /** Each terminal's bytes by offset, as one text; cleared by a reset. */
  readonly screens = new Map<number, Buffer>();
  /** Where the next byte is expected; a gap is a fault. */
  readonly next = new Map<number, number>();
  /** Bytes of a snapshot that are still to come. */
  readonly #drawing = new Map<number, number>();
  /** Bytes typed into each. */
  readonly typed = new Map<number, number>();
  /** Acknowledges what it gets, as a browser does after parsing. */
  acknowledges = true;
  received = 0;
  #listeners = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#onFrame(data);
      else this.#onMessage(JSON.parse(data.toString()) as ServerMessage);
      for (const listener of [...this.#listeners]) listener();
    });
  }

  static async open(door: Pick<Door, 'origin'>, token = TOKEN): Promise<Tab> {
    const socket = new WebSocket(`${door.origin.replace('http', 'ws')}${SOCKET_PATH}`, {
      origin: door.origin,
      headers: { authorization: `Bearer ${token}` },
    });
    const tab = new Tab(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    await tab.until(() => tab.last('snapshot'));
    return tab;
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Numbers what it types, as a browser does. */
  type(terminal: number, text: string): void {
    const bytes = Buffer.from(text);
    const offset = this.typed.get(terminal) ?? 0;
    this.typed.set(terminal, offset + bytes.length);
    this.socket.send(encodeFrame(terminal, offset, bytes));
  }

  /** The last message of a kind. */
  last<T extends ServerMessage['type']>(type: T): Extract<ServerMessage, { type: T }> | undefined {
    return this.messages.findLast((message): message is Extract<ServerMessage, { type: T }> => message.type === type);
  }

  run(step: string): RunState | undefined {
    const changed = this.messages.findLast((message) => message.type === 'run.changed' && message.run.step === step);
    return changed?.type === 'run.changed' ? changed.run : undefined;
  }

  screen(terminal: number): string {
    return this.screens.get(terminal)?.toString('utf8') ?? '';
  }

  /** Resolves once `condition` gives something, looked at again after every message. */
  until<T>(condition: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const value = condition();
        if (value === undefined || value === false) return;
        this.#listeners.delete(look);
        resolve(value);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** Opens a terminal and waits for its prompt; resolves with its number. */
  async terminal(): Promise<number> {
    this.send({ type: 'terminal.open', client: 'test-page', columns: 80, rows: 24 });
    const { terminal } = await this.until(() => this.last('terminal.attached'));
    await this.until(() => this.#state(terminal) === 'prompt');
    return terminal;
  }

  #state(terminal: number): string | undefined {
    const changed = this.messages.findLast(
      (message) => message.type === 'terminal.changed' && message.info.terminal === terminal,
    );
    return changed?.type === 'terminal.changed' ? changed.info.state : undefined;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.close();
    await closed;
  }

  #onMessage(message: ServerMessage): void {
    this.messages.push(message);
    if (message.type !== 'terminal.attached') return;
    const { terminal, reset, from, snapshot, input } = message;
    if (reset) this.screens.delete(terminal);
    this.next.set(terminal, from);
    this.#drawing.set(terminal, snapshot);
    this.typed.set(terminal, input);
  }

  #onFrame(data: Buffer): void {
    const frame = decodeFrame(data);
    if (!frame) throw new Error('A frame without a header.');
    const { terminal, offset, bytes } = frame;
    if (offset !== this.next.get(terminal)) throw new Error(`Bytes are missing before ${offset}.`);
    const drawing = this.#drawing.get(terminal) ?? 0;
    if (drawing > 0) this.#drawing.set(terminal, drawing - bytes.length);
    else this.next.set(terminal, offset + bytes.length);
    this.screens.set(terminal, Buffer.concat([this.screens.get(terminal) ?? Buffer.alloc(0), bytes]));
    this.received += bytes.length;
    if (this.acknowledges) this.send({ type: 'terminal.ack', terminal, bytes: bytes.length });
  }
}
