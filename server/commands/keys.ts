/** The Enter key in the terminal where a command runs. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Milliseconds. */
const LOOK_AGAIN = 2000;

/**
 * Calls `pressed` for each Enter, while the command is in the foreground: to read from its terminal in the background
 * would stop the whole process (SIGTTIN). Returns the function that lets go of the keyboard.
 */
export function onEnter(keyboard: NodeJS.ReadStream | undefined, pressed: () => void): () => void {
  if (!keyboard?.isTTY) return () => {};
  const read = (data: Buffer) => {
    if (data.includes('\n')) pressed();
  };
  let look: NodeJS.Timeout | undefined;
  const follow = () => {
    clearTimeout(look);
    if (isForeground()) keyboard.resume();
    else {
      keyboard.pause();
      // A shell that brings back a job which ran all the while tells it nothing.
      look = setTimeout(follow, LOOK_AGAIN).unref();
    }
  };
  // The terminal may go away before we do.
  const ignore = () => {};
  keyboard.on('error', ignore);
  keyboard.on('data', read);
  follow();
  // After Ctrl-Z: `bg` and `fg` both send it.
  process.on('SIGCONT', follow);
  return () => {
    clearTimeout(look);
    process.off('SIGCONT', follow);
    keyboard.off('data', read);
    keyboard.pause();
  };
}

/** Whether the process's group is the one that its terminal listens to. */
function isForeground(): boolean {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync('/proc/self/stat', 'utf8');
      // Fields 5 (process group) and 8 (the terminal's foreground group) of proc(5).
      const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return group === foreground;
    }
    const text = execFileSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], { encoding: 'utf8' });
    const [group, foreground] = text.trim().split(/\s+/);
    return group === foreground;
  } catch {
    return false;
  }
}
