/** The shell's process and its pty. */

import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { type IPty, spawn } from 'node-pty';
import type { Size } from './ring.ts';
import type { Shell } from './shell/choose.ts';

export interface ShellProcess {
  pty: IPty;
  /** To be called once the shell has ended. */
  release(): void;
}

/** Starts a shell whose output comes as Buffers. Throws where the system gives no pty or no process. */
export function startShell(shell: Shell, cwd: string, env: Record<string, string>, size: Size): ShellProcess {
  const pty = withoutGaps(() =>
    spawn(shell.file, shell.args, {
      name: 'xterm-256color',
      cols: size.columns,
      rows: size.rows,
      cwd,
      env: { ...env, ...shell.env },
      encoding: null,
    }),
  );
  const held = holdOpen(pty);
  return {
    pty,
    release: () => {
      if (held !== undefined) closeSync(held);
    },
  };
}

/** Gaps are filled up to this descriptor; a process with more open has other troubles. */
const HIGHEST = 16_384;

/**
 * node-pty's build for Linux closes what the server has open in the new process one descriptor after the other, and
 * stops at the first that is not open (pty_close_inherited_fds in its src/unix/pty.cc). What lies above such a gap stays
 * open in the shell: other terminals, into which it could type. So there is none while a shell is started.
 */
function withoutGaps<T>(start: () => T): T {
  const fillers: number[] = [];
  try {
    if (process.platform === 'linux') {
      let highest = 0;
      for (const name of readdirSync('/proc/self/fd')) highest = Math.max(highest, Math.min(HIGHEST, Number(name)));
      let last = -1;
      while (last < highest) {
        last = openSync('/dev/null', 'r');
        fillers.push(last);
      }
    }
    return start();
  } finally {
    for (const filler of fillers) closeSync(filler);
  }
}

/**
 * When the last holder of the shell's end of a pty closes it, libuv reads what is buffered once (4 KiB at most) and
 * reports the end: the rest of a last, larger output would be lost. While we hold that end too, nothing is reported, and
 * node-pty closes the pty 200 ms after the shell's end, when all is read.
 */
function holdOpen(pty: IPty): number | undefined {
  const { ptsName } = pty as { ptsName?: string };
  if (!ptsName) return undefined;
  try {
    return openSync(ptsName, constants.O_RDWR | constants.O_NOCTTY);
  } catch {
    return undefined; // as good as without: only a large last output is at risk
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
