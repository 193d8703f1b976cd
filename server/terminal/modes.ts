/**
 * Reads out of a terminal's output, as cheaply as it can, which modes are in force at its end: for output that is
 * thrown away, so that a terminal that sees only what follows draws it as it was meant. The sequences are xterm's
 * (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
 */

const ESC = 0x1b;
const BEL = 0x07;
const BACKSLASH = 0x5c;
/** A control sequence longer than this is broken off; a string (title, image) is cut to its beginning. */
const LONGEST = 4096;
/** Text between sequences is short as a rule: look at so many bytes before the search, which has a price of its own. */
const NEAR = 24;

/** DEC private modes that outlive the sequence that sets them, and whether they are on in a new terminal. */
const MODES = new Map<number, boolean>([
  ...([1, 6, 45, 66, 1004, 1005, 1006, 1015, 1016, 2004] as const).map((mode) => [mode, false] as const),
  ...([7, 25] as const).map((mode) => [mode, true] as const),
]);
const ORIGIN = 6;
/** Ways to encode the mouse's reports. */
const ENCODINGS = new Set([1005, 1006, 1015, 1016]);
/** Ways to report the mouse: one at a time. */
const MOUSE = new Set([9, 1000, 1002, 1003]);
/** Ways to have an alternate screen. */
const ALTERNATE = new Set([47, 1047, 1049]);

const NOTHING = Buffer.alloc(0);

export class ModeScanner {
  #modes = new Map<number, boolean>();
  #mouse: number | undefined;
  #alternate: number | undefined;
  #insert = false;
  /** The parameters of DECSTBM on the normal and on the alternate screen; empty for the whole screen. */
  #regions = { normal: '', alternate: '' };
  #cursorStyle = '';
  #charsets = new Map<string, string>();
  #title = '';
  #held = NOTHING;
  /** Within a string too long to be kept: its end is looked for. */
  #inString = false;

  /** A sequence or character that has begun and not ended. */
  get unfinished(): Buffer {
    return this.#held;
  }

  copy(): ModeScanner {
    const copy = new ModeScanner();
    copy.#modes = new Map(this.#modes);
    copy.#mouse = this.#mouse;
    copy.#alternate = this.#alternate;
    copy.#insert = this.#insert;
    copy.#regions = { ...this.#regions };
    copy.#cursorStyle = this.#cursorStyle;
    copy.#charsets = new Map(this.#charsets);
    copy.#title = this.#title;
    copy.#held = this.#held;
    copy.#inString = this.#inString;
    return copy;
  }

  /** A new size ends the scroll regions, as in xterm.js. */
  resized(): void {
    this.#regions = { normal: '', alternate: '' };
  }

