/**
 * Ends every process of a terminal, also those that left the shell's process group (nohup, setsid): they are found by
 * a marker in their environment, by their session and by their parents.
 */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Name of the environment variable that marks a terminal's processes: `<lab>.<terminal>`. */
export const MARKER = 'MALHA_SESSION';

/** How long processes get to end after HUP, and again after TERM, in milliseconds. */
const GRACE = 500;
const POLL = 25;

interface Process {
  pid: number;
  parent: number;
  session: number;
  marker?: string;
}

/**
 * Sends HUP (and CONT, for stopped jobs), then TERM, then KILL, each only to what is left. KILL is sent after each
 * look: a process can start another one between a look and its own end. `marker` may end in `.` to mean every terminal
 * of a lab. `leaders`: the shells' process ids. Returns how many were found.
 */
export async function endProcesses(marker: string, leaders: number[] = []): Promise<number> {
  // Only at first: another terminal may get the name of one that has ended.
  const atTerminals = withChildren(await allProcesses(), atTerminalsOf(leaders));
  let found = union(await processesOf(marker, leaders), [...atTerminals]);
  const first = found.length;
  for (const signals of [['SIGHUP', 'SIGCONT'], ['SIGTERM'], ['SIGKILL']] as const) {
    if (found.length === 0) return first;
    for (const pid of found) for (const signal of signals) send(pid, signal);
    const until = performance.now() + GRACE;
    do {
      await delay(POLL);
      const before = found;
      found = union(await processesOf(marker, leaders), before.filter(exists));
      if (signals[0] === 'SIGKILL') for (const pid of found) send(pid, 'SIGKILL');
    } while (found.length > 0 && performance.now() < until);
  }
  return first;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile, or it belongs to another user, which we cannot end.
  }
}

/** Zombies count as ended: they wait for their parent only. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const union = (one: number[], other: number[]) => [...new Set([...one, ...other])];

export async function processesOf(marker: string, leaders: number[] = []): Promise<number[]> {
  const all = await allProcesses();
  const ours = new Set<number>();
  const matches = (value: string | undefined) =>
    value !== undefined && (marker.endsWith('.') ? value.startsWith(marker) : value === marker);
  for (const one of all) {
    if (matches(one.marker) || leaders.includes(one.pid) || leaders.includes(one.session)) ours.add(one.pid);
  }
  return [...withChildren(all, ours)];
}

const allProcesses = async () => (process.platform === 'linux' ? fromProc() : await fromPs());

/** Adds children whose environment was emptied (`env -i`): a tree can be deep, so go on until nothing is added. */
function withChildren(all: Process[], ours: Set<number>): Set<number> {
  for (let size = -1; size !== ours.size; ) {
    size = ours.size;
    for (const one of all) if (ours.has(one.parent)) ours.add(one.pid);
  }
  ours.delete(process.pid);
  return ours;
}

/**
 * Whoever reads or writes at the same terminals as `leaders`: the last trace of a process that emptied its environment,
 * has a session of its own and lost its parent (`env -i setsid program &`). Linux only.
 */
function atTerminalsOf(leaders: number[]): Set<number> {
  const found = new Set<number>();
  if (process.platform !== 'linux') return found;
  const terminals = new Set<string | undefined>(leaders.map(controllingTerminal));
  terminals.delete(undefined);
  if (terminals.size === 0) return found;
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && standardStreams(name).some((file) => terminals.has(file))) found.add(Number(name));
  }
  return found;
}

/** Field 7 of proc(5)'s stat: a device number; ptys have the major numbers from 136 on (devices.txt of Linux). */
function controllingTerminal(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const device = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]);
    const major = (device >> 8) & 0xfff;
    const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
    return major >= 136 && major < 144 ? `/dev/pts/${(major - 136) * 256 + minor}` : undefined;
  } catch {
    return undefined;
  }
}

function standardStreams(pid: number | string): string[] {
  return [0, 1, 2].flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return []; // closed, ended, or another user's
    }
  });
}

function fromProc(): Process[] {
  const found: Process[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // pid (command) state ppid pgrp session …; the command may hold anything, also parentheses.
      const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') continue;
      found.push({ pid: Number(name), parent: Number(parent), session: Number(session), marker: markerIn(name) });
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return found;
}

function markerIn(pid: string): string | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return environment.find((entry) => entry.startsWith(`${MARKER}=`))?.slice(MARKER.length + 1);
  } catch {
    return undefined; // another user's process
  }
}

/** macOS: `-E` shows the environment after the command; the session is not told. */
async function fromPs(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axEwwo', 'pid=,ppid=,stat=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match || match[3]?.startsWith('Z')) return [];
    const marker = new RegExp(`(?:^|\\s)${MARKER}=(\\S+)`).exec(match[4] ?? '')?.[1];
    return [{ pid: Number(match[1]), parent: Number(match[2]), session: 0, marker }];
  });
}
