/**
 * The shell of the simulated images: what `sh -c`, a container's command and `kubectl exec` run. It is small on purpose.
 * What it does not know it refuses by name; it never pretends.
 */
import type { ContainerContext, ExecIO } from './image.ts';
import { BUILTINS } from './shell/builtins.ts';
import { COMMANDS, NOT_SIMULATED } from './shell/commands/index.ts';
import { FileTree } from './shell/files.ts';
import { runInteractive } from './shell/interactive.ts';
import { Shell } from './shell/interpreter.ts';
import { Input, type Streams } from './shell/io.ts';
import { runShell, SHELLS } from './shell/start.ts';

/** One tree of files a container, shared by all that run in it. */
const trees = new WeakMap<ContainerContext, FileTree>();

function filesOf(context: ContainerContext): FileTree {
  const tree = trees.get(context) ?? new FileTree(context);
  trees.set(context, tree);
  return tree;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Whether a container can be started with this program: a shell, or one of the commands. */
export const canRun = (name: string): boolean => SHELLS.includes(baseName(name)) || baseName(name) in COMMANDS;

/**
 * Runs a command as `kubectl exec` does, without a shell around it unless it is one: `['sh', '-c', 'echo $HOME']`,
 * `['curl', '-s', 'http://web']`, `['sh']` (with `io.tty` a terminal's shell, else its script comes from stdin).
 * Resolves with the exit code: 126 and a line on stderr where there is no such program.
 */
export async function runShellCommand(argv: string[], io: ExecIO, context: ContainerContext): Promise<number> {
  const [program, ...args] = argv;
  const files = filesOf(context);
  const name = baseName(program ?? '');
  const streams = streamsOf(io);
  if (SHELLS.includes(name)) {
    const surroundings = { container: context, files, signal: io.signal };
    return runShell(name, args, streams, surroundings, context.env, () => runInteractive(io, context, files));
  }
  // Some builtins are programs of their own as well, which exec finds.
  if (name in COMMANDS || ['pwd', 'which'].includes(name)) {
    const shell = new Shell(context, files, io.signal);
    return shell.runArguments(name, args, streams);
  }
  const quoted = `exec: "${program}": executable file not found in $PATH`;
  io.stderr(`OCI runtime exec failed: exec failed: unable to start container process: ${quoted}: unknown\n`);
  if (NOT_SIMULATED.has(name) || name in BUILTINS)
    io.stderr(`The embedded cluster does not simulate the program ${name}.\n`);
  return 126;
}

const streamsOf = (io: ExecIO): Streams => ({
  stdin: new Input(io.stdin),
  stdout: io.stdout,
  stderr: io.stderr,
  tty: io.tty,
});