  push(bytes: Buffer): void {
    let data = bytes;
    let at = 0;
    if (this.#inString) {
      at = endOfString(data, 0);
      if (at === -1) return;
      this.#inString = false;
      this.#held = NOTHING;
    } else if (this.#held.length > 0) {
      data = Buffer.concat([this.#held, bytes]);
      this.#held = NOTHING;
    }
    for (at = nextEscape(data, at); at !== -1; ) {
      const end = this.#sequence(data, at);
      if (end === -1) {
        // Copied: a part would keep the whole block.
        this.#held = Buffer.from(data.subarray(at, at + LONGEST));
        this.#inString = data.length - at > LONGEST;
        return;
      }
      at = nextEscape(data, end);
    }
    this.#held = Buffer.from(data.subarray(data.length - unfinishedCharacter(data)));
  }

  /** What makes a new terminal go on as this one would; `unfinished` comes after it. */
  beginning(): string {
    const region = (parameters: string) => (parameters ? `\x1b[${parameters}r` : '');
    const { normal, alternate } = this.#regions;
    const screens = `${region(normal)}${this.alternateScreen()}${region(alternate)}`;
    const origin = this.#modes.get(ORIGIN) ? `\x1b[?${ORIGIN}h` : '';
    return screens + origin + this.sequences();
  }

  /** What enters the alternate screen; empty where the normal one is shown. */
  alternateScreen(): string {
    return this.#alternate === undefined ? '' : `\x1b[?${this.#alternate}h`;
  }

  /** What brings a terminal as new into these modes, but for those that move the cursor or belong to a screen. */
  sequences(): string {
    let text = this.#title ? `\x1b]2;${this.#title}\x07` : '';
    for (const [slot, charset] of this.#charsets) text += `\x1b${slot}${charset}`;
    if (this.#insert) text += '\x1b[4h';
    if (this.#cursorStyle) text += `\x1b[${this.#cursorStyle} q`;
    for (const [mode, isOn] of this.#modes) {
      if (mode !== ORIGIN && isOn !== MODES.get(mode)) text += `\x1b[?${mode}${isOn ? 'h' : 'l'}`;
    }
    return this.#mouse === undefined ? text : `${text}\x1b[?${this.#mouse}h`;
  }

  get #screen(): 'normal' | 'alternate' {
    return this.#alternate === undefined ? 'normal' : 'alternate';
  }

  /** Reads the sequence at `at`; returns where it ends, -1 where its end is not there. */
  #sequence(data: Buffer, at: number): number {
    switch (data[at + 1]) {
      case undefined:
        return -1;
      case 0x5b: // [
        return this.#control(data, at + 2);
      case 0x5d: // ]
        return this.#command(data, at + 2);
      case 0x50: // P, X, ^ and _ begin strings
      case 0x58:
      case 0x5e:
      case 0x5f:
        return endOfString(data, at + 2);
      case 0x28: // ( ) * + choose a character set
      case 0x29:
      case 0x2a:
      case 0x2b:
        if (data[at + 2] === undefined) return -1;
        this.#charset(String.fromCharCode(data[at + 1]!), String.fromCharCode(data[at + 2]!));
        return at + 3;
      case 0x3d: // =
        this.#modes.set(66, true);
        return at + 2;
      case 0x3e: // >
        this.#modes.set(66, false);
        return at + 2;
      case 0x63: // c: everything as new
        this.#alternate = undefined;
        this.#mouse = undefined;
        this.#modes.clear();
        this.resized();
        this.#reset();
        return at + 2;
      default:
        return at + 2;
    }
  }

  #control(data: Buffer, from: number): number {
    let at = from;
    let byte = data[at];
    while (byte !== undefined && byte >= 0x20 && byte < 0x40) byte = data[++at];
    if (byte === undefined) return at - from > LONGEST ? at : -1;
    // Most are colours.
    if (byte === 0x6d) return at + 1;
    // Another escape breaks a sequence off.
    if (byte < 0x20 || byte > 0x7e) return at;
    if (byte === 0x68 || byte === 0x6c) {
      this.#setModes(data.toString('latin1', from, at), byte === 0x68);
    } else if (byte === 0x72) {
      this.#setRegion(data.toString('latin1', from, at));
    } else if (byte === 0x70 && data[at - 1] === 0x21) {
      this.#reset();
    } else if (byte === 0x71 && data[at - 1] === 0x20) {
      this.#cursorStyle = data.toString('latin1', from, at - 1);
    }
    return at + 1;
  }

  #setModes(parameters: string, on: boolean): void {
    if (!parameters.startsWith('?')) {
      if (parameters.split(';').includes('4')) this.#insert = on;
      return;
    }
    for (const parameter of parameters.slice(1).split(';')) {
      const mode = Number(parameter);
      if (MODES.has(mode)) {
        // Set again goes last: of the ways to encode the mouse, the last one holds.
        this.#modes.delete(mode);
        this.#modes.set(mode, on);
      } else if (MOUSE.has(mode)) this.#mouse = on ? mode : undefined;
      else if (ALTERNATE.has(mode)) {
        this.#alternate = on ? mode : undefined;
        if (!on) this.#regions.alternate = '';
      }
    }
  }

  #setRegion(parameters: string): void {
    if (!/^[\d;]*$/.test(parameters)) return;
    const [top = 0, bottom = 0] = parameters.split(';').map(Number);
    if (bottom !== 0 && bottom <= Math.max(top, 1)) return;
    this.#regions[this.#screen] = top <= 1 && bottom === 0 ? '' : parameters;
  }

  /** OSC: the title is kept. */
  #command(data: Buffer, from: number): number {
    const end = endOfString(data, from);
    if (end === -1 || end - from > LONGEST) return end;
    const isTitle = (data[from] === 0x30 || data[from] === 0x32) && data[from + 1] === 0x3b;
    if (isTitle) this.#title = data.toString('utf8', from + 2, data[end - 1] === BACKSLASH ? end - 2 : end - 1);
    return end;
  }

  #charset(slot: string, charset: string): void {
    if (charset === 'B') this.#charsets.delete(slot);
    else this.#charsets.set(slot, charset);
  }

  /** What a soft reset (DECSTR) resets, in xterm.js: all modes but for those of the mouse. */
  #reset(): void {
    this.#regions[this.#screen] = '';
    this.#insert = false;
    this.#cursorStyle = '';
    this.#charsets.clear();
    for (const mode of this.#modes.keys()) if (!ENCODINGS.has(mode)) this.#modes.delete(mode);
  }
}

function nextEscape(data: Buffer, from: number): number {
  const near = Math.min(from + NEAR, data.length);
  for (let at = from; at < near; at++) if (data[at] === ESC) return at;
  return near === data.length ? -1 : data.indexOf(ESC, near);
}

/** Where the string ends whose content begins at `from`: after BEL or ESC `\`, or before another escape; -1 where it does not. */
function endOfString(data: Buffer, from: number): number {
  for (let at = from; at < data.length; at++) {
    if (data[at] === BEL) return at + 1;
    if (data[at] !== ESC) continue;
    if (at + 1 === data.length) return -1;
    return data[at + 1] === BACKSLASH ? at + 2 : at;
  }
  return -1;
}

/** How many bytes at the end begin a UTF-8 character whose rest is not there. */
function unfinishedCharacter(data: Buffer): number {
  for (let back = 1; back <= 3 && back <= data.length; back++) {
    const byte = data[data.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
