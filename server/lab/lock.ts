/**
 * One running server for each home: a file that names its process and its address. A second start finds the first by
 * it; a file that a crash left is recognised and replaced.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface RunningLab {
  pid: number;
  /** When that process began, as the system tells it: a later process may get the same number. */
  began: string;
  /** Marks the processes of its terminals. */
  labId: string;
  /** Where it is served, as `http://127.0.0.1:4680`; missing while it starts. */
  url?: string;
}

export type Claim =
  | {
      held: true;
      lock: Lock;
      /** The lab that ended without cleaning up, if one did. */
      crashed?: RunningLab;
    }
  | { held: false; running: RunningLab };

/** How long a second start waits for the first one's address, in milliseconds. */
const PATIENCE = 15_000;
const POLL = 50;

/** Takes the lock of `folder` (a closed folder that exists), or tells who has it. */
export async function claimLab(folder: string, labId: string): Promise<Claim> {
  const file = path.join(folder, 'lab.json');
  const me: RunningLab = { pid: process.pid, began: beginningOf(process.pid) ?? '', labId };
  let crashed: RunningLab | undefined;
  const until = Date.now() + PATIENCE;
  for (;;) {
    if (await create(file, me)) return { held: true, lock: new Lock(file, me), crashed };
    const other = await read(file);
    if (other && isRunning(other)) {
      if (other.url || Date.now() > until) return { held: false, running: other };
      await delay(POLL);
    } else if (Date.now() > until) {
      throw new Error(`${file} is left from a lab that has ended and cannot be removed: delete it, then start again.`);
    } else {
      crashed = (await remove(file, other)) ?? crashed;
    }
  }
}

export class Lock {
  constructor(
    private readonly file: string,
    private readonly me: RunningLab,
  ) {}

  /** Tells later starts where the lab is served. */
  async announce(url: string): Promise<void> {
    const temporary = `${this.file}.${process.pid}`;
    await writeFile(temporary, JSON.stringify({ ...this.me, url }), { mode: 0o600 });
    await rename(temporary, this.file);
  }

  async release(): Promise<void> {
    const holder = await read(this.file);
    if (holder?.labId === this.me.labId) await rm(this.file, { force: true });
  }
}

/** Creates the file whole, unless it is there: a hard link is made or refused in one step. */
async function create(file: string, content: RunningLab): Promise<boolean> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(content), { mode: 0o600 });
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Undefined where there is none, or none that can be read: a crash while writing leaves anything. */
async function read(file: string): Promise<RunningLab | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<RunningLab>;
    const { pid, began, labId, url } = value;
    if (!Number.isInteger(pid) || typeof began !== 'string' || typeof labId !== 'string') return undefined;
    return { pid: pid as number, began, labId, ...(typeof url === 'string' ? { url } : {}) };
  } catch {
    return undefined;
  }
}

/**
 * Takes the dead lab's file away. Another start may do the same and have put its own there meanwhile: what was moved is
 * looked at again, and put back where it is not the dead one's.
 */
async function remove(file: string, dead: RunningLab | undefined): Promise<RunningLab | undefined> {
  const aside = `${file}.stale.${process.pid}`;
  try {
    await rename(file, aside);
  } catch {
    return undefined;
  }
  const moved = await read(aside);
  if (moved && moved.labId !== dead?.labId) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
  return dead;
}

function isRunning(lab: RunningLab): boolean {
  const began = beginningOf(lab.pid);
  return began !== undefined && began === lab.began;
}

/** When a process began, in the system's own words; undefined where there is none. */
export function beginningOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      // Field 22 of proc(5), in ticks since the machine's start, which the boot id names.
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
