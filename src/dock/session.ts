/** One terminal of the lab in this page: xterm.js, its element, and its part of the wire. Loaded with the first terminal. */
import type { Terminal } from '@xterm/xterm';
import { CLIENT } from '../lab/client';
import { send, sendBytes } from '../lab/connection';
import type { Attached } from '../lab/messages';
import { Gear } from './gear';
import { TypedInput } from './input';
import type { TerminalNotice } from './notices';
import { readableText } from './readable';
import { Screen, type Size } from './screen';
import { lineFor, positionOf, type ScrollPosition } from './scroll';
import { OutputStream } from './stream';
import { currentTheme } from './theme';
import { onTyped } from './typed';

export interface SessionOptions {
  screenReader: boolean;
  /** Where the page before this one had scrolled to. */
  scrolled: ScrollPosition | undefined;
  /** How many pages watch the terminal, this one included. */
  viewers(): number;
  /** The terminal is on screen, has its output so far, and the server knows its size; or that is over. */
  ready(is: boolean): void;
  notice(change: Partial<TerminalNotice>): void;
  /** Typed, and never to arrive: the shell is gone. */
  unsent(bytes: Uint8Array): void;
}

/** A size for a terminal that is not on screen yet: the server is told the true one as soon as it is. */
export const USUAL: Size = { columns: 80, rows: 24 };

export class Session {
  readonly gear: Gear;
  private readonly screen: Screen;
  private readonly stream = new OutputStream();
  private readonly input = new TypedInput();
  /** What fits into the page, what the server was told of it, and what all pages that watch draw. */
  private fitted: Size = USUAL;
  private announced: Size = USUAL;
  private agreed: Size = USUAL;
  /** `asked`: attach is sent, its answer has not come. */
  private attachment: 'no' | 'asked' | 'yes' = 'no';
  private isConnected = true;
  /** Its shell has ended, or is gone with its server. */
  private isOver = false;
  private scrollTo: ScrollPosition | undefined;

  constructor(
    public terminal: number,
    private readonly options: SessionOptions,
  ) {
    this.scrollTo = options.scrolled;
    this.screen = new Screen(options.screenReader);
    this.gear = new Gear(this.xterm, this.element);
    onTyped(this.xterm, (data, byReader) =>
      this.type(new TextEncoder().encode(byReader ? this.gear.typed(data) : data), byReader),
    );
    // Reports of the mouse in the old encoding.
    this.xterm.onBinary((data) =>
      this.type(
        Uint8Array.from(data, (c) => c.charCodeAt(0)),
        true,
      ),
    );
  }

  get xterm(): Terminal {
    return this.screen.xterm;
  }

  get element(): HTMLElement {
    return this.screen.element;
  }

  /** Puts the terminal into the page, and watches it; the parent must have a size. */
  show(parent: HTMLElement): void {
    this.screen.show(parent);
    this.fit();
    this.attach();
  }

