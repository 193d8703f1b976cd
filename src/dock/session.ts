/** One terminal of the lab in this page: xterm.js, its element, and its part of the wire. Loaded with the first terminal. */
import { FitAddon } from '@xterm/addon-fit';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import { LIMITS } from '../../server/protocol';
import { CLIENT } from '../lab/client';
import { type Attached, send, sendBytes } from '../lab/connection';
import { OutputStream } from './stream';
import { currentTheme } from './theme';

export interface Size {
  columns: number;
  rows: number;
}

export interface SessionOptions {
  screenReader: boolean;
  /** The reader wants out of the terminal by keyboard. */
  leave(): void;
  /** Keys could not be sent. */
  unsent(): void;
  /** The terminal is on screen, has its output so far, and the server knows its size; or that is over. */
  ready(is: boolean): void;
}

/** A size for a terminal that is not on screen yet: the server is told the true one as soon as it is. */
export const USUAL: Size = { columns: 80, rows: 24 };

/** Bytes of one frame to the server: a long paste goes in pieces. */
const PIECE = 64 * 1024;

export class Session {
  readonly element = document.createElement('div');
  private readonly xterm: Terminal;
  private readonly fitter = new FitAddon();
  private readonly stream = new OutputStream();
  private webgl: WebglAddon | undefined;
  private announced: Size = USUAL;
  /** `asked`: attach is sent, its answer has not come. */
  private attachment: 'no' | 'asked' | 'yes' = 'no';

  constructor(
    readonly terminal: number,
    private readonly options: SessionOptions,
  ) {
    this.element.className = 'malha-terminal';
    this.xterm = new Terminal({
      // The graphemes addon is one of xterm's proposed interfaces.
      allowProposedApi: true,
      convertEol: false,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--malha-terminal-font'),
      fontSize: 13,
      lineHeight: 1.25,
      minimumContrastRatio: 4.5,
      screenReaderMode: options.screenReader,
      scrollback: 5000,
      theme: currentTheme(),
      linkHandler: { activate: (_event, uri) => openLink(uri), allowNonHttpProtocols: false },
    });
    this.xterm.loadAddon(this.fitter);
    this.xterm.loadAddon(new UnicodeGraphemesAddon());
    this.xterm.loadAddon(new WebLinksAddon((_event, uri) => openLink(uri)));
    this.xterm.onData((data) => this.type(new TextEncoder().encode(data)));
    this.xterm.onBinary((data) => this.type(Uint8Array.from(data, (c) => c.charCodeAt(0))));
    this.xterm.attachCustomKeyEventHandler((event) => this.handleKey(event));
  }

  /** Puts the terminal into the page; the parent must have a size. */
  show(parent: HTMLElement): void {
    parent.append(this.element);
    if (this.xterm.element === undefined) this.xterm.open(this.element);
    this.drawWithWebgl();
    this.fit();
  }

  /** Takes it out of the page; it goes on reading. */
  hide(): void {
    this.webgl?.dispose();
    this.webgl = undefined;
    this.element.remove();
  }

  focus(): void {
    this.xterm.focus();
  }

  restyle(): void {
    this.xterm.options.theme = currentTheme();
  }

  setScreenReader(on: boolean): void {
    this.xterm.options.screenReaderMode = on;
  }

  /** Fits columns and rows to the element, and tells the server where they changed. */
  fit(): void {
    const proposed = this.fitter.proposeDimensions();
    if (proposed === undefined || !Number.isFinite(proposed.cols) || !Number.isFinite(proposed.rows)) return;
    const size: Size = {
      columns: Math.min(LIMITS.columns, Math.max(2, proposed.cols)),
      rows: Math.min(LIMITS.rows, Math.max(1, proposed.rows)),
    };
    // A replay is drawn at the size at which it was recorded.
    if (!this.stream.replaying) this.xterm.resize(size.columns, size.rows);
    if (size.columns === this.announced.columns && size.rows === this.announced.rows) return;
    this.announced = size;
    if (this.attachment === 'yes') send({ type: 'terminal.resize', terminal: this.terminal, ...size });
  }

  /** Watches the terminal from where this page has got to. Does nothing while it is watched already. */
  attach(): void {
    if (this.attachment !== 'no') return;
    this.attachment = 'asked';
    // An empty write comes back when all before it is parsed: only then is `seen` what the screen shows.
    this.xterm.write('', () => {
      const sent = send({
        type: 'terminal.attach',
        terminal: this.terminal,
        after: this.stream.seen,
        client: CLIENT,
        ...this.announced,
      });
      if (!sent) this.attachment = 'no';
    });
  }

  /** The server attaches a terminal that this page has opened by itself. */
  expectAttached(size: Size): void {
    this.attachment = 'asked';
    this.announced = size;
  }

  attached(message: Attached): void {
    this.attachment = 'yes';
    if (message.reset) this.xterm.reset();
    this.xterm.resize(message.columns, message.rows);
    this.stream.attached(message.from, message.until);
    if (!this.stream.replaying) this.settle();
  }

  detached(): void {
    this.attachment = 'no';
    this.options.ready(false);
  }

  bytes(offset: number, bytes: Uint8Array): void {
    const fresh = this.stream.take(offset, bytes);
    if (fresh.length === 0) return;
    this.xterm.write(fresh, () => {
      const wasReplaying = this.stream.replaying;
      const acknowledged = this.stream.wrote(fresh.length);
      if (acknowledged > 0) send({ type: 'terminal.ack', terminal: this.terminal, bytes: acknowledged });
      if (wasReplaying && !this.stream.replaying) this.settle();
    });
  }

  dispose(): void {
    this.hide();
    this.xterm.dispose();
  }

  /** What follows is live: take the size of the page, and type. */
  private settle(): void {
    this.fit();
    this.options.ready(true);
  }

  private type(bytes: Uint8Array): void {
    if (this.stream.replaying) return;
    for (let at = 0; at < bytes.length; at += PIECE) {
      if (sendBytes(this.terminal, bytes.subarray(at, at + PIECE))) continue;
      this.options.unsent();
      return;
    }
  }

  /** False keeps a key from the shell. */
  private handleKey(event: KeyboardEvent): boolean {
    if (event.key === 'F6') {
      event.preventDefault();
      if (event.type === 'keydown') this.options.leave();
      return false;
    }
    const isCopy = event.ctrlKey && event.shiftKey && event.code === 'KeyC';
    if (isCopy && this.xterm.hasSelection()) {
      event.preventDefault();
      if (event.type === 'keydown') void navigator.clipboard?.writeText(this.xterm.getSelection());
      return false;
    }
    return true;
  }

  private drawWithWebgl(): void {
    try {
      const webgl = new WebglAddon();
      // A lost context (a driver restarted, too many canvases) leaves xterm's own DOM renderer.
      webgl.onContextLoss(() => webgl.dispose());
      this.xterm.loadAddon(webgl);
      this.webgl = webgl;
    } catch {
      // No WebGL here: xterm draws with DOM elements.
    }
  }
}

function openLink(uri: string): void {
  if (/^https?:\/\//i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
}
