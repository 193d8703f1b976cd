/** An xterm.js that only shows: takes no keys, answers nothing, opens nothing, and is as wide as its place. */
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { currentTheme, watchTheme } from '../../dock/theme';
import type { Screen } from './playback';
import type { Timeline } from './timeline';

/** Letters grow no larger than in the lab's own terminals, and no smaller than can be read: then the place scrolls. */
const FONT = { largest: 13, smallest: 8 };

export class XtermScreen implements Screen {
  readonly #xterm: Terminal;
  readonly #place: HTMLElement;
  readonly #stops: (() => void)[];

  constructor(place: HTMLElement, { columns, rows }: Pick<Timeline, 'columns' | 'rows'>) {
    this.#place = place;
    this.#xterm = new Terminal({
      // The graphemes addon is one of xterm's proposed interfaces.
      allowProposedApi: true,
      cols: columns,
      rows,
      cursorBlink: false,
      cursorInactiveStyle: 'block',
      disableStdin: true,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--malha-terminal-font'),
      fontSize: FONT.largest,
      lineHeight: 1.25,
      linkHandler: { activate: () => {} },
      minimumContrastRatio: 4.5,
      scrollback: 0,
      theme: currentTheme(),
    });
    this.#xterm.loadAddon(new UnicodeGraphemesAddon());
    // Keys and the wheel are the page's, also where the recorded program had asked for them.
    this.#xterm.attachCustomKeyEventHandler(() => false);
    this.#xterm.attachCustomWheelEventHandler(() => false);
    this.#xterm.open(place);
    if (this.#xterm.textarea) this.#xterm.textarea.tabIndex = -1;
    const observer = new ResizeObserver(() => this.#fit());
    observer.observe(place);
    const stopTheme = watchTheme(() => {
      this.#xterm.options.theme = currentTheme();
    });
    this.#stops = [() => observer.disconnect(), stopTheme];
    this.#fit();
  }

  reset(columns: number, rows: number): void {
    this.#xterm.reset();
    this.resize(columns, rows);
  }

  resize(columns: number, rows: number): void {
    this.#xterm.resize(columns, rows);
    this.#fit();
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#xterm.write(text, resolve));
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#xterm.dispose();
  }

  /** Sets the font's size so that all columns fit the place. */
  #fit(): void {
    const drawn = this.#place.querySelector<HTMLElement>('.xterm-screen');
    const { fontSize = FONT.largest } = this.#xterm.options;
    if (!drawn || drawn.offsetWidth === 0 || this.#place.clientWidth === 0) return;
    const style = getComputedStyle(this.#place);
    const room = this.#place.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
    const fitting = Math.floor((room / (drawn.offsetWidth / fontSize)) * 10) / 10;
    const size = Math.min(FONT.largest, Math.max(FONT.smallest, fitting));
    if (Math.abs(size - fontSize) >= 0.1) this.#xterm.options.fontSize = size;
  }
}

/** Lines of the whole text that are kept. */
const TEXT_LINES = 50_000;

/** What a recording showed, as lines of text: what was overwritten is as it was left, full-screen programs are left out. */
export async function textOf(timeline: Timeline): Promise<string> {
  const { columns, rows, moments } = timeline;
  const xterm = new Terminal({ allowProposedApi: true, cols: columns, rows, scrollback: TEXT_LINES });
  xterm.loadAddon(new UnicodeGraphemesAddon());
  for (const moment of moments) {
    if (moment.kind === 'resize') xterm.resize(moment.columns, moment.rows);
    else await new Promise<void>((resolve) => xterm.write(moment.text, resolve));
  }
  const buffer = xterm.buffer.normal;
  let text = '';
  for (let row = 0; row < buffer.length; row++) {
    const line = buffer.getLine(row);
    if (line === undefined) break;
    // A line that goes on in the next row is one line.
    const goesOn = buffer.getLine(row + 1)?.isWrapped === true;
    text += goesOn ? line.translateToString(false) : `${line.translateToString(true)}\n`;
  }
  xterm.dispose();
  return `${text.trimEnd()}\n`;
}
