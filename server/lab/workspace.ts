/** The learner's folder of manifests: filled at each start, without ever writing over what the learner changed. */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A file for the learner: its path in the workspace, with `/`, and its text. */
export interface WorkspaceFile {
  path: string;
  content: string;
}

export interface WorkspaceResult {
  /** Files written or brought up to date, by their path in the workspace. */
  written: string[];
  /** Files that the learner has changed, and that differ from ours: kept as they are. */
  kept: string[];
}

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

/**
 * `recordFile` keeps the digest of what we wrote, so that a later start can tell
 * our old text, which it replaces, from the learner's.
 */
export async function writeWorkspace(
  workspace: string,
  recordFile: string,
  files: readonly WorkspaceFile[],
): Promise<WorkspaceResult> {
  const record = await readRecord(recordFile);
  const result: WorkspaceResult = { written: [], kept: [] };
  for (const { path: name, content: text } of files) {
    const file = inside(workspace, name);
    if (await leadsElsewhere(workspace, file)) {
      result.kept.push(name);
      continue;
    }
    const present = await readFile(file).catch(() => undefined);
    const seen = present && digest(present);
    const ours = digest(text);
    if (seen === undefined || (seen !== ours && seen === record[name])) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text, { flag: OVER_NO_LINK });
      result.written.push(name);
    } else if (seen !== ours) {
      result.kept.push(name);
      continue;
    }
    record[name] = ours;
  }
  await writeFile(`${recordFile}.new`, JSON.stringify(record, undefined, 2));
  await rename(`${recordFile}.new`, recordFile);
  return result;
}

/** Those of `files` that are there and that the learner has changed since we wrote them. */
export async function changedFiles(
  workspace: string,
  recordFile: string,
  files: readonly WorkspaceFile[],
): Promise<string[]> {
  const record = await readRecord(recordFile);
  const changed: string[] = [];
  for (const { path: name, content } of files) {
    const present = await readFile(inside(workspace, name)).catch(() => undefined);
    const seen = present && digest(present);
    if (seen !== undefined && seen !== digest(content) && seen !== record[name]) changed.push(name);
  }
  return changed;
}

/** As `w`, but for a link that came into its place meanwhile. */
const OVER_NO_LINK = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/**
 * Whether the file is a link, or in a folder that is one: whoever has the workspace may have put it there, and the
 * server may write where they may not (see `malha start --isolate`).
 */
async function leadsElsewhere(workspace: string, file: string): Promise<boolean> {
  const root = await realpath(workspace);
  for (let one = path.resolve(file); one !== path.resolve(workspace); one = path.dirname(one)) {
    const what = await lstat(one).catch(() => undefined);
    if (what?.isSymbolicLink()) return true;
    if (what?.isDirectory()) return !`${await realpath(one)}${path.sep}`.startsWith(`${root}${path.sep}`);
  }
  return false;
}

function inside(workspace: string, name: string): string {
  const file = path.resolve(workspace, name);
  if (!file.startsWith(`${path.resolve(workspace)}${path.sep}`)) throw new Error(`${name} is not in the workspace.`);
  return file;
}

/** A record that is missing or broken makes every changed file the learner's: nothing is lost by it. */
async function readRecord(file: string): Promise<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, string>) : {};
  } catch {
    return {};
  }
}
