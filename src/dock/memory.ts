/** What this browser tab remembers of its terminals from one page to the next: a reload, another language. */
import { addUnsent } from './notices';
import type { ScrollPosition } from './scroll';

interface Memory {
  /** The run of the server whose terminals these are. */
  instance: string;
  scrolled: Record<number, ScrollPosition>;
  /** What was typed and never sent, in bytes. */
  unsent: { tab: number; bytes: number[] }[];
}

const KEY = 'malha.terminals';

export function remember(memory: Memory): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(memory));
  } catch {
    // Storage may be full or forbidden: then the next page begins at the end of the output.
  }
}

/** Takes up what the page before left; tells of what it could not send. Returns where its terminals were scrolled to. */
export function recall(instance: string | undefined): Map<number, ScrollPosition> {
  let memory: Memory;
  try {
    memory = JSON.parse(sessionStorage.getItem(KEY) ?? '');
    sessionStorage.removeItem(KEY);
    for (const { tab, bytes } of memory.unsent) addUnsent(tab, Uint8Array.from(bytes));
    if (memory.instance !== instance) return new Map();
    return new Map(Object.entries(memory.scrolled).map(([terminal, position]) => [Number(terminal), position]));
  } catch {
    // Nothing was left, or by another version of this page.
    return new Map();
  }
}
