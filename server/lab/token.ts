/**
 * The lab's token, in a file that its owner alone can read: kept over restarts, so that a browser that was signed in
 * still is, and read by a second start, which may then ask the running lab for a link.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const FORM = /^[\w-]{43}$/;

/** Undefined where there is none that only we could have read. */
export function readToken(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const what = fstatSync(descriptor);
    if (!what.isFile() || what.uid !== process.getuid?.() || (what.mode & 0o077) !== 0) return undefined;
    const text = readFileSync(descriptor, 'utf8').trim();
    return FORM.test(text) ? text : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the token, or makes a new one of 256 random bits. Only the holder of the lab's lock may call it. */
export function keepToken(file: string): string {
  const kept = readToken(file);
  if (kept) return kept;
  const token = randomBytes(32).toString('base64url');
  const temporary = `${file}.${process.pid}`;
  // A file of that name that a crash left would keep its mode.
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${token}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file);
  return token;
}
