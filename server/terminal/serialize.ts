/**
 * Writes down a terminal's screens as text with control sequences that draw them in a new terminal of the same size:
 * characters, colours, links, wrapped lines, scrollback, cursor. (xterm.js's own serialize addon moves text where a
 * wrapped line ends in empty cells, joins characters that stand apart, and leaves links and underlines out.)
 */

import { setImmediate as turn } from 'node:timers/promises';
import type { IBuffer, IBufferCell, IBufferLine, Terminal } from '@xterm/headless';

/** Lines written at once, about a millisecond's worth: other terminals' keys are answered in between. */
const SLICE = 250;

/** What xterm.js 6 keeps and has no public name for. */
export interface Internals {
  _core: {
    buffers: Record<'normal' | 'alt', Saved>;
    _inputHandler: { _curAttrData: Attributes };
    _oscLinkService: { getLinkData(id: number): { id?: string; uri: string } | undefined };
  };
}

interface Saved {
  ybase: number;
  savedX: number;
  savedY: number;
  savedCurAttrData: Attributes;
  scrollTop: number;
  scrollBottom: number;
}

/** Colours and flags in bits: see BIT below. */
interface Attributes {
  fg: number;
  bg: number;
  extended: { _ext: number; urlId: number };
}
type Cell = IBufferCell & Attributes;

/** Resolves with the text. `alternate`: the sequence that enters the alternate screen, where that is shown. */
export async function serialize(terminal: Terminal, alternate: string): Promise<string> {
  const { normal, active } = terminal.buffer;
  const { buffers, _inputHandler: input } = (terminal as unknown as Internals)._core;
  const writer = new Writer(terminal);
  await writer.screen(normal);
  writer.region(buffers.normal);
  if (active.type === 'alternate') {
    // Leaving the alternate screen goes back to what entering it saves.
    writer.goTo(buffers.normal.savedX, buffers.normal.savedY - buffers.normal.ybase);
    writer.style(buffers.normal.savedCurAttrData);
    writer.raw(alternate);
    writer.raw('\x1b[H');
    await writer.screen(active);
    writer.region(buffers.alt);
  }
  const saved = active.type === 'alternate' ? buffers.alt : buffers.normal;
  writer.save(saved);
  writer.cursor(active, terminal.modes.originMode, saved.scrollTop);
  writer.style(input._curAttrData);
  return writer.text();
}

class Writer {
  #parts: string[] = [];
  #fg = 0;
  #bg = 0;
  #ext = 0;
  #link = 0;
  readonly #columns: number;
  readonly #rows: number;
  readonly #links: Internals['_core']['_oscLinkService'];
  readonly #cell: Cell;
  readonly #other: Cell;

  constructor(terminal: Terminal) {
    this.#columns = terminal.cols;
    this.#rows = terminal.rows;
    this.#links = (terminal as unknown as Internals)._core._oscLinkService;
    this.#cell = terminal.buffer.normal.getNullCell() as Cell;
    this.#other = terminal.buffer.normal.getNullCell() as Cell;
  }

  text(): string {
    return this.#parts.join('');
  }

  raw(text: string): void {
    this.#parts.push(text);
  }

  goTo(x: number, y: number): void {
    this.raw(`\x1b[${Math.max(y, 0) + 1};${x + 1}H`);
  }

