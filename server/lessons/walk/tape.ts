/** What one terminal shows while a step runs, as a recording: with the prompt before it, without our marks. */
import { StringDecoder } from 'node:string_decoder';
import { Signal } from '../../terminal/signal.ts';
import type { TapeEvent } from '../cast.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with a control character
const MARK = /\x1b\]633;([A-Z])?[^\x07]*\x07/g;
/** A mark that has begun and not ended yet, or the beginning of what may become one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with a control character
const PART = /\x1b(?:$|\](?:$|6$|63$|633$|633;[^\x07]*$))/;
/** Where the shell's prompt begins. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with a control character
const PROMPT = /\x1b\]633;A;[^\x07]*\x07/;

export class Tape {
  #decoder = new StringDecoder('utf8');
  #rest = '';
  /** What was printed since the last prompt began, the prompt included. */
  #line = '';
  #events: TapeEvent[] | undefined;
  /** Prompts that were shown whole. */
  #prompts = 0;
  #pushed = new Signal<void>();

  /** `hide`: texts of this machine, and what stands for them. */
  constructor(private readonly hide: readonly [string, string][] = []) {}

  push(bytes: Uint8Array, at: number): void {
    let text = this.#rest + this.#decoder.write(Buffer.from(bytes));
    const part = PART.exec(text);
    this.#rest = part ? text.slice(part.index) : '';
    if (part) text = text.slice(0, part.index);
    const afterPrompt = text.split(PROMPT);
    const clean = text.replace(MARK, '');
    this.#line = afterPrompt.length > 1 ? afterPrompt.at(-1)!.replace(MARK, '') : this.#line + clean;
    if (clean !== '') this.#events?.push({ at, code: 'o', data: clean });
    this.#prompts += [...text.matchAll(MARK)].filter(([, type]) => type === 'B').length;
    this.#pushed.emit();
  }

  /** How many prompts were shown so far. */
  get prompts(): number {
    return this.#prompts;
  }

  /**
   * Resolves once so many prompts have been shown, or after `patience` milliseconds. What a terminal prints arrives a
   * little later than the news of the command that printed it.
   */
  whenPrompted(prompts: number, patience: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#prompts >= prompts) done();
      };
      const done = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(done, patience);
      const stop = this.#pushed.on(look);
      look();
    });
  }

  /** Begins a recording with the prompt that stands there. */
  start(at: number): void {
    this.#events = this.#line === '' ? [] : [{ at, code: 'o', data: this.#line }];
  }

  /** The events since `start`. */
  stop(): TapeEvent[] {
    const events = this.#events ?? [];
    this.#events = undefined;
    return this.hide.reduce((all, [from, to]) => replaced(all, from, to), events);
  }
}

/** What is to be hidden may come in pieces: what stands for it goes into the event in which it begins. */
function replaced(events: TapeEvent[], from: string, to: string): TapeEvent[] {
  const text = events.map(({ data }) => data).join('');
  const found: number[] = [];
  for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + from.length)) found.push(at);
  let begin = 0;
  return events.map((event) => {
    const end = begin + event.data.length;
    let data = '';
    let at = begin;
    for (const index of found) {
      if (index + from.length <= begin || index >= end) continue;
      data += text.slice(at, Math.max(at, index));
      if (index >= begin) data += to;
      at = Math.min(end, index + from.length);
    }
    data += text.slice(at, end);
    begin = end;
    return { ...event, data };
  });
}
