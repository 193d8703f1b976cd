/** Waits until applied objects have become what they describe. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiObject, Cluster } from './cluster.ts';
import type { Manifest } from './manifests/object.ts';
import { describe, objectPath } from './resources.ts';

interface Condition {
  type: string;
  status: string;
}

interface DeploymentObject extends ApiObject {
  spec?: { replicas?: number };
  status?: { observedGeneration?: number; updatedReplicas?: number; readyReplicas?: number; replicas?: number };
}

/** Milliseconds between two looks. */
const PAUSE = 150;

const established = (object: ApiObject): boolean => {
  const conditions = (object.status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
};

function rolledOut({ metadata, spec, status = {} }: DeploymentObject): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 1) &&
    (status.updatedReplicas ?? 0) >= wanted &&
    (status.readyReplicas ?? 0) >= wanted &&
    (status.replicas ?? 0) <= (status.updatedReplicas ?? 0)
  );
}

const CHECKS: Record<string, (object: ApiObject) => boolean> = {
  CustomResourceDefinition: established,
  Deployment: (object) => rolledOut(object as DeploymentObject),
};

/** Resolves when all are ready; rejects after `timeoutMs` and names those that are not. `onWaiting` gets their names. */
export async function waitForReady(
  cluster: Cluster,
  objects: Manifest[],
  timeoutMs: number,
  onWaiting: (names: string[]) => void,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let left = objects.filter((object) => CHECKS[object.kind]);
  for (;;) {
    const ready = await Promise.all(
      left.map(async (object) => CHECKS[object.kind]!(await cluster.request({ path: objectPath(object) }))),
    );
    left = left.filter((_object, index) => !ready[index]);
    if (left.length === 0) return;
    const names = left.map(describe);
    if (Date.now() > deadline) {
      throw new Error(
        `failed to wait for resource: resources not ready after ${Math.round(timeoutMs / 1000)}s: ${names.join(', ')}. ` +
          'See kubectl get events -n istio-system.',
      );
    }
    onWaiting(names);
    await sleep(PAUSE);
  }
}
