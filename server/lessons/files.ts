/** The learner's workspace as a check sees it: read only, and nothing outside it, links included. */
import { open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { CheckLab } from './lab.ts';

const MAX_BYTES = 1024 * 1024;

export function workspaceFiles(workspace: string): CheckLab['files'] {
  return {
    async read(name) {
      const file = await inside(workspace, name);
      if (file === undefined) return undefined;
      const handle = await open(file, 'r');
      try {
        const stat = await handle.stat();
        if (!stat.isFile()) return undefined;
        const buffer = Buffer.alloc(Math.min(stat.size, MAX_BYTES));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
        return buffer.subarray(0, bytesRead).toString('utf8');
      } finally {
        await handle.close();
      }
    },
    async list(name = '.') {
      const folder = await inside(workspace, name);
      return folder === undefined ? [] : (await readdir(folder)).sort();
    },
  };
}

/** The real path, undefined where there is none. Throws for one that is not in the workspace. */
async function inside(workspace: string, name: string): Promise<string | undefined> {
  const root = await realpath(workspace);
  const refuse = () => new Error(`${name} is not in the workspace.`);
  const wanted = path.resolve(root, name);
  if (wanted !== root && !wanted.startsWith(`${root}${path.sep}`)) throw refuse();
  let real: string;
  try {
    real = await realpath(wanted);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (real !== root && !real.startsWith(`${root}${path.sep}`)) throw refuse();
  return real;
}
