/** A short word to the reader that goes by itself: "Copied". Shown, and read aloud. */
import { createStore } from '../lab/store';

/** Milliseconds that it stays. */
const STAY = 2500;

export const said = createStore<{ text: string }>({ text: '' });

let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
  clearTimeout(timer);
  said.set({ text });
  timer = setTimeout(() => said.set({ text: '' }), STAY);
}
