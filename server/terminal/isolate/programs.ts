/** Which files an isolated shell needs for the lab's tools: ours, and those that the lab links to. */

import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';

const TOOLS = ['kubectl', 'helm', 'istioctl'];

/** The parts of our own package that its command needs; `entry` is that command's file, in `dist`. */
export function packageParts(entry: string): string[] {
  const root = path.dirname(path.dirname(entry));
  const parts = ['dist', 'package.json', 'node_modules'].map((name) => path.join(root, name));
  // Installed in another package's node_modules, it has its own dependencies beside it.
  const above = root.lastIndexOf(`${path.sep}node_modules${path.sep}`);
  return above < 0 ? parts : [...parts, root.slice(0, above + `${path.sep}node_modules`.length)];
}

/** Tools that `bin` links to, and those on `searchPath` that it may link to yet: a shell can be open before that. */
export function toolFiles(bin: string, searchPath = ''): string[] {
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder) && folder !== bin);
  return [
    ...TOOLS.flatMap((name) => linked(path.join(bin, name))),
    ...folders.flatMap((folder) => TOOLS.map((name) => path.join(folder, name))),
  ];
}

function linked(file: string): string[] {
  try {
    return [path.resolve(path.dirname(file), readlinkSync(file))];
  } catch {
    return []; // not a link
  }
}

/** Absolute path of a program; undefined where `searchPath` has none of that name. */
export function onPath(name: string, searchPath = '/usr/bin:/bin'): string | undefined {
  for (const folder of searchPath.split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    try {
      if (readdirSync(folder).includes(name)) return path.join(folder, name);
    } catch {
      // PATH names folders that are not there
    }
  }
  return undefined;
}
