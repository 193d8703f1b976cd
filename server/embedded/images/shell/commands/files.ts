/** Commands on the container's files. */
import { type Command, options, UsageError } from '../command.ts';
import { absolute } from '../paths.ts';

export const fileCommands: Record<string, Command> = {
  ls(invocation) {
    const { given, operands } = options(invocation, 'la1dhA');
    const { files, cwd, stdout, stderr } = invocation;
    let failed = false;
    const print = (path: string, name: string) => {
      const size = Buffer.byteLength(files.read(path) ?? '');
      const mode = files.isFolder(path) ? 'drwxr-xr-x' : '-rw-r--r--';
      stdout(given.has('l') ? `${mode}    1 root     root     ${String(size).padStart(9)} ${name}\n` : `${name}\n`);
    };
    const targets = operands.length > 0 ? operands : ['.'];
    for (const target of targets) {
      const path = absolute(target, cwd);
      if (files.isFolder(path) && !given.has('d')) {
        if (targets.length > 1) stdout(`${target}:\n`);
        const names = files.list(path).filter((name) => given.has('a') || given.has('A') || !name.startsWith('.'));
        for (const name of names) print(absolute(name, path), name);
      } else if (files.isFolder(path) || files.read(path) !== undefined) print(path, target);
      else {
        failed = true;
        stderr(`ls: ${target}: No such file or directory\n`);
      }
    }
    return failed ? 1 : 0;
  },

  touch({ args, files, cwd }) {
    for (const name of args) {
      const path = absolute(name, cwd);
      if (files.read(path) !== undefined) continue;
      try {
        files.write(path, '');
      } catch (error) {
        throw new UsageError(`${name}: ${(error as Error).message}`);
      }
    }
    return 0;
  },

  mkdir(invocation) {
    const { operands } = options(invocation, 'p');
    for (const name of operands) invocation.files.makeFolder(absolute(name, invocation.cwd));
    return 0;
  },

  rm(invocation) {
    const { given, operands } = options(invocation, 'rfR');
    let failed = false;
    for (const name of operands) {
      if (invocation.files.remove(absolute(name, invocation.cwd)) || given.has('f')) continue;
      failed = true;
      invocation.stderr(`rm: can't remove '${name}': No such file or directory, or from a volume\n`);
    }
    return failed ? 1 : 0;
  },
};
