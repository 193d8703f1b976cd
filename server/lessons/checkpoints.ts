/**
 * Brings a cluster to a state that lessons start from. One interface, so that another way (a snapshot) can take the
 * place of this one: empty the cluster, then do what a learner would do, with the lab's own tools.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../clusters/command.ts';
import { bank, bankNamespace } from '../lab/files/bank.ts';
import type { Home } from '../lab/home.ts';
import type { LessonState } from '../protocol.ts';
import type { Checkpoint } from './schema.ts';

export type Stage = NonNullable<LessonState['stage']>;
export type StageProgress = (stage: Stage, message?: string) => void;

export interface Checkpoints {
  /** Rejects with an Error for the learner; the cluster may then be in any state. */
  reach(checkpoint: Checkpoint, progress: StageProgress, signal: AbortSignal): Promise<void>;
}

export interface ResetAndApplyOptions {
  home: Home;
  /** Leaves nothing in the cluster but its own. Rejects, having done nothing, where the cluster is not the lab's to empty. */
  reset: (progress: (message: string) => void) => Promise<void>;
  /** Installs Istio with the demo profile. */
  installIstio: (progress: (message: string) => void, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds for one tool; images may have to be pulled. */
const TOOL_TIMEOUT = 600_000;
const NAMESPACE = 'ucontas-app';

export class ResetAndApply implements Checkpoints {
  constructor(private readonly options: ResetAndApplyOptions) {}

  async reach(checkpoint: Checkpoint, progress: StageProgress, signal: AbortSignal): Promise<void> {
    progress('reset');
    await this.options.reset((message) => progress('reset', message));
    signal.throwIfAborted();
    if (checkpoint === 'empty') return;
    progress('istio');
    await this.options.installIstio((line) => progress('istio', line), signal);
    signal.throwIfAborted();
    if (checkpoint === 'istio-demo') return;
    progress('bank');
    await this.#deployBank((line) => progress('bank', line), signal);
  }

  /** From our own text: the learner's copy in the workspace is the learner's to change. */
  async #deployBank(tell: (line: string) => void, signal: AbortSignal): Promise<void> {
    const { home } = this.options;
    const file = path.join(home.run, 'bank.yaml');
    await writeFile(file, `${bankNamespace}---\n${bank}`);
    await runTool(home, 'kubectl', ['apply', '-f', file], tell, signal);
    const wait = ['wait', 'deployment', '--all', '-n', NAMESPACE, '--for=condition=Available', '--timeout=300s'];
    await runTool(home, 'kubectl', wait, tell, signal);
  }
}

/** Runs one of the lab's own tools on its cluster. Rejects with an Error that holds the last line it printed. */
export async function runTool(
  home: Home,
  tool: string,
  args: string[],
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const env = {
    PATH: `${home.bin}${path.delimiter}${process.env.PATH ?? ''}`,
    HOME: process.env.HOME,
    KUBECONFIG: home.kubeconfig,
  };
  const { code, output } = await runCommand(path.join(home.bin, tool), args, {
    env,
    signal,
    timeoutMs: TOOL_TIMEOUT,
    onLine: (line) => line.trim() !== '' && tell(line.trim()),
  });
  if (code === 0) return;
  const last = output.trim().split('\n').at(-1) ?? '';
  throw new Error(`\`${tool} ${args.join(' ')}\` ended with exit code ${code}: ${last}`);
}
