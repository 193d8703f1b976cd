/** Keeps the progress in this browser: what is answered without a lab, and what a lab has not heard yet. */
import type { Progress } from '../../server/protocol';

const KEY = 'malha.progress';
const ASIDE = 'malha.progress.broken';

/**
 * Undefined where nothing is kept. A record that cannot be read is moved to another name, which is then told: it stays
 * on the machine for who wants to look at it, and is in nobody's way.
 */
export async function loadKept(): Promise<{ progress?: Progress; setAside?: string }> {
  const text = read();
  if (text === null) return {};
  // The schema is loaded by those alone who have something to hold against it.
  const { parseMessage, Progress: schema } = await import('../../server/protocol');
  const progress = parseMessage(schema, text);
  if (progress !== undefined) return { progress };
  quietly(() => {
    localStorage.setItem(ASIDE, text);
    localStorage.removeItem(KEY);
  });
  return { setAside: ASIDE };
}

/** Storage may be full, or forbidden: then the progress lasts as long as the page. */
export function keep(progress: Progress): void {
  quietly(() => localStorage.setItem(KEY, JSON.stringify(progress)));
}

export function forget(): void {
  quietly(() => localStorage.removeItem(KEY));
}

/** Calls when another tab of this browser has changed it. */
export function onOtherTab(changed: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === KEY || key === null) changed();
  });
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function quietly(write: () => void): void {
  try {
    write();
  } catch {
    // Nothing to do about it.
  }
}
