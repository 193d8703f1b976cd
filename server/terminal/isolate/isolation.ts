/**
 * `--isolate`: each shell under limits of its own and, where bubblewrap is there, in namespaces of its own that reach
 * only the lab's cluster. A machine that cannot do it is found out at the start, not at the first shell.
 */

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Shell } from '../shell/choose.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { ControlGroups, findBases } from './cgroup.ts';
import { LAUNCH, RELAY_SCRIPT } from './inside.ts';
import { INSIDE_PORT, insideKubeconfig } from './kubeconfig.ts';
import { IsolationError, type Limiter, type Limits, MIB } from './limits.ts';
import { onPath, toolFiles } from './programs.ts';
import { LONGEST_SOCKET_PATH, Relay } from './relay.ts';
import { SystemdScopes } from './systemd.ts';

const run = promisify(execFile);
/** A trial that takes longer has failed, in milliseconds. */
const TRIAL = 10_000;

/** Where a shell finds its way to the cluster, in its own mount namespace. */
const SEEN = '/run/malha';

export interface IsolationOptions {
  limits: Limits;
  /** The lab's, for names that no other lab has. */
  labId: string;
  /** That of a lab which ended without cleaning up: what it left is taken away. */
  crashedLabId?: string;
  /** The server's own environment. */
  env: NodeJS.ProcessEnv;
  /** Folders of the lab; see Home. `run` is never seen from within, but for one folder in it. */
  folders: { run: string; workspace: string; bin: string; cache: string; shell: string; tools: string };
  /** Files and folders that the lab's own tools are made of. */
  programs: string[];
}

/** A shell as it would be started without isolation. */
export interface Launch {
  shell: Shell;
  cwd: string;
  env: Record<string, string>;
}

export interface Enclosed {
  shell: Shell;
  env: Record<string, string>;
  /** Called when all the shell's processes have ended. */
  release(): Promise<void>;
}

/** What tells whether a machine can limit shells: its system, and the texts of two files of /proc/self. */
export interface Machine {
  platform: string;
  mountinfo: string;
  cgroup: string;
}

const thisMachine = (): Machine => ({
  platform: process.platform,
  mountinfo: text('/proc/self/mountinfo'),
  cgroup: text('/proc/self/cgroup'),
});

/** Throws an IsolationError, with what to do, where this machine cannot. */
export async function prepareIsolation(options: IsolationOptions, machine = thisMachine()): Promise<Isolation> {
  if (machine.platform !== 'linux') {
    throw new IsolationError(
      '--isolate works on Linux alone: it relies on control groups and namespaces. Start without it, or in a virtual machine.',
    );
  }
  const limiter = await findLimiter(options, machine);
  if (options.crashedLabId) limiter.sweep(roomName(options.crashedLabId, ''));
  const bwrap = onPath('bwrap', options.env.PATH);
  const isolation = new Isolation(options, limiter, bwrap);
  await isolation.open();
  return isolation;
}

const roomName = (labId: string, name: string) => `malha-${labId}-${name}`;

/** Prints the limits as the shell's own group has them, one a line, as far as there are any. For `sh -c`. */
const READ_BACK = `exec 2>/dev/null
group() { sed -nE "s/^[0-9]+:$1://p" /proc/self/cgroup; }
for mount in /sys/fs/cgroup /sys/fs/cgroup/unified; do
  folder=$mount$(group '')
  if [ -e "$folder/memory.max" ]; then cd "$folder" && cat memory.max pids.max cpu.max; exit; fi
done
of() { cat "/sys/fs/cgroup/$1$(group "([^:]*,)?$1(,[^:]*)?")/$2"; }
of memory memory.limit_in_bytes && of pids pids.max && of cpu cpu.cfs_quota_us
exit 0`;

/** The first way that holds in a trial. */
async function findLimiter({ env, limits, labId }: IsolationOptions, machine: Machine): Promise<Limiter> {
  const seen: string[] = [];
  const systemdRun = onPath('systemd-run', env.PATH);
  const bases = findBases(machine.mountinfo, machine.cgroup);
  const ways: (Limiter | string)[] = [
    systemdRun
      ? new SystemdScopes(systemdRun, process.getuid?.() === 0 ? '--system' : '--user')
      : 'systemd-run is not on PATH',
    bases ? new ControlGroups(bases) : 'no control group hands down memory, pids and cpu to this process',
  ];
  for (const way of ways) {
    const failure = typeof way === 'string' ? way : await tryLimits(way, limits, roomName(labId, 'trial'), env);
    if (failure === undefined) return way as Limiter;
    seen.push(typeof way === 'string' ? way : `${way.by}: ${failure}`);
  }
  throw new IsolationError(
    `--isolate needs a control group for each shell, to limit its memory, tasks and processor, and this machine gives none (${seen.join('; ')}). ` +
      'Start from a login session under systemd with cgroup version 2, or where cgroups are handed down to you (systemd: `Delegate=yes`); or start without --isolate, for people that you trust.',
  );
}

/** Undefined where a process in a room is held to all three limits, else what was seen. */
async function tryLimits(
  limiter: Limiter,
  limits: Limits,
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const room = limiter.room(name, limits);
    try {
      const [program, ...args] = [...room.prefix, '/bin/sh', '-c', READ_BACK];
      const { stdout } = await run(program!, args, { env, timeout: TRIAL });
      const held = stdout.trim().split('\n');
      const [memory, tasks, cpu] = held;
      const isHeld =
        memory === String(limits.memory * MIB) && tasks === String(limits.tasks) && /^\d+( \d+)?$/.test(cpu ?? '');
      return isHeld ? undefined : `limits are not held (${held.join(', ') || 'nothing to read'})`;
    } finally {
      await room.release();
    }
  } catch (error) {
    return firstLine(error);
  }
}

