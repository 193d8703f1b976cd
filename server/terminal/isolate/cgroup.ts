/** Limits by control groups that we make ourselves (cgroups(7), version 2 or 1), where this process may. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Limiter, type Limits, MIB, type Room } from './limits.ts';

const CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
type Controller = (typeof CONTROLLERS)[number];

/** Microseconds over which the processor's share is counted; the kernel's own default. */
const PERIOD = 100_000;
/** A group can be removed a moment after its last process has ended. */
const TRIES = 40;
const WAIT = 25;

/** Folders under which groups can be made: one for all controllers in version 2, one for each in version 1. */
export type Bases = { version: 2; folder: string } | { version: 1; folders: Record<Controller, string> };

interface Mount {
  root: string;
  point: string;
  type: string;
  options: string[];
}

/** `text` is that of /proc/self/mountinfo, see proc_pid_mountinfo(5). */
function mounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after] = line.split(' - ');
    const [, , , root, point] = before.split(' ');
    const [type, , options] = (after ?? '').split(' ');
    return root && point && type ? [{ root, point, type, options: (options ?? '').split(',') }] : [];
  });
}

/** The folder of our own group in a mount. */
function own(mount: Mount, group: string): string | undefined {
  const below = path.posix.relative(mount.root, group);
  return below.startsWith('..') ? undefined : path.join(mount.point, below);
}

/**
 * Where this process may make groups that limit memory, tasks and processor; `mountinfo` and `groups` are the texts of
 * /proc/self/mountinfo and /proc/self/cgroup. In version 2 that is an ancestor of our group which hands these
 * controllers down: ours holds processes, so it cannot (the rule of no internal processes).
 */
export function findBases(mountinfo: string, groups: string): Bases | undefined {
  const all = mounts(mountinfo);
  const lines = groups.split('\n').map((line) => /^(\d+):([^:]*):(.*)$/.exec(line));
  const unified = all.find(({ type }) => type === 'cgroup2');
  const group = lines.find((line) => line?.[1] === '0' && line[2] === '')?.[3];
  if (unified && group !== undefined) {
    let folder = own(unified, group);
    while (folder?.startsWith(unified.point)) {
      const handed = read(path.join(folder, 'cgroup.subtree_control')).split(/\s+/);
      if (CONTROLLERS.every((name) => handed.includes(name))) return { version: 2, folder };
      if (folder === unified.point) break;
      folder = path.dirname(folder);
    }
  }
  const folders: Partial<Record<Controller, string>> = {};
  for (const name of CONTROLLERS) {
    const mount = all.find(({ type, options }) => type === 'cgroup' && options.includes(name));
    const mine = lines.find((line) => line?.[2]?.split(',').includes(name))?.[3];
    folders[name] = mount && mine !== undefined ? own(mount, mine) : undefined;
  }
  const { memory, pids, cpu } = folders;
  return memory && pids && cpu ? { version: 1, folders: { memory, pids, cpu } } : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Enters the groups named before `--`, then becomes the program after it; the shell's process id stays ours. */
const ENTER = [
  'while [ "$1" != -- ]; do',
  '  echo $$ >"$1/cgroup.procs" || { echo "The limits of this terminal could not be set." >&2; exit 125; }',
  '  shift',
  'done',
  'shift',
  'exec "$@"',
].join('\n');

export class ControlGroups implements Limiter {
  readonly by: string;

  constructor(private readonly bases: Bases) {
    this.by = `control groups, version ${bases.version}`;
  }

  room(name: string, limits: Limits): Room {
    const { bases } = this;
    const made: string[] = [];
    const make = (base: string, files: Record<string, string | number>, optional: Record<string, string | number>) => {
      const folder = path.join(base, name);
      mkdirSync(folder);
      made.push(folder);
      for (const [file, value] of Object.entries(files)) writeFileSync(path.join(folder, file), String(value));
      // Swap is counted only where the kernel was built and started for it.
      for (const [file, value] of Object.entries(optional)) {
        if (existsSync(path.join(folder, file))) writeFileSync(path.join(folder, file), String(value));
      }
    };
    const bytes = limits.memory * MIB;
    const quota = Math.round((limits.cpu / 100) * PERIOD);
    try {
      if (bases.version === 2) {
        const files = { 'memory.max': bytes, 'pids.max': limits.tasks, 'cpu.max': `${quota} ${PERIOD}` };
        make(bases.folder, files, { 'memory.swap.max': 0 });
      } else {
        const { memory, pids, cpu } = bases.folders;
        make(memory, { 'memory.limit_in_bytes': bytes }, { 'memory.memsw.limit_in_bytes': bytes });
        make(pids, { 'pids.max': limits.tasks }, {});
        make(cpu, { 'cpu.cfs_period_us': PERIOD, 'cpu.cfs_quota_us': quota }, {});
      }
    } catch (error) {
      for (const folder of made) remove(folder);
      throw error;
    }
    return {
      prefix: ['/bin/sh', '-c', ENTER, 'malha', ...made, '--'],
      release: async () => {
        for (const folder of made) {
          for (let tries = 0; tries < TRIES && !remove(folder); tries++) {
            end(folder);
            await delay(WAIT);
          }
        }
      },
    };
  }

  sweep(prefix: string): void {
    const { bases } = this;
    for (const base of bases.version === 2 ? [bases.folder] : Object.values(bases.folders)) {
      for (const name of readdirSync(base)) if (name.startsWith(prefix)) remove(path.join(base, name));
    }
  }
}

/** Ends what is in it: a group tells also of processes that have left the session, their parents and environment. */
function end(folder: string): void {
  for (const pid of read(path.join(folder, 'cgroup.procs')).split('\n')) {
    try {
      // 0 stands for a process that we cannot see; to kill() it would mean our own group.
      if (Number(pid) > 0) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** False while a process is in it. */
function remove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
