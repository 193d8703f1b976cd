/**
 * Takes over pods that ran before the node was started: as a kubelet does after its machine was started again. Every
 * container that ran has ended meanwhile, nobody knows how; the pod gets a new sandbox with the address that it had.
 */
import { timestamp } from '../time.ts';
import type { ContainerState, ContainerStatus, Pod } from '../types.ts';

/** How a container stands that ran before. */
export interface Remains {
  state?: ContainerState;
  lastState: ContainerState;
  restartCount: number;
  containerID?: string;
}

/** What the runtime says of a container whose end it did not see: containerd's words. */
const UNSEEN = { exitCode: 255, reason: 'Unknown' };

const statusesOf = ({ status }: Pod): ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

/** Whether something of the pod has run already, on the node as it was before. */
export const hasRun = (pod: Pod): boolean => statusesOf(pod).some(({ containerID }) => containerID !== undefined);

/**
 * What is left of a container, undefined where it never ran. An init container has no state: it runs once more, since
 * what it prepared went with the sandbox.
 */
export function remainsOf(pod: Pod, name: string, kind: 'init' | 'sidecar' | 'app'): Remains | undefined {
  const status = statusesOf(pod).find((candidate) => candidate.name === name);
  if (!status?.containerID) return undefined;
  const { state, lastState, restartCount, containerID } = status;
  if (kind === 'init') return { lastState: {}, restartCount, containerID };
  const { running } = state;
  if (!running) return { ...(state.terminated ? { state } : {}), lastState, restartCount, containerID };
  const terminated = { ...UNSEEN, startedAt: running.startedAt, finishedAt: timestamp(), containerID };
  return { state: { terminated }, lastState, restartCount, containerID };
}
