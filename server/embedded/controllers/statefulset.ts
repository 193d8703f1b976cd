/** The StatefulSet controller: numbered pods, made in order and ended in reverse, each with its own claims. */
import type { EventRecorder } from '../events.ts';
import { keyOf } from '../informer.ts';
import { isAlreadyExists, isNotFound } from '../status.ts';
import {
  type ControllerRevision,
  type Pod,
  type PodTemplate,
  RESOURCES,
  type StatefulSet,
  type StatefulSetStatus,
} from '../types.ts';
import { claim } from './claim.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';
import { canonical } from './hash.ts';
import { History, templateOf } from './history.ts';
import { controllerOf, isAvailable, isFinished, isReady, podFromTemplate, readySince } from './pods.ts';

const REVISION_LABEL = 'controller-revision-hash';

export function startStatefulSetController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const sets = informers.of<StatefulSet>(RESOURCES.statefulsets);
  const pods = informers.of<Pod>(RESOURCES.pods);
  const history = new History(client, informers.of<ControllerRevision>(RESOURCES.controllerrevisions));
  const events: EventRecorder = context.events('statefulset-controller');
  const controller = startController(context, 'statefulset', reconcile);
  sets.handle({
    added: (set) => controller.enqueue(keyOf(set)),
    updated: (_, set) => controller.enqueue(keyOf(set)),
  });
  const podChanged = (pod: Pod) => {
    const owner = controllerOf(pod);
    if (owner?.kind === 'StatefulSet') controller.enqueue(`${pod.metadata.namespace}/${owner.name}`);
  };
  pods.handle({ added: podChanged, updated: (_, pod) => podChanged(pod), deleted: podChanged });

  async function reconcile(key: string): Promise<void> {
    const set = sets.get(key);
    if (!set || set.metadata.deletionTimestamp) return;
    const owned = (await claim(client, RESOURCES.pods, pods, set, set.spec.selector)).filter(
      (pod) => ordinalOf(set, pod) >= 0,
    );
    const update = await history.current(set);
    const revisions = history.of(set);
    const current = revisions.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
    let status = statusOf(set, owned, current, update);
    try {
      await step(set, owned, current, update);
    } finally {
      const now = pods.by('owner', set.metadata.uid ?? '').filter((pod) => ordinalOf(set, pod) >= 0);
      status = statusOf(set, now, current, update);
      await writeStatus(key, status);
    }
    await history.trim(set, new Set([current, update].map(({ metadata }) => metadata.name)));
    const { minReadySeconds = 0 } = set.spec;
    const soon = owned.filter((pod) => isReady(pod) && !isAvailable(pod, minReadySeconds)).map(readySince);
    if (soon.length > 0)
      controller.enqueueAfter(key, Math.max(Math.min(...soon) + minReadySeconds * 1000 - Date.now(), 1));
  }

  /** Does the next thing: make, replace or end pods, one at a time unless the set is `Parallel`. */
  async function step(
    set: StatefulSet,
    owned: Pod[],
    current: ControllerRevision,
    update: ControllerRevision,
  ): Promise<void> {
    const first = set.spec.ordinals?.start ?? 0;
    const replicas = set.spec.replicas ?? 1;
    const parallel = set.spec.podManagementPolicy === 'Parallel';
    const byOrdinal = new Map(owned.map((pod) => [ordinalOf(set, pod), pod]));
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let ordinal = first; ordinal < first + replicas; ordinal++) {
      const pod = byOrdinal.get(ordinal);
      if (!pod) {
        await create(set, ordinal, ordinal - first < partition ? current : update);
        if (!parallel) return;
      } else if (isFinished(pod) && !pod.metadata.deletionTimestamp) {
        await remove(set, pod);
        if (!parallel) return;
      } else if (!parallel && !healthy(set, pod)) {
        return;
      }
    }
    const surplus = owned
      .filter((pod) => ordinalOf(set, pod) >= first + replicas || ordinalOf(set, pod) < first)
      .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a));
    for (const pod of surplus) {
      if (!pod.metadata.deletionTimestamp) await remove(set, pod);
      if (!parallel) return;
    }
    if (surplus.length > 0 || set.spec.updateStrategy?.type === 'OnDelete') return;
    for (let ordinal = first + replicas - 1; ordinal >= first + partition; ordinal--) {
      const pod = byOrdinal.get(ordinal);
      if (!pod) return;
      const outdated = pod.metadata.labels?.[REVISION_LABEL] !== update.metadata.name;
      if (outdated && !pod.metadata.deletionTimestamp) {
        await remove(set, pod);
        return;
      }
      if (!healthy(set, pod)) return;
    }
  }

  const healthy = (set: StatefulSet, pod: Pod): boolean =>
    isAvailable(pod, set.spec.minReadySeconds) && !pod.metadata.deletionTimestamp;

  async function create(set: StatefulSet, ordinal: number, revision: ControllerRevision): Promise<void> {
    const name = `${set.metadata.name}-${ordinal}`;
    await createClaims(set, name);
    try {
      pods.observe(await client.create<Pod>(RESOURCES.pods, podOf(set, name, ordinal, revision)));
    } catch (error) {
      if (isAlreadyExists(error)) return;
      const words = `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${(error as Error).message}`;
      events.event(set, 'Warning', 'FailedCreate', words);
      throw error;
    }
    const words = `create Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    events.event(set, 'Normal', 'SuccessfulCreate', words);
  }

  async function createClaims(set: StatefulSet, pod: string): Promise<void> {
    for (const template of set.spec.volumeClaimTemplates ?? []) {
      const name = `${template.metadata.name}-${pod}`;
      const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels };
      const metadata = { ...template.metadata, name, namespace: set.metadata.namespace, labels };
      const object = { ...template, apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata };
      try {
        await client.create(RESOURCES.persistentvolumeclaims, object);
      } catch (error) {
        if (isAlreadyExists(error)) continue;
        throw error;
      }
      const words = `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
      events.event(set, 'Normal', 'SuccessfulCreate', words);
    }
  }

  async function remove(set: StatefulSet, pod: Pod): Promise<void> {
    const { namespace, name, uid } = pod.metadata;
    try {
      await client.delete(RESOURCES.pods, { namespace, name }, { preconditions: { uid } });
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    pods.observeDeletion(keyOf(pod));
    const words = `delete Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    events.event(set, 'Normal', 'SuccessfulDelete', words);
  }

  async function writeStatus(key: string, status: StatefulSetStatus): Promise<void> {
    const set = sets.get(key);
    if (!set || canonical(status) === canonical(set.status)) return;
    sets.observe(await client.update<StatefulSet>(RESOURCES.statefulsets, { ...set, status }, 'status'));
  }

  return controller;
}

/** The pod's number, or -1 where its name is not one of the set's. */
function ordinalOf(set: StatefulSet, pod: Pod): number {
  const prefix = `${set.metadata.name}-`;
  const rest = pod.metadata.name.slice(prefix.length);
  return pod.metadata.name.startsWith(prefix) && /^\d+$/.test(rest) ? Number(rest) : -1;
}

function podOf(set: StatefulSet, name: string, ordinal: number, revision: ControllerRevision): Pod {
  const template: PodTemplate = templateOf(revision);
  const pod = podFromTemplate(template, set, name);
  pod.metadata.labels = {
    ...pod.metadata.labels,
    'apps.kubernetes.io/pod-index': String(ordinal),
    [REVISION_LABEL]: revision.metadata.name,
    'statefulset.kubernetes.io/pod-name': name,
  };
  const claims = (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}` },
  }));
  const others = (pod.spec.volumes ?? []).filter((volume) => !claims.some((own) => own.name === volume.name));
  pod.spec = {
    ...pod.spec,
    hostname: name,
    ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
    ...(claims.length + others.length > 0 ? { volumes: [...claims, ...others] } : {}),
  };
  return pod;
}

function statusOf(
  set: StatefulSet,
  pods: Pod[],
  current: ControllerRevision,
  update: ControllerRevision,
): StatefulSetStatus {
  const of = (revision: ControllerRevision) =>
    pods.filter(
      (pod) => pod.metadata.labels?.[REVISION_LABEL] === revision.metadata.name && !pod.metadata.deletionTimestamp,
    );
  const available = pods.filter((pod) => isAvailable(pod, set.spec.minReadySeconds)).length;
  const replicas = set.spec.replicas ?? 1;
  const updated = of(update).length;
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const rolling = set.spec.updateStrategy?.type !== 'OnDelete' && partition === 0;
  // A rollout that is through makes the new revision the current one.
  const through = rolling && updated === replicas && pods.length === replicas && of(update).every(isReady);
  const now = through ? update : current;
  return {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: available,
    currentReplicas: of(now).length,
    updatedReplicas: updated,
    currentRevision: now.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
  };
}
