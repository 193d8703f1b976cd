/** The ReplicaSets of a Deployment: which one is current, making a new one, revisions, scaling and history. */
import type { Client } from '../client.ts';
import type { EventRecorder } from '../events.ts';
import type { Informer } from '../informer.ts';
import { isAlreadyExists, isNotFound } from '../status.ts';
import { type Deployment, type PodTemplate, RESOURCES, type ReplicaSet } from '../types.ts';
import { canonical, templateHash } from './hash.ts';
import { controllerOf, controllerReference } from './pods.ts';
import {
  bounds,
  DESIRED_REPLICAS,
  HASH_LABEL,
  MAX_REPLICAS,
  newSetReplicas,
  REVISION,
  REVISION_HISTORY,
  revisionOf,
  wantedOf,
} from './rollout.ts';

/** Annotations of a Deployment that are not handed down to its sets. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') ||
  a.metadata.name.localeCompare(b.metadata.name);

/** The oldest set with the Deployment's present template. */
export function findCurrent(deployment: Deployment, owned: ReplicaSet[]): ReplicaSet | undefined {
  const wanted = canonical(withoutHash(deployment.spec.template));
  return [...owned].sort(byAge).find((set) => canonical(withoutHash(set.spec.template)) === wanted);
}

export class ReplicaSets {
  constructor(
    private readonly client: Client,
    private readonly informer: Informer<ReplicaSet>,
    private readonly events: EventRecorder,
  ) {}

  /** Brings the current set's revision and annotations up to date; its revision becomes the highest. */
  async refresh(deployment: Deployment, current: ReplicaSet, old: ReplicaSet[]): Promise<ReplicaSet> {
    const annotations = this.annotationsOf(deployment, current, old);
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
    const same = (current.spec.minReadySeconds ?? 0) === minReadySeconds;
    if (same && canonical(annotations) === canonical(current.metadata.annotations)) return current;
    return this.update({
      ...current,
      metadata: { ...current.metadata, annotations },
      spec: { ...current.spec, minReadySeconds },
    });
  }

  /** Creates the set for the present template. Rejects with `HashCollision` where another one has its name. */
  async create(deployment: Deployment, old: ReplicaSet[]): Promise<ReplicaSet> {
    const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount);
    const { template } = deployment.spec;
    const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
    const selector = {
      ...deployment.spec.selector,
      matchLabels: { ...deployment.spec.selector.matchLabels, [HASH_LABEL]: hash },
    };
    const replicas = newSetReplicas(deployment, old, 0);
    const set: ReplicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata.name}-${hash}`,
        namespace: deployment.metadata.namespace,
        labels,
        annotations: { ...this.annotationsOf(deployment, undefined, old), ...this.scaleAnnotations(deployment) },
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas,
        minReadySeconds: deployment.spec.minReadySeconds ?? 0,
        selector,
        template: { ...structuredClone(template), metadata: { ...template.metadata, labels } },
      },
    };
    let created: ReplicaSet;
    try {
      created = await this.client.create<ReplicaSet>(RESOURCES.replicasets, set);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const { namespace, name } = set.metadata;
      const existing = await this.client.get<ReplicaSet>(RESOURCES.replicasets, { namespace, name });
      const ours = controllerOf(existing)?.uid === deployment.metadata.uid;
      if (!ours || !findCurrent(deployment, [existing])) throw new HashCollision();
      this.informer.observe(existing);
      return existing;
    }
    this.informer.observe(created);
    if (replicas > 0) this.scalingEvent(deployment, created, 0, replicas);
    return created;
  }

  /** Sets a set's replicas and remembers what the Deployment wanted at that time. */
  async scale(deployment: Deployment, set: ReplicaSet, replicas: number): Promise<ReplicaSet> {
    const annotations = { ...set.metadata.annotations, ...this.scaleAnnotations(deployment) };
    const before = wantedOf(set);
    if (before === replicas && canonical(annotations) === canonical(set.metadata.annotations)) return set;
    const metadata = { ...set.metadata, annotations };
    const updated = await this.update({ ...set, metadata, spec: { ...set.spec, replicas } });
    if (before !== replicas) this.scalingEvent(deployment, set, before, replicas);
    return updated;
  }

  /** Deletes old sets beyond `revisionHistoryLimit`, the oldest revisions first. */
  async trimHistory(deployment: Deployment, old: ReplicaSet[]): Promise<void> {
    const excess = old.length - (deployment.spec.revisionHistoryLimit ?? 10);
    const oldest = [...old].sort((a, b) => revisionOf(a) - revisionOf(b));
    for (const set of oldest.slice(0, Math.max(excess, 0))) {
      const idle = (set.status?.replicas ?? 0) === 0 && wantedOf(set) === 0;
      const seen = (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0);
      if (!idle || !seen || set.metadata.deletionTimestamp) continue;
      const { namespace, name } = set.metadata;
      await this.client
        .delete(RESOURCES.replicasets, { namespace, name }, { propagationPolicy: 'Background' })
        .catch((error) => {
          if (!isNotFound(error)) throw error;
        });
    }
  }

  private async update(set: ReplicaSet): Promise<ReplicaSet> {
    const updated = await this.client.update<ReplicaSet>(RESOURCES.replicasets, set);
    this.informer.observe(updated);
    return updated;
  }

  private scaleAnnotations(deployment: Deployment): Record<string, string> {
    const wanted = wantedOf(deployment);
    return { [DESIRED_REPLICAS]: String(wanted), [MAX_REPLICAS]: String(wanted + bounds(deployment).maxSurge) };
  }

  private annotationsOf(
    deployment: Deployment,
    current: ReplicaSet | undefined,
    old: ReplicaSet[],
  ): Record<string, string> {
    const handedDown = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key));
    const annotations: Record<string, string> = { ...current?.metadata.annotations, ...Object.fromEntries(handedDown) };
    const revision = Math.max(0, ...old.map(revisionOf)) + 1;
    const had = current ? revisionOf(current) : 0;
    if (had < revision) {
      annotations[REVISION] = String(revision);
      // After an undo the set carries the list of the revisions that it had before.
      if (had > 0) {
        const history = current?.metadata.annotations?.[REVISION_HISTORY];
        annotations[REVISION_HISTORY] = history ? `${history},${had}` : String(had);
      }
    }
    return annotations;
  }

  private scalingEvent(deployment: Deployment, set: ReplicaSet, from: number, to: number): void {
    const direction = to > from ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${from} to ${to}`;
    this.events.event(deployment, 'Normal', 'ScalingReplicaSet', message);
  }
}

/** Another object bears the name that the template's hash gives: count it and try the next hash. */
export class HashCollision extends Error {}
