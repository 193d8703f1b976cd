/** The revisions of a StatefulSet or DaemonSet: one ControllerRevision for each template that it had. */
import type { Client, KubeObject } from '../client.ts';
import { type Informer, keyOf } from '../informer.ts';
import { isAlreadyExists, isNotFound } from '../status.ts';
import { type ControllerRevision, type PodTemplate, RESOURCES } from '../types.ts';
import { canonical, templateHash } from './hash.ts';
import { controllerReference } from './pods.ts';

type Owner = KubeObject & {
  spec: { template: PodTemplate; selector: { matchLabels?: Record<string, string> }; revisionHistoryLimit?: number };
};

/** What a revision keeps of its owner: a strategic merge patch that puts the template back, as kubectl rollout undo applies it. */
const dataOf = (template: PodTemplate): ControllerRevision['data'] =>
  ({ spec: { template: { ...template, $patch: 'replace' } } }) as ControllerRevision['data'];

export class History {
  constructor(
    private readonly client: Client,
    private readonly informer: Informer<ControllerRevision>,
  ) {}

  /** Oldest first. */
  of(owner: Owner): ControllerRevision[] {
    return this.informer.by('owner', owner.metadata.uid ?? '').sort((a, b) => a.revision - b.revision);
  }

  /** The revision of the owner's present template, made if need be; an old one that fits becomes the newest again. */
  async current(owner: Owner): Promise<ControllerRevision> {
    const revisions = this.of(owner);
    const data = dataOf(owner.spec.template);
    const next = Math.max(0, ...revisions.map(({ revision }) => revision)) + 1;
    const same = revisions.filter((revision) => canonical(revision.data) === canonical(data)).at(-1);
    if (same) {
      if (same.revision === next - 1) return same;
      const renewed = await this.client.update<ControllerRevision>(RESOURCES.controllerrevisions, {
        ...same,
        revision: next,
      });
      this.informer.observe(renewed);
      return renewed;
    }
    for (let collisions = 0; ; collisions++) {
      const hash = templateHash(owner.spec.template, collisions);
      const revision: ControllerRevision = {
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: {
          name: `${owner.metadata.name}-${hash}`,
          namespace: owner.metadata.namespace,
          labels: { ...owner.spec.template.metadata?.labels, 'controller-revision-hash': hash },
          ownerReferences: [controllerReference(owner)],
        },
        data,
        revision: next,
      };
      try {
        const created = await this.client.create<ControllerRevision>(RESOURCES.controllerrevisions, revision);
        this.informer.observe(created);
        return created;
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
    }
  }

  /** Deletes revisions beyond `revisionHistoryLimit` that no pod is of; `live` names those that are in use. */
  async trim(owner: Owner, live: Set<string>): Promise<void> {
    const idle = this.of(owner).filter(({ metadata }) => !live.has(metadata.name) && !metadata.deletionTimestamp);
    const excess = idle.length - (owner.spec.revisionHistoryLimit ?? 10);
    for (const revision of idle.slice(0, Math.max(excess, 0))) {
      const { namespace, name } = revision.metadata;
      await this.client.delete(RESOURCES.controllerrevisions, { namespace, name }).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
      this.informer.observeDeletion(keyOf(revision));
    }
  }
}

/** The template that a revision keeps. */
export const templateOf = (revision: ControllerRevision): PodTemplate => {
  const { $patch: _, ...template } = revision.data.spec.template as PodTemplate & { $patch?: string };
  return template;
};