  /** Takes it out of the page, and watches it no longer. */
  hide(): void {
    this.screen.hide();
    this.detach();
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

  get isSeen(): boolean {
    return this.screen.isShown && document.visibilityState === 'visible';
  }

  /** What fits into the page. */
  get size(): Size {
    return this.fitted;
  }

  /** Where the reader has scrolled to; undefined at the end of the output. */
  get scrolled(): ScrollPosition | undefined {
    return positionOf(this.xterm.buffer.active);
  }

  /** What was typed and is not known to have arrived; it is no longer this session's to send. */
  takePending(): Uint8Array {
    return this.input.giveUp();
  }

  /** Fits columns and rows to the element, and tells the server where they changed; its answer is what is drawn. */
  fit(): void {
    const fitted = this.screen.fitting();
    if (fitted === undefined) return;
    this.fitted = fitted;
    if (this.attachment === 'yes' && !this.isOver) {
      if (isSame(this.fitted, this.announced)) return;
      this.announced = this.fitted;
      send({ type: 'terminal.resize', terminal: this.terminal, ...this.fitted });
    } else if (this.isOver || !this.isConnected) this.screen.resize(this.fitted);
  }

  /**
   * Watches the terminal from where this page has got to. Does nothing where it is watched already, or where nobody
   * looks at it and nothing waits to be sent.
   */
  attach(): void {
    if (this.attachment !== 'no' || this.terminal < 0) return;
    if (!this.isSeen && this.input.pending.length === 0) return;
    const { terminal } = this;
    const sent = send({ type: 'terminal.attach', terminal, after: this.stream.seen, client: CLIENT, ...this.fitted });
    if (!sent) return;
    this.attachment = 'asked';
    this.announced = this.fitted;
  }

  /** Watches it no longer: its size need not suit this page, nor its output wait for it. */
  detach(): void {
    // An attach under way is answered first: the answer to it must not be taken for that to the next.
    if (this.attachment === 'yes') {
      send({ type: 'terminal.detach', terminal: this.terminal });
      this.attachment = 'no';
    }
    this.options.ready(false);
    this.options.notice({ smaller: undefined });
  }

  /** The server attaches a terminal that this page has opened by itself. */
  expectAttached(size: Size): void {
    this.attachment = 'asked';
    this.announced = size;
  }

  attached(message: Attached): void {
    this.attachment = 'yes';
    this.isConnected = true;
    const clear = message.reset || this.stream.isBroken;
    this.stream.attached(message);
    this.screen.inTurn(() => {
      if (!clear) return;
      this.scrollTo ??= this.scrolled;
      this.xterm.reset();
    });
    this.resized(message);
    this.input.resume(message.input);
    if (this.isOver) this.giveUp();
    this.flush();
    this.tellWaiting();
    if (!this.stream.isReplaying) this.settle();
    this.detachUnseen();
  }

  /** The connection is gone: what is typed waits. */
  disconnected(): void {
    this.attachment = 'no';
    this.isConnected = false;
    this.options.ready(false);
    this.options.notice({ smaller: undefined });
    this.tellWaiting();
  }

  /** All pages draw at this size from here on. */
  resized({ columns, rows }: Size): void {
    if (this.attachment !== 'yes') return;
    this.agreed = { columns, rows };
    this.screen.resize(this.agreed);
    this.tellSmaller();
  }

  /** All that was typed here up to `input` has arrived. */
  received(input: number): void {
    this.input.confirm(input);
    this.options.notice({ full: false });
    this.tellWaiting();
    this.detachUnseen();
  }

  viewersChanged(): void {
    this.tellSmaller();
  }

  bytes(offset: number, bytes: Uint8Array): void {
    // What comes between a detach and the next attach comes again with that.
    if (this.attachment !== 'yes') return;
    const fresh = this.stream.take(offset, bytes);
    if (fresh.length === 0) return;
    const parsed = this.stream.taken(fresh.length);
    this.xterm.write(fresh, () => {
      const wasReplaying = this.stream.isReplaying;
      const acknowledged = parsed();
      if (acknowledged > 0) send({ type: 'terminal.ack', terminal: this.terminal, bytes: acknowledged });
      if (wasReplaying && !this.stream.isReplaying && this.attachment === 'yes') this.settle();
    });
  }

  /** Its shell has ended: what is typed now reaches nobody. */
  end(): void {
    this.isOver = true;
  }

  /** Its server is gone: its last screen stays, under another number. */
  outlive(number: number): void {
    this.end();
    this.giveUp();
    this.terminal = number;
  }

  /** Tells of what was typed and will never arrive. */
  private giveUp(): void {
    const lost = this.input.giveUp();
    if (lost.length > 0) this.options.unsent(lost);
    this.options.notice({ waiting: '', full: false });
  }

  dispose(): void {
    // One that was closed while this page was away; else whoever closed it knows what he typed.
    if (!this.isConnected) this.giveUp();
    this.hide();
    this.xterm.dispose();
  }

  /** What follows is live: the reader is where he was, at the size of the page. */
  private settle(): void {
    if (this.scrollTo !== undefined) this.xterm.scrollToLine(lineFor(this.scrollTo, this.xterm.buffer.active));
    this.scrollTo = undefined;
    this.fit();
    this.options.ready(true);
  }

  /** One that was attached only to send what waited. */
  private detachUnseen(): void {
    if (this.attachment === 'yes' && !this.isSeen && this.input.pending.length === 0) this.detach();
  }

  private tellSmaller(): void {
    const { columns, rows } = this.agreed;
    const isSmaller = columns < this.announced.columns || rows < this.announced.rows;
    const byAnother = this.attachment === 'yes' && this.options.viewers() > 1;
    this.options.notice({ smaller: isSmaller && byAnother ? this.agreed : undefined });
  }

  private tellWaiting(): void {
    this.options.notice({ waiting: this.isConnected || this.isOver ? '' : readableText(this.input.pending) });
  }

  private type(bytes: Uint8Array, byReader: boolean): void {
    if (this.isOver) return;
    // A program asks the terminal something: it is answered now or not at all. Of several pages the server hears one.
    if (!byReader && (this.attachment !== 'yes' || this.stream.isReplaying)) return;
    if (!this.input.add(bytes)) {
      this.options.notice({ full: true });
      return;
    }
    this.flush();
    this.tellWaiting();
  }

  private flush(): void {
    if (this.attachment !== 'yes') return;
    for (const { offset, bytes } of this.input.takeUnsent()) sendBytes(this.terminal, offset, bytes);
  }
}

const isSame = (a: Size, b: Size) => a.columns === b.columns && a.rows === b.rows;
