/** The folder that comes first on a terminal's PATH: the lab's kubectl, helm and istioctl, and nothing else. */

import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** `name` in `bin` becomes the program at `target`. */
export async function linkTool(bin: string, name: string, target: string): Promise<void> {
  await put(bin, name, (file) => symlink(target, file));
}

/** `name` in `bin` runs `command`, with the learner's own arguments after it. */
export async function scriptTool(bin: string, name: string, command: string[]): Promise<void> {
  const script = `#!/bin/sh\nexec ${command.map(quoted).join(' ')} "$@"\n`;
  await put(bin, name, (file) => writeFile(file, script, { mode: 0o755 }));
}

/** `name` in `bin` says why it cannot be had, and fails. */
export async function missingTool(bin: string, name: string, reason: string): Promise<void> {
  const script = `#!/bin/sh\nprintf '%s\\n' ${quoted(`${name}: ${reason}`)} >&2\nexit 127\n`;
  await put(bin, name, (file) => writeFile(file, script, { mode: 0o755 }));
}

/** In one step: a terminal that is open never sees half a tool. */
async function put(bin: string, name: string, create: (file: string) => Promise<void>): Promise<void> {
  await mkdir(bin, { recursive: true });
  const temporary = path.join(bin, `.${name}.${process.pid}`);
  await rm(temporary, { force: true });
  await create(temporary);
  await rename(temporary, path.join(bin, name));
}

/** PATH without `folder`: a lab started from a lab's terminal must not find its own links. */
export function pathWithout(searchPath: string | undefined, folder: string): string {
  return (searchPath ?? '')
    .split(path.delimiter)
    .filter((one) => path.resolve(one) !== path.resolve(folder))
    .join(path.delimiter);
}
