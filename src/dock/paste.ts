/** What may be pasted: text without control characters, and more than one line only after the reader has seen it. */
import { createStore } from '../lab/store';

export interface PasteQuestion {
  /** Clean; empty where the browser does not let the page read the clipboard, so that the reader pastes it there. */
  text: string;
  /** The program takes a paste as one (bracketed paste): a shell then waits for Enter, instead of running each line. */
  bracketed: boolean;
  answer(text: string | undefined): void;
}

/** The question that is open; one at a time. */
export const pasteQuestion = createStore<{ open: PasteQuestion | undefined }>({ open: undefined });

/** C0 but for tab and newline, DEL, C1: ESC among them could end a bracketed paste and have the rest run as typed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Whole sequences of the bracketed paste, so that none of their letters stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins the sequence.
const BRACKETS = /(?:\x1b\[|\x9b)20[01]~/g;
/** They change the order in which text is shown, so that it reads other than it runs. */
const ORDERS = /[\u202a-\u202e\u2066-\u2069]/g;

/** Newlines become `\n`. The newline at the end of a single line goes: nothing runs before the reader presses Enter. */
export function cleanPaste(text: string): string {
  const clean = text.replace(/\r\n?/g, '\n').replace(BRACKETS, '').replace(CONTROLS, '').replace(ORDERS, '');
  const first = clean.indexOf('\n');
  return first !== -1 && clean.slice(first).trim() === '' ? clean.slice(0, first) : clean;
}

export const lineCount = (text: string): number => text.replace(/\n+$/, '').split('\n').length;

/** A command that was broken for reading, in one line: continued lines and others are joined by a space. */
export const asOneLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/\\\s*$/, '').trim())
    .filter((line) => line !== '')
    .join(' ');

/** Asks where there is more than one line, or nothing to see; undefined: the reader does not want it. */
export async function confirmed(text: string, bracketed: boolean): Promise<string | undefined> {
  const clean = cleanPaste(text);
  if (clean !== '' && !clean.includes('\n')) return clean;
  pasteQuestion.get().open?.answer(undefined);
  return new Promise((resolve) => {
    const answer = (answered: string | undefined) => {
      pasteQuestion.set({ open: undefined });
      resolve(answered === undefined ? undefined : cleanPaste(answered));
    };
    pasteQuestion.set({ open: { text: clean, bracketed, answer } });
  });
}
