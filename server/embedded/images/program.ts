/** What the images' programs share: how a container's command chooses between the image's own program and the shell. */
import { AttachPoint } from './attach.ts';
import type { ContainerContext, ExecIO, Program } from './image.ts';
import { lineWriter } from './lines.ts';
import { EXIT } from './shell/exit.ts';
import { canRun, runShellCommand } from './shell.ts';

/** An image's own program; `args` are the words after its name. Answers with the exit code, soon after `signal`. */
export type Main = (args: string[], context: ContainerContext) => Promise<number> | Program;

export interface Entrypoint {
  /** Names by which `command` can ask for it, without a folder: `fake-service`. */
  names: string[];
  main: Main;
  /** Arguments where the container gives none (the image's CMD). */
  defaultArgs?: string[];
  /** Images without a shell, such as distroless ones: any other command is not found. */
  noShell?: boolean;
}

/** Starts the program that `command` and `args` ask for, as a container runtime chooses it. Throws where there is none. */
export function startEntrypoint(context: ContainerContext, entrypoint: Entrypoint): Program {
  const { command, args } = context.container;
  const asked = command && command.length > 0 ? command : undefined;
  const exec = entrypoint.noShell ? { exec: refuseExec } : {};
  if (!asked || entrypoint.names.includes(baseName(asked[0]!))) {
    const given = [...(asked?.slice(1) ?? []), ...(args ?? (asked ? [] : (entrypoint.defaultArgs ?? [])))];
    const program = entrypoint.main(given, context);
    return { ...(program instanceof Promise ? { exited: program } : program), ...exec };
  }
  return { ...runInShell([...asked, ...(args ?? [])], context, entrypoint.noShell), ...exec };
}

/** 128 + SIGTERM. */
const TERMINATED = 143;

/**
 * Runs a command of the shell as the container's main process: what it prints goes to the log, line by line. A container
 * with `stdin: true` can be attached to. Throws where there is no such command.
 */
export function runInShell(argv: string[], context: ContainerContext, noShell = false): Program {
  if (noShell || !canRun(argv[0]!)) throw new Error(notFound(argv[0]!));
  const main = (io: ExecIO) =>
    runShellCommand(argv, io, context).then((code) =>
      context.signal.aborted && code === EXIT.interrupted ? TERMINATED : code,
    );
  if (context.container.stdin === true) {
    const point = new AttachPoint(context);
    return { exited: point.run(main), attach: (io) => point.attach(io) };
  }
  const out = lineWriter(context.log);
  const io: ExecIO = { stdout: out.write, stderr: out.write, tty: false, signal: context.signal };
  return { exited: main(io).finally(() => out.end()) };
}

/** Resolves when the container shall stop, with the code of a program that ends well on SIGTERM. */
export function untilStopped(signal: AbortSignal, exitCode = 0): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(exitCode);
    else signal.addEventListener('abort', () => resolve(exitCode), { once: true });
  });
}

/** Resolves after `milliseconds`, or at once when the container stops. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** containerd's words, in short. */
const notFound = (name: string): string => `exec: "${name}": executable file not found in $PATH: unknown`;

async function refuseExec(argv: string[], io: ExecIO): Promise<number> {
  io.stderr(`OCI runtime exec failed: ${notFound(argv[0] ?? '')}\n`);
  return 126;
}
