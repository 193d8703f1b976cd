/** The Deployment controller: moves pods from the ReplicaSet of an old template to that of the new one, within bounds. */
import { keyOf, splitKey } from '../informer.ts';
import { type Deployment, type DeploymentStatus, type Pod, RESOURCES, type ReplicaSet } from '../types.ts';
import { claim } from './claim.ts';
import { type Controller, type ControllerContext, ReportedError, startController } from './controller.ts';
import { findCurrent, HashCollision, ReplicaSets } from './deployment-sets.ts';
import {
  countsOf,
  hasDeadline,
  isComplete,
  untilDeadline,
  withCondition,
  withPause,
  withProgress,
} from './deployment-status.ts';
import { canonical } from './hash.ts';
import { controllerOf, isFinished } from './pods.ts';
import { DESIRED_REPLICAS, newSetReplicas, proportional, REVISION, shrinkOld, wantedOf } from './rollout.ts';

export function startDeploymentController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const deployments = informers.of<Deployment>(RESOURCES.deployments);
  const sets = informers.of<ReplicaSet>(RESOURCES.replicasets);
  const pods = informers.of<Pod>(RESOURCES.pods);
  const events = context.events('deployment-controller');
  const control = new ReplicaSets(client, sets, events);
  const controller = startController(context, 'deployment', reconcile);

  deployments.handle({
    added: (deployment) => controller.enqueue(keyOf(deployment)),
    updated: (_, deployment) => controller.enqueue(keyOf(deployment)),
  });
  const setChanged = (set: ReplicaSet) => {
    const owner = controllerOf(set);
    if (owner?.kind === 'Deployment') controller.enqueue(`${set.metadata.namespace}/${owner.name}`);
    else if (!owner)
      for (const deployment of deployments.list(set.metadata.namespace)) controller.enqueue(keyOf(deployment));
  };
  sets.handle({ added: setChanged, updated: (_, set) => setChanged(set), deleted: setChanged });
  pods.handle({
    // Recreate waits for the last old pod to go.
    deleted(pod) {
      const owner = controllerOf(pod);
      const set = owner && sets.get(`${pod.metadata.namespace}/${owner.name}`);
      const deployment = set && deploymentOf(set);
      if (deployment?.spec.strategy?.type === 'Recreate') controller.enqueue(keyOf(deployment));
    },
  });

  function deploymentOf(set: ReplicaSet): Deployment | undefined {
    const owner = controllerOf(set);
    return owner ? deployments.get(`${set.metadata.namespace}/${owner.name}`) : undefined;
  }

  async function reconcile(key: string): Promise<void> {
    let deployment = deployments.get(key);
    if (!deployment) return;
    const owned = await claim(client, RESOURCES.replicasets, sets, deployment, deployment.spec.selector);
    let current = findCurrent(deployment, owned);
    if (deployment.metadata.deletionTimestamp) {
      await writeStatus(key, countsOf(deployment, owned, current));
      return;
    }
    deployment = await writeConditions(deployment, withPause(deployment, deployment.status?.conditions ?? []));
    const old = owned.filter((set) => set !== current);
    const scaling = owned.some(
      (set) => wantedOf(set) > 0 && set.metadata.annotations?.[DESIRED_REPLICAS] !== String(wantedOf(deployment!)),
    );
    if (deployment.spec.paused || scaling) {
      if (current) current = await control.refresh(deployment, current, old);
      await scaleAll(deployment, old, current);
      const all = freshOf(deployment);
      const status = countsOf(deployment, all, findCurrent(deployment, all));
      await writeStatus(key, deployment.spec.paused ? status : withProgress(deployment, status, all, current));
      return;
    }
    const recreate = deployment.spec.strategy?.type === 'Recreate';
    if (recreate && !current) {
      for (const set of old) if (wantedOf(set) > 0) await control.scale(deployment, set, 0);
      if (old.some((set) => pods.by('owner', set.metadata.uid ?? '').some((pod) => !isFinished(pod)))) {
        await finish(key, deployment);
        return;
      }
    }
    const known = !!current;
    try {
      current = current ? await control.refresh(deployment, current, old) : await control.create(deployment, old);
    } catch (error) {
      await creationFailed(key, deployment, error as Error);
      throw error instanceof HashCollision ? error : new ReportedError((error as Error).message);
    }
    deployment = await adoptRevision(deployment, current, known);
    if (recreate) await recreateStep(deployment, old, current);
    else await rollingStep(deployment, old, current);
    await finish(key, deployment);
  }

  async function rollingStep(deployment: Deployment, old: ReplicaSet[], current: ReplicaSet): Promise<void> {
    const wanted = wantedOf(deployment);
    const replicas =
      wantedOf(current) > wanted ? wanted : newSetReplicas(deployment, [...old, current], wantedOf(current));
    if (replicas !== wantedOf(current)) {
      await control.scale(deployment, current, replicas);
      return;
    }
    for (const [name, count] of shrinkOld(deployment, old, current)) {
      const set = old.find((candidate) => candidate.metadata.name === name);
      if (set && wantedOf(set) !== count) await control.scale(deployment, set, count);
    }
  }

  async function recreateStep(deployment: Deployment, old: ReplicaSet[], current: ReplicaSet): Promise<void> {
    for (const set of old) if (wantedOf(set) > 0) await control.scale(deployment, set, 0);
    const running = old.some((set) => pods.by('owner', set.metadata.uid ?? '').some((pod) => !isFinished(pod)));
    if (!running) await control.scale(deployment, current, wantedOf(deployment));
  }

  /** The wanted count changed, or the rollout is paused: no set is replaced by another, all are resized. */
  async function scaleAll(deployment: Deployment, old: ReplicaSet[], current: ReplicaSet | undefined): Promise<void> {
    const all = current ? [...old, current] : old;
    const active = all.filter((set) => wantedOf(set) > 0);
    const only = active.length <= 1 ? (active[0] ?? current) : undefined;
    if (only) {
      await control.scale(deployment, only, wantedOf(deployment));
      return;
    }
    const saturated =
      current?.metadata.annotations?.[DESIRED_REPLICAS] === String(wantedOf(deployment)) &&
      (current.status?.availableReplicas ?? 0) === wantedOf(deployment) &&
      wantedOf(current) === wantedOf(deployment);
    if (saturated) {
      for (const set of old) if (wantedOf(set) > 0) await control.scale(deployment, set, 0);
      return;
    }
    const target = proportional(deployment, active);
    for (const set of active) await control.scale(deployment, set, target.get(set.metadata.name) ?? wantedOf(set));
  }

  /** Status and history at the end of a pass. */
  async function finish(key: string, deployment: Deployment): Promise<void> {
    const all = freshOf(deployment);
    const current = findCurrent(deployment, all);
    const status = withProgress(deployment, countsOf(deployment, all, current), all, current);
    await writeStatus(key, status);
    const left = untilDeadline(deployment, status);
    if (left !== undefined) controller.enqueueAfter(key, Math.max(left, 0) + 1000);
    if (isComplete(deployment, status))
      await control.trimHistory(
        deployment,
        all.filter((set) => set !== current),
      );
  }

  const freshOf = (deployment: Deployment): ReplicaSet[] =>
    sets.by('owner', deployment.metadata.uid ?? '').filter((set) => controllerOf(set)?.uid === deployment.metadata.uid);

  /** The Deployment carries its current set's revision, and says whether that set is new or was found. */
  async function adoptRevision(deployment: Deployment, current: ReplicaSet, known: boolean): Promise<Deployment> {
    let updated = deployment;
    const revision = current.metadata.annotations?.[REVISION];
    if (revision !== undefined && deployment.metadata.annotations?.[REVISION] !== revision) {
      const { namespace, name } = deployment.metadata;
      const body = { metadata: { annotations: { [REVISION]: revision } } };
      updated = await client.patch<Deployment>(RESOURCES.deployments, { namespace, name }, 'merge', body);
      deployments.observe(updated);
    }
    if (!hasDeadline(updated)) return updated;
    const conditions = updated.status?.conditions ?? [];
    const progressing = conditions.find((condition) => condition.type === 'Progressing');
    if (known && progressing) return updated;
    const { name } = current.metadata;
    const [reason, message] = known
      ? ['FoundNewReplicaSet', `Found new replica set "${name}"`]
      : ['NewReplicaSetCreated', `Created new replica set "${name}"`];
    return writeConditions(updated, withCondition(conditions, 'Progressing', 'True', reason, message));
  }

  async function creationFailed(key: string, deployment: Deployment, error: Error): Promise<void> {
    if (error instanceof HashCollision) {
      const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
      await writeStatus(key, { ...deployment.status, collisionCount });
      return;
    }
    const message = `Failed to create new replica set: ${error.message}`;
    const conditions = withCondition(
      deployment.status?.conditions ?? [],
      'Progressing',
      'False',
      'ReplicaSetCreateError',
      message,
    );
    events.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
    await writeConditions(deployment, conditions);
  }

  async function writeConditions(
    deployment: Deployment,
    conditions: DeploymentStatus['conditions'],
  ): Promise<Deployment> {
    if (canonical(conditions) === canonical(deployment.status?.conditions)) return deployment;
    const status = { ...deployment.status, conditions };
    const updated = await client.update<Deployment>(RESOURCES.deployments, { ...deployment, status }, 'status');
    deployments.observe(updated);
    return updated;
  }

  async function writeStatus(key: string, status: DeploymentStatus): Promise<void> {
    const deployment = deployments.get(key);
    if (!deployment || canonical(deployment.status) === canonical(status)) return;
    const { namespace, name } = splitKey(key);
    // Someone may have changed the spec meanwhile; the status is of the generation that it names, so no conflict.
    const updated = await client.update<Deployment>(
      RESOURCES.deployments,
      { ...deployment, metadata: { ...deployment.metadata, namespace, name }, status },
      'status',
    );
    deployments.observe(updated);
  }

  return controller;
}
