/** Hands the progress to the reader as a file. */
import type { Progress } from '../../server/protocol';

export function saveAsFile(progress: Progress): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(progress, undefined, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `malha-progress-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  // The browser has taken the file by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
