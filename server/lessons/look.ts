/** The lab as a check sees it: the cluster through the lab's kubeconfig, the pods, the learner's files. */
import { ApiError, connect } from '../istioctl/cluster.ts';
import { isReady, type PodObject } from '../istioctl/pods.ts';
import { type ContainerTarget, execIn } from './exec.ts';
import { workspaceFiles } from './files.ts';
import { collectionPath, objectPath } from './kinds.ts';
import type { CheckLab, CustomKind, Kinds, ListOptions, ObjectOf, PodTarget } from './lab.ts';
import { countRequests } from './requests.ts';

export interface Place {
  kubeconfig: string;
  workspace: string;
}

/** Milliseconds for a program that a check runs in a pod, unless it says otherwise. */
const EXEC_TIMEOUT = 5_000;

/** Rejects where the kubeconfig cannot be read. */
export async function lookAt({ kubeconfig, workspace }: Place, signal: AbortSignal): Promise<CheckLab> {
  const cluster = await connect({ kubeconfig }, process.env);
  const read = <T>(path: string) => cluster.request<T>({ path, signal });

  async function list<K extends keyof Kinds | CustomKind>(
    kind: K,
    { namespace, selector }: ListOptions = {},
  ): Promise<ObjectOf<K>[]> {
    const query = selector ? `?labelSelector=${encodeURIComponent(selector)}` : '';
    try {
      const { items } = await read<{ items: ObjectOf<K>[] }>(`${collectionPath(kind, namespace)}${query}`);
      return items;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return [];
      throw error;
    }
  }

  /** With its container: of several, the API wants to be told which. */
  async function targetOf({ namespace, pod, selector, container }: PodTarget): Promise<ContainerTarget> {
    const named = pod === undefined ? undefined : [await read<PodObject>(objectPath('Pod', pod, namespace))];
    const pods = named ?? ((await list('Pod', { namespace, selector })) as unknown as PodObject[]);
    const found = named ? pods[0] : pods.find(isReady);
    if (!found) throw new Error(`no pod with ${selector ?? 'any label'} in ${namespace} is ready`);
    const { name, annotations } = found.metadata;
    const usual = annotations?.['kubectl.kubernetes.io/default-container'] ?? found.spec.containers[0]?.name;
    return { namespace, pod: name, container: container ?? usual };
  }

  return {
    async get(kind, name, namespace) {
      try {
        return await read(objectPath(kind, name, namespace));
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return undefined;
        throw error;
      }
    },
    list,
    async exec(target, argv, { timeoutMs = EXEC_TIMEOUT } = {}) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      return execIn(cluster, await targetOf(target), argv, limit);
    },
    async requests({ from, ...options }) {
      const target = await targetOf(from);
      return countRequests(options, (argv) => execIn(cluster, target, argv, signal));
    },
    files: workspaceFiles(workspace),
    signal,
  };
}