export class Isolation {
  /** Folder that shells see as `/run/malha`. */
  readonly #inside: string;
  readonly #relay: Relay;

  /** Without `bwrap` there are limits alone. */
  constructor(
    private readonly options: IsolationOptions,
    private readonly limiter: Limiter,
    private readonly bwrap: string | undefined,
  ) {
    this.#inside = path.join(options.folders.run, 'inside');
    this.#relay = new Relay(path.join(this.#inside, 'cluster.sock'));
  }

  /** What holds, and what does not: lines for who starts the lab. */
  describe(): string[] {
    const { memory, tasks, cpu } = this.options.limits;
    const limits = `Each shell is limited to ${memory} MiB of memory, ${tasks} tasks and ${cpu} % of a processor (${this.limiter.by}).`;
    if (!this.bwrap) {
      return [
        limits,
        'Limits only: bubblewrap (bwrap) is not installed, so shells see this machine’s files, processes and network. Install it and start again to set them apart.',
      ];
    }
    return [
      limits,
      'Each shell has its own files, processes and network, and reaches the lab’s cluster only. What listens in one (kubectl port-forward) is reached from that terminal alone, not from the browser.',
    ];
  }

  async open(): Promise<void> {
    if (!this.bwrap) return;
    const { folders } = this.options;
    const socket = path.join(this.#inside, 'cluster.sock');
    if (Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
      throw new IsolationError(
        `--isolate needs a shorter path: ${socket} is longer than the ${LONGEST_SOCKET_PATH} bytes that a socket may have. Set MALHA_HOME to a shorter one.`,
      );
    }
    this.#clear();
    for (const folder of [this.#inside, this.#history]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    mkdirSync(folders.tools, { recursive: true });
    writeFileSync(path.join(this.#inside, 'relay.cjs'), RELAY_SCRIPT, { mode: 0o600 });
    try {
      await this.#relay.listen();
      await this.#try();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** One shell's way in, with nothing to do at its end. */
  async #try(): Promise<void> {
    const shell: Shell = { name: 'sh', file: '/bin/sh', args: ['-c', 'exit 0'], env: {} };
    const enclosed = this.enclose({ shell, cwd: this.options.folders.workspace, env: {} }, 'trial');
    try {
      await run(enclosed.shell.file, enclosed.shell.args, {
        env: { PATH: this.options.env.PATH, ...enclosed.env },
        timeout: TRIAL,
      });
    } catch (error) {
      throw new IsolationError(
        `--isolate: bubblewrap (${this.bwrap}) cannot make namespaces here: ${firstLine(error)}. ` +
          'It needs user namespaces (sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 and, on Ubuntu, kernel.apparmor_restrict_unprivileged_userns=0 or a profile for bwrap; in a container, leave to make them) and version 0.8 or later. ' +
          'Or take bubblewrap off PATH, for limits alone.',
      );
    } finally {
      await enclosed.release();
    }
  }

  /**
   * The shell as it is to be started; `name` is its own within the lab. Throws where the system gives no room for it.
   */
  enclose(launch: Launch, name: string): Enclosed {
    const { limits, labId } = this.options;
    const room = this.limiter.room(roomName(labId, name), limits);
    const { shell, env } = launch;
    const command = this.bwrap ? this.#apart(launch) : [shell.file, ...shell.args];
    const [file, ...args] = [...room.prefix, ...command];
    return { shell: { ...shell, file: file!, args }, env, release: room.release };
  }

  /** Lets shells reach the cluster of this kubeconfig. Throws an IsolationError where they could not use it. */
  admit(kubeconfig: string): void {
    if (!this.bwrap) return;
    const { text, host, port } = insideKubeconfig(kubeconfig);
    this.#relay.aim(host, port);
    // In place: shells that are open see this file.
    writeFileSync(path.join(this.#inside, 'kubeconfig'), text, { mode: 0o600 });
  }

  async close(): Promise<void> {
    await this.#relay.close();
    this.#clear();
  }

  #clear(): void {
    rmSync(this.#inside, { recursive: true, force: true });
  }

  /** A history of its own, in a folder: zsh writes a new file and renames it. */
  get #history(): string {
    return path.join(this.options.folders.shell, 'isolated');
  }

  #apart({ shell, cwd, env }: Launch): string[] {
    const { folders, programs, env: own } = this.options;
    const home = env.HOME ?? own.HOME ?? '/nonexistent';
    const sandbox = bubblewrapArguments({
      home,
      cwd,
      writable: [folders.workspace, this.#history],
      empty: [folders.tools, folders.shell],
      readable: [
        ...[folders.bin, folders.cache, shell.file, process.execPath, ...programs],
        // The start-up files that we write, one by one: zsh wants to write beside them.
        ...['bashrc', 'zsh/.zshenv', 'zsh/.zshrc'].map((file) => path.join(folders.shell, file)),
        ...toolFiles(folders.bin, own.PATH),
      ],
      placed: [[this.#inside, SEEN]],
      env: {
        HOME: home,
        KUBECONFIG: `${SEEN}/kubeconfig`,
        MALHA_HISTORY: path.join(this.#history, 'history'),
      },
    });
    const relay = [process.execPath, `${SEEN}/relay.cjs`, String(INSIDE_PORT), `${SEEN}/cluster.sock`];
    return [this.bwrap!, ...sandbox, '--', '/bin/sh', '-c', LAUNCH, 'malha', ...relay, shell.file, ...shell.args];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n')[0]!;
}
