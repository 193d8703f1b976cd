/**
 * Reads the marks that our shell integration puts into a terminal's output: OSC 633, as documented for VS Code's
 * terminal (https://code.visualstudio.com/docs/terminal/shell-integration), each with a nonce at its end. A program
 * that prints such a sequence without the nonce (a file shown by `cat`) changes nothing.
 */

export type Mark =
  /** The prompt begins. */
  | { type: 'prompt' }
  /** The prompt ends: the shell waits for a command. */
  | { type: 'ready' }
  | { type: 'command'; line: string }
  /** A command's output begins. */
  | { type: 'started' }
  /** A command's output is over; what follows up to the prompt is the shell's own. */
  | { type: 'settled' }
  | { type: 'ended'; exitCode: number }
  /** The line at the prompt is in the shell's history, or it is empty. */
  | { type: 'stashed'; isEmpty: boolean }
  | { type: 'cwd'; path: string };

export interface MarkEvents {
  /** Bytes outside our marks, in order, as they came. */
  text(bytes: Buffer): void;
  mark(mark: Mark): void;
  /** The program in front asked for bracketed paste, or gave it up (DEC private mode 2004). */
  bracketedPaste(on: boolean): void;
}

const ESC = 0x1b;
const BEL = 0x07;
const INTRODUCER = Buffer.from('\x1b]633;');
const PASTE = Buffer.from('\x1b[?2004');
/** A sequence longer than this is not ours. */
const LONGEST = 64 * 1024;

export class MarkReader {
  #held = Buffer.alloc(0);

  constructor(
    private readonly nonce: string,
    private readonly events: MarkEvents,
  ) {}

  /** Bytes of an unfinished sequence are held back until its end comes. */
  push(chunk: Buffer): void {
    const data = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    let textFrom = 0;
    let at = data.indexOf(ESC);
    while (at !== -1) {
      const rest = data.subarray(at);
      if (startsLike(rest, INTRODUCER)) {
        const end = endOfSequence(rest);
        if (end === undefined) {
          if (rest.length < LONGEST) {
            this.#text(data.subarray(textFrom, at));
            this.#held = Buffer.from(rest);
            return;
          }
        } else {
          const mark = parse(rest.subarray(INTRODUCER.length, end.bodyEnd).toString('utf8'), this.nonce);
          if (mark) {
            this.#text(data.subarray(textFrom, at));
            this.events.mark(mark);
            textFrom = at + end.after;
          }
          at = data.indexOf(ESC, at + end.after);
          continue;
        }
      } else if (startsLike(rest, PASTE)) {
        const switched = rest[PASTE.length];
        if (switched === undefined) {
          this.#text(data.subarray(textFrom, at));
          this.#held = Buffer.from(rest);
          return;
        }
        if (switched === 0x68 || switched === 0x6c) this.events.bracketedPaste(switched === 0x68);
      }
      at = data.indexOf(ESC, at + 1);
    }
    this.#text(data.subarray(textFrom));
  }

  #text(bytes: Buffer): void {
    if (bytes.length > 0) this.events.text(bytes);
  }
}

/** Whether `data` begins with `prefix`, or is all of it a beginning of `prefix`. */
function startsLike(data: Buffer, prefix: Buffer): boolean {
  const length = Math.min(data.length, prefix.length);
  return data.compare(prefix, 0, length, 0, length) === 0;
}

/** OSC ends with BEL or ESC `\`. */
function endOfSequence(data: Buffer): { bodyEnd: number; after: number } | undefined {
  for (let at = INTRODUCER.length; at < data.length; at++) {
    if (data[at] === BEL) return { bodyEnd: at, after: at + 1 };
    if (data[at] === ESC) {
      if (at + 1 === data.length) return undefined;
      return { bodyEnd: at, after: data[at + 1] === 0x5c ? at + 2 : at };
    }
  }
  return undefined;
}

function parse(body: string, nonce: string): Mark | undefined {
  const suffix = `;${nonce}`;
  if (!body.endsWith(suffix)) return undefined;
  const [letter = '', ...rest] = body.slice(0, -suffix.length).split(';');
  const value = rest.join(';');
  switch (letter) {
    case 'A':
      return { type: 'prompt' };
    case 'B':
      return { type: 'ready' };
    case 'C':
      return { type: 'started' };
    case 'X':
      return { type: 'settled' };
    case 'K':
      return { type: 'stashed', isEmpty: value === '0' };
    case 'D': {
      const exitCode = Number(value);
      return { type: 'ended', exitCode: Number.isInteger(exitCode) ? exitCode : 0 };
    }
    case 'E':
      return { type: 'command', line: unescaped(value) };
    case 'P':
      return value.startsWith('Cwd=') ? { type: 'cwd', path: unescaped(value.slice(4)) } : undefined;
    default:
      return undefined;
  }
}

/** The shell writes `\` as `\\`, and `;`, newline and other control characters as `\xHH`. */
function unescaped(text: string): string {
  return text.replace(/\\(?:\\|x([0-9a-fA-F]{2}))/g, (_, hex?: string) =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : '\\',
  );
}
