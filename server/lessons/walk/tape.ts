/** What one terminal shows while a step runs, as a recording: with the prompt before it, without our marks. */
import { StringDecoder } from 'node:string_decoder';
import { Signal } from '../../terminal/signal.ts';
import type { CastEvent } from '../cast.ts';

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
  #events: CastEvent[] | undefined;
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
    const clean = this.#clean(text);
    this.#line = afterPrompt.length > 1 ? this.#clean(afterPrompt.at(-1)!) : this.#line + clean;
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
  stop(): CastEvent[] {
    const events = this.#events ?? [];
    this.#events = undefined;
    return events;
  }

  #clean(text: string): string {
    return this.hide.reduce((clean, [from, to]) => clean.replaceAll(from, to), text.replace(MARK, ''));
  }
}
