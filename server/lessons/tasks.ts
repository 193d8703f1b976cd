/** What is done away from the server's own thread, by name. Inputs and results pass between threads, so they are plain data. */
import { type Io, runIstioctl } from '../istioctl/index.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import { emptyCluster } from './reset.ts';
import { type CheckTask, runCheck, type Verdict } from './run-check.ts';

type Progress = (message: string) => void;

export const tasks = {
  check: (input: CheckTask): Promise<Verdict> => runCheck(input),
  inventory: (input: { kubeconfig: string }): Promise<Inventory> => takeInventory(input.kubeconfig),
  reset: (input: { kubeconfig: string }, progress: Progress): Promise<void> => emptyCluster(input.kubeconfig, progress),
  /** Our own istioctl, for the embedded cluster: another process would load for longer than it works. */
  istio: (input: { kubeconfig: string; profile: string }, progress: Progress): Promise<void> =>
    installIstio(input, progress),
};
export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;

/** Does a task, wherever that is. Rejects with an Error whose message says why it could not. */
export type Do = <T extends TaskName>(
  task: T,
  input: Parameters<Tasks[T]>[0],
  options?: { progress?: Progress /** Milliseconds; the thread is ended when they are over. */; timeout?: number },
) => Promise<Awaited<ReturnType<Tasks[T]>>>;

async function installIstio(
  { kubeconfig, profile }: { kubeconfig: string; profile: string },
  progress: Progress,
): Promise<void> {
  let last = '';
  const take = (text: string) => {
    for (const line of text.split('\n').map((one) => one.trim())) {
      if (line === '') continue;
      last = line;
      progress(line);
    }
  };
  const io: Io = {
    stdout: take,
    stderr: take,
    isTerminal: false,
    ask: async () => undefined,
    interrupted: () => new AbortController().signal,
  };
  const argv = ['install', '--set', `profile=${profile}`, '-y', '--kubeconfig', kubeconfig];
  const code = await runIstioctl(argv, {}, io);
  if (code !== 0) throw new Error(`istioctl install ended with exit code ${code}: ${last}`);
}