  /** The lines where the screen scrolls; the cursor goes home. */
  region({ scrollTop, scrollBottom }: Saved): void {
    if (scrollTop > 0 || scrollBottom < this.#rows - 1) this.raw(`\x1b[${scrollTop + 1};${scrollBottom + 1}r`);
  }

  /** What DECSC has saved, for DECRC. */
  save({ savedX, savedY, ybase, savedCurAttrData: attributes }: Saved): void {
    if (savedX === 0 && savedY === 0 && attributes.fg === 0 && attributes.bg === 0) return;
    this.goTo(savedX, savedY - ybase);
    this.style(attributes);
    this.raw('\x1b7');
  }

  /** All lines, and what is between them, from the top. */
  async screen(buffer: IBuffer): Promise<void> {
    this.#plain();
    for (let y = 0; y < buffer.length; y++) {
      const line = buffer.getLine(y)!;
      this.#line(line, y > 0 && line.isWrapped ? buffer.getLine(y - 1) : undefined);
      // Behind the last line there may be others, which are not the screen's.
      const next = y + 1 < buffer.length ? buffer.getLine(y + 1) : undefined;
      if (next) this.#between(line, next);
      if (y % SLICE === SLICE - 1) await turn();
    }
    this.#plain();
  }

  /** Behind the last column it waits for the next character, and only having printed there brings it there. */
  cursor(buffer: IBuffer, originMode: boolean, top: number): void {
    const { cursorX: x, cursorY: y } = buffer;
    // Counted from the region's top in that mode, which begins with moving the cursor there.
    if (originMode) this.raw('\x1b[?6h');
    const move = (to: number) => this.goTo(to, originMode ? y - top : y);
    if (x < this.#columns) move(x);
    else {
      const line = buffer.getLine(buffer.baseY + y);
      const last = line?.getCell(x - 1, this.#cell)?.getWidth() === 0 ? x - 2 : x - 1;
      const cell = line?.getCell(last, this.#cell) as Cell | undefined;
      move(last);
      if (cell) this.style(cell);
      this.raw(cell?.getChars() || ' ');
    }
  }

  /** All of it anew: a difference would be shorter, and these are few. */
  style(to: Attributes): void {
    const ext = extendedOf(to);
    if (to.fg !== this.#fg || to.bg !== this.#bg || ext !== this.#ext) {
      this.#fg = to.fg;
      this.#bg = to.bg;
      this.#ext = ext;
      this.raw(`\x1b[${sgr(to)}m`);
    }
    this.#linkTo(to.bg & BIT.extended ? to.extended.urlId : 0);
  }

  #linkTo(id: number): void {
    if (id === this.#link) return;
    this.#link = id;
    const link = id === 0 ? undefined : this.#links.getLinkData(id);
    this.raw(`\x1b]8;${link?.id ? `id=${link.id}` : ''};${link?.uri ?? ''}\x1b\\`);
  }

  #plain(): void {
    this.#linkTo(0);
    if (this.#fg === 0 && this.#bg === 0 && this.#ext === 0) return;
    this.#fg = this.#bg = this.#ext = 0;
    this.raw('\x1b[0m');
  }

  #line(line: IBufferLine, above: IBufferLine | undefined): void {
    const end = usedColumns(line, this.#columns);
    let blank = 0;
    let blankColour = 0;
    let before = above ? lastCharacters(above, this.#columns, this.#other) : '';
    for (let x = 0; x < end; x++) {
      const cell = line.getCell(x, this.#cell) as Cell;
      const width = cell.getWidth();
      if (width === 0) continue;
      const chars = cell.getChars();
      if (chars === '') {
        const colour = cell.bg & BIT.colour;
        if (blank > 0 && colour !== blankColour) {
          this.#blank(blank, blankColour, true);
          blank = 0;
        }
        blankColour = colour;
        blank += width;
        before = '';
        continue;
      }
      if (blank > 0) this.#blank(blank, blankColour, true);
      blank = 0;
      const parts = this.#parts.length;
      this.style(cell);
      // Any sequence keeps two characters apart that would be joined into one.
      if (before !== '' && this.#parts.length === parts && mayJoin(chars)) this.raw(`\x1b[${sgr(cell)}m`);
      this.raw(chars);
      if (x === 0 && above && this.#bg & BIT.colour) this.#clearRest(cell, width);
      before = chars;
    }
    if (blank > 0) this.#blank(blank, blankColour, false);
  }

  /** Wrapping at the bottom fills the new line with the colour of the character that wraps. */
  #clearRest(cell: Cell, width: number): void {
    if (width >= this.#columns) return;
    this.#plain();
    this.raw('\x1b[K');
    this.style(cell);
  }

  /** Cells without a character: passed over, or erased in their colour. */
  #blank(count: number, colour: number, goOn: boolean): void {
    if (colour !== 0) {
      this.#linkTo(0);
      this.#fg = 0;
      this.#bg = colour;
      this.#ext = 0;
      this.raw(`\x1b[0;${colourOf(40, colour)}m\x1b[${count}X`);
    }
    if (goOn) this.raw(`\x1b[${count}C`);
  }

  /** A line break, or none where the next line continues this one. */
  #between(line: IBufferLine, next: IBufferLine): void {
    if (next.isWrapped && this.#rows > 1) {
      if (this.#wrapsByItself(line, next)) return;
      this.#wrap(line);
      return;
    }
    // A line that scrolls in is filled with the colour in force.
    if (this.#bg & BIT.colour) this.#plain();
    this.raw('\r\n');
  }

  /** Printing the next line's first character goes to a new line, and leaves this one as it is. */
  #wrapsByItself(line: IBufferLine, next: IBufferLine): boolean {
    const first = next.getCell(0, this.#other) as Cell | undefined;
    if (!first?.getChars()) return false;
    const wide = first.getWidth() > 1;
    const background = first.bg & BIT.colour;
    const last = line.getCell(this.#columns - 1, this.#cell);
    if (!last) return false;
    if (last.getChars() !== '' || last.getWidth() === 0) return true;
    // One column is left, too few for a wide character: it is filled with that one's colour.
    return wide && usedColumns(line, this.#columns) === this.#columns - 1 && background === 0;
  }

  /** Prints over the end of the line and into the next, then erases both. */
  #wrap(line: IBufferLine): void {
    const last = line.getCell(this.#columns - 1, this.#cell) as Cell | undefined;
    const isEmpty = !last || (last.getChars() === '' && last.getWidth() !== 0);
    this.#plain();
    if (isEmpty) {
      this.raw(`\x1b[${this.#columns}G--\x1b[A\x1b[${this.#columns}G`);
      const colour = last ? last.bg & BIT.colour : 0;
      if (colour === 0) this.raw('\x1b[X');
      else this.#blank(1, colour, false);
      this.#plain();
      this.raw('\x1b[B\r\x1b[X');
    } else this.raw('-\r\x1b[X');
  }
}

/** Where xterm.js keeps what in `fg`, `bg` and `_ext`: src/common/buffer/Constants.ts there. */
const BIT = {
  /** Of all three: which colour, and how it is given. */
  colour: 0x3ffffff,
  rgb: 0x3000000,
  palette16: 0x1000000,
  value: 0xffffff,
  /** Of `bg`: `extended` holds something. */
  extended: 0x10000000,
  underlined: 0x10000000,
};
/** Flags with their SGR codes. */
const FG_FLAGS = [
  [0x4000000, 7],
  [0x8000000, 1],
  [0x20000000, 5],
  [0x40000000, 8],
  [0x80000000, 9],
] as const;
const BG_FLAGS = [
  [0x4000000, 3],
  [0x8000000, 2],
  [0x40000000, 53],
] as const;

/** Up to the last cell that has a character or a colour. A line of the alternate screen stays as long as it was. */
function usedColumns(line: IBufferLine, columns: number): number {
  const { _line: inner } = line as unknown as { _line: { getNoBgTrimmedLength(): number } };
  return Math.min(inner.getNoBgTrimmedLength(), line.length, columns);
}

function lastCharacters(line: IBufferLine, columns: number, cell: IBufferCell): string {
  return line.getCell(columns - 1, cell)?.getChars() || line.getCell(columns - 2, cell)?.getChars() || '';
}

/** Whether a character may become one with the one before it (Unicode Standard Annex 29); far too often, but never too seldom. */
function mayJoin(chars: string): boolean {
  const code = chars.codePointAt(0)!;
  return code >= 0x300 && !(code >= 0x2500 && code < 0x2600) && !(code >= 0x3041 && code < 0xa000);
}

/** The underline's colour and style. */
const extendedOf = (to: Attributes) => (to.bg & BIT.extended ? to.extended._ext & 0x1fffffff : 0);

function sgr(to: Attributes): string {
  const codes: (number | string)[] = [];
  for (const [flag, code] of FG_FLAGS) if (to.fg & flag) codes.push(code);
  for (const [flag, code] of BG_FLAGS) if (to.bg & flag) codes.push(code);
  const extended = extendedOf(to);
  if (to.fg & BIT.underlined) codes.push(extended >>> 26 > 1 ? `4:${extended >>> 26}` : 4);
  if (to.fg & BIT.colour) codes.push(colourOf(30, to.fg));
  if (to.bg & BIT.colour) codes.push(colourOf(40, to.bg));
  if (extended & BIT.colour) codes.push(colourOf(50, extended));
  return ['0', ...codes].join(';');
}

/** `base`: 30 for characters, 40 for what is behind them, 50 for underlines. */
function colourOf(base: number, bits: number): string {
  const value = bits & BIT.value;
  const mode = bits & BIT.rgb;
  if (mode === BIT.rgb) return `${base + 8};2;${value >>> 16};${(value >>> 8) & 0xff};${value & 0xff}`;
  if (mode === BIT.palette16 && base < 50) return String(value < 8 ? base + value : base + 60 + value - 8);
  return `${base + 8};5;${value}`;
}
