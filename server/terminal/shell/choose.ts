/** Which shell a terminal runs, and how it is started so that it reads the learner's own start-up files and ours. */

import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { BASH_INIT } from './bash.ts';
import { ZSHENV, ZSHRC } from './zsh.ts';

export interface Shell {
  name: 'bash' | 'zsh' | 'sh';
  file: string;
  args: string[];
  env: Record<string, string>;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

/**
 * The learner's own shell where it is bash or zsh, else bash, else sh. `folder` is where our start-up files are
 * written (mode 0700).
 */
export function chooseShell(env: NodeJS.ProcessEnv, folder: string): Shell {
  const searchPath = env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  const own = env.SHELL && path.isAbsolute(env.SHELL) && isExecutable(env.SHELL) ? env.SHELL : undefined;
  const name = own ? path.basename(own) : '';
  if (own && name === 'zsh') return zsh(own, env, folder);
  const bash = own && name === 'bash' ? own : onPath('bash', searchPath);
  if (bash) {
    const init = write(folder, 'bashrc', BASH_INIT);
    return { name: 'bash', file: bash, args: ['--init-file', init], env: {} };
  }
  return { name: 'sh', file: onPath('sh', searchPath) ?? '/bin/sh', args: ['-i'], env: {} };
}

function zsh(file: string, env: NodeJS.ProcessEnv, folder: string): Shell {
  write(path.join(folder, 'zsh'), '.zshenv', ZSHENV);
  write(path.join(folder, 'zsh'), '.zshrc', ZSHRC);
  return {
    name: 'zsh',
    file,
    args: ['-i'],
    env: { ZDOTDIR: path.join(folder, 'zsh'), MALHA_ZDOTDIR: env.ZDOTDIR ?? env.HOME ?? '/' },
  };
}

/** A shell that starts at this moment reads the file too: it is never seen half written. */
function write(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, name);
  if (isThere(file, text)) return file;
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  chmodSync(fresh, 0o600);
  renameSync(fresh, file);
  return file;
}

function isThere(file: string, text: string): boolean {
  try {
    return (statSync(file).mode & 0o777) === 0o600 && readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}
