/** The commands that change the shell itself. */
import { interruptible, UsageError } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { Leave } from './exit.ts';
import type { Shell } from './interpreter.ts';
import type { Streams } from './io.ts';
import { absolute } from './paths.ts';

type Builtin = (shell: Shell, args: string[], streams: Streams) => Promise<number> | number;

const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/;

const leave =
  (kind: 'break' | 'continue'): Builtin =>
  (_shell, [count]) => {
    throw new Leave(kind, Number(count ?? 1) || 1);
  };

function isKnown(name: string): boolean {
  return name in BUILTINS || name in COMMANDS;
}

export const BUILTINS: Record<string, Builtin> = {
  ':': () => 0,

  cd(shell, [target = shell.get('HOME') ?? '/']) {
    const path = absolute(target === '-' ? (shell.get('OLDPWD') ?? shell.cwd) : target, shell.cwd);
    if (!shell.files.isFolder(path)) throw new UsageError(`can't cd to ${target}: No such file or directory`, 2);
    shell.set('OLDPWD', shell.cwd);
    shell.cwd = path;
    shell.set('PWD', path);
    return 0;
  },

  pwd(shell, _args, { stdout }) {
    stdout(`${shell.cwd}\n`);
    return 0;
  },

  export(shell, args, { stdout }) {
    if (args.length === 0)
      for (const [name, value] of Object.entries(shell.environment)) stdout(`export ${name}='${value}'\n`);
    for (const arg of args) {
      const [, name, value] = assignment.exec(arg) ?? [];
      shell.exportVariable(name ?? arg, value);
    }
    return 0;
  },

  unset(shell, names) {
    for (const name of names) {
      shell.variables.delete(name);
      shell.exported.delete(name);
    }
    return 0;
  },

  set(shell, args, { stdout }) {
    if (args.length === 0) for (const [name, value] of shell.variables) stdout(`${name}='${value}'\n`);
    while (args[0]?.match(/^[-+]/)) {
      const word = args.shift()!;
      if (word === '--') break;
      if (!/^[-+][eu]+$/.test(word)) throw new UsageError(`the embedded cluster's shell does not simulate ${word}`, 2);
      if (word.includes('e')) shell.exitOnError = word.startsWith('-');
    }
    if (args.length > 0) shell.positional = args;
    return 0;
  },

  shift(shell, [count]) {
    shell.positional = shell.positional.slice(Number(count ?? 1));
    return 0;
  },

  exit(shell, [code]) {
    if (code !== undefined && !/^\d+$/.test(code)) throw new UsageError(`Illegal number: ${code}`, 2);
    throw new Leave('exit', code === undefined ? shell.status : Number(code) & 255);
  },

  break: leave('break'),
  continue: leave('continue'),

  async eval(shell, args, streams) {
    return shell.runText(args.join(' '), streams);
  },

  async exec(shell, [name, ...args], streams) {
    if (name === undefined) return 0;
    throw new Leave('exit', await shell.call(name, args, streams));
  },

  async read(shell, args, { stdin }) {
    const names = args.filter((arg) => arg !== '-r');
    if (names[0]?.startsWith('-'))
      throw new UsageError(`the embedded cluster's shell does not simulate ${names[0]}`, 2);
    const line = await interruptible(stdin.readLine(), shell.signal);
    const fields = (line ?? '').trim().split(/[ \t]+/);
    const targets = names.length > 0 ? names : ['REPLY'];
    targets.forEach((name, index) => {
      shell.set(name, index === targets.length - 1 ? fields.slice(index).join(' ') : (fields[index] ?? ''));
    });
    return line === undefined ? 1 : 0;
  },

  async command(shell, args, streams) {
    const [option, name] = args;
    if (option === '-v' || option === '-V') {
      if (name === undefined || !isKnown(name)) return 127;
      streams.stdout(`${name in BUILTINS ? name : `/bin/${name}`}\n`);
      return 0;
    }
    return option === undefined ? 0 : shell.call(option, args.slice(1), streams);
  },

  type(shell, names, { stdout, stderr }) {
    for (const name of names) {
      if (!isKnown(name)) {
        stderr(`${shell.name}: ${name}: not found\n`);
        return 127;
      }
      stdout(name in BUILTINS ? `${name} is a shell builtin\n` : `${name} is /bin/${name}\n`);
    }
    return 0;
  },

  which(_shell, names, { stdout }) {
    const found = names.filter((name) => name in COMMANDS);
    stdout(found.map((name) => `/bin/${name}\n`).join(''));
    return found.length === names.length ? 0 : 1;
  },

  wait: () => {
    throw new UsageError("the embedded cluster's shell does not simulate wait", 2);
  },
  trap: () => {
    throw new UsageError("the embedded cluster's shell does not simulate trap: it ends at once on SIGTERM", 2);
  },
};
