/** The DaemonSet controller: one pod on every node that it fits. */
import { keyOf } from '../informer.ts';
import { matchesLabels, matchesRequirement } from '../label-selector.ts';
import {
  type ControllerRevision,
  type DaemonSet,
  type DaemonSetStatus,
  type Node,
  type Pod,
  RESOURCES,
  type Toleration,
} from '../types.ts';
import { claim } from './claim.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';
import { canonical } from './hash.ts';
import { History } from './history.ts';
import { controllerOf, isAvailable, isFinished, isReady, podControl, podFromTemplate, readySince } from './pods.ts';
import { scaled } from './rollout.ts';

const REVISION_LABEL = 'controller-revision-hash';

/** A daemon stays on a node in trouble: it may be what mends it. */
const TOLERATIONS: Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

export function startDaemonSetController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const sets = informers.of<DaemonSet>(RESOURCES.daemonsets);
  const pods = informers.of<Pod>(RESOURCES.pods);
  const nodes = informers.of<Node>(RESOURCES.nodes);
  const history = new History(client, informers.of<ControllerRevision>(RESOURCES.controllerrevisions));
  const control = podControl(client, pods, context.events('daemonset-controller'));
  const controller = startController(context, 'daemonset', reconcile);
  const all = () => {
    for (const set of sets.list()) controller.enqueue(keyOf(set));
  };
  sets.handle({ added: (set) => controller.enqueue(keyOf(set)), updated: (_, set) => controller.enqueue(keyOf(set)) });
  nodes.handle({
    added: all,
    deleted: all,
    updated(old, node) {
      const relevant = (of: Node) => JSON.stringify([of.spec, of.metadata.labels]);
      if (relevant(old) !== relevant(node)) all();
    },
  });
  const podChanged = (pod: Pod) => {
    const owner = controllerOf(pod);
    if (owner?.kind === 'DaemonSet') controller.enqueue(`${pod.metadata.namespace}/${owner.name}`);
  };
  pods.handle({ added: podChanged, updated: (_, pod) => podChanged(pod), deleted: podChanged });

  async function reconcile(key: string): Promise<void> {
    const set = sets.get(key);
    if (!set || set.metadata.deletionTimestamp) return;
    const owned = await claim(client, RESOURCES.pods, pods, set, set.spec.selector);
    const revision = await history.current(set);
    const hash = revision.metadata.labels?.[REVISION_LABEL] ?? '';
    const wanted = nodes.list().filter((node) => shouldRun(set, node));
    try {
      await manage(set, owned, wanted, hash);
    } finally {
      const now = pods.by('owner', set.metadata.uid ?? '');
      await writeStatus(key, statusOf(set, now, nodes.list(), hash));
    }
    await history.trim(set, new Set([revision.metadata.name]));
    const { minReadySeconds = 0 } = set.spec;
    const soon = owned.filter((pod) => isReady(pod) && !isAvailable(pod, minReadySeconds)).map(readySince);
    if (soon.length > 0)
      controller.enqueueAfter(key, Math.max(Math.min(...soon) + minReadySeconds * 1000 - Date.now(), 1));
  }

  async function manage(set: DaemonSet, owned: Pod[], wanted: Node[], hash: string): Promise<void> {
    const { maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
    const rolling = set.spec.updateStrategy?.type !== 'OnDelete';
    let unavailable = wanted.filter(
      (node) =>
        !on(owned, node).some((pod) => isAvailable(pod, set.spec.minReadySeconds) && !pod.metadata.deletionTimestamp),
    ).length;
    for (const node of wanted) {
      const here = on(owned, node);
      const live = here.filter((pod) => !pod.metadata.deletionTimestamp);
      for (const pod of live.filter(isFinished)) await control.remove(set, pod);
      const [pod, ...surplus] = live.filter((candidate) => !isFinished(candidate));
      for (const extra of surplus) await control.remove(set, extra);
      if (here.length === 0) {
        await control.create(set, podFor(set, node, hash));
      } else if (pod && rolling && pod.metadata.labels?.[REVISION_LABEL] !== hash) {
        const available = isAvailable(pod, set.spec.minReadySeconds);
        if (available && unavailable >= Math.max(scaled(maxUnavailable, wanted.length, 'up'), 1)) continue;
        if (available) unavailable++;
        await control.remove(set, pod);
      }
    }
    const names = new Set(wanted.map((node) => node.metadata.name));
    for (const pod of owned) {
      if (!names.has(nodeOf(pod) ?? '') && !pod.metadata.deletionTimestamp) await control.remove(set, pod);
    }
  }

  async function writeStatus(key: string, status: DaemonSetStatus): Promise<void> {
    const set = sets.get(key);
    if (!set || canonical(status) === canonical(set.status)) return;
    sets.observe(await client.update<DaemonSet>(RESOURCES.daemonsets, { ...set, status }, 'status'));
  }

  return controller;
}

/** The node that a daemon pod is meant for: named in its affinity before the scheduler has bound it. */
function nodeOf(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms[0]?.matchFields?.find(({ key }) => key === 'metadata.name')?.values?.[0];
}

const on = (pods: Pod[], node: Node): Pod[] => pods.filter((pod) => nodeOf(pod) === node.metadata.name);

function shouldRun(set: DaemonSet, node: Node): boolean {
  const { spec } = set.spec.template;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const labels = node.metadata.labels ?? {};
  const fits =
    !terms ||
    terms.some((term) => (term.matchExpressions ?? []).every((requirement) => matchesRequirement(requirement, labels)));
  const tolerations = [...(spec.tolerations ?? []), ...TOLERATIONS];
  const repelled = (node.spec?.taints ?? []).some(
    (taint) =>
      taint.effect !== 'PreferNoSchedule' &&
      !tolerations.some(
        ({ key, operator, value = '', effect }) =>
          (!effect || effect === taint.effect) &&
          (!key || key === taint.key) &&
          (operator === 'Exists' || (key === taint.key && value === (taint.value ?? ''))),
      ),
  );
  return matchesLabels(spec.nodeSelector ?? {}, labels) && fits && !repelled;
}

function podFor(set: DaemonSet, node: Node, hash: string): Pod {
  const pod = podFromTemplate(set.spec.template, set);
  pod.metadata.labels = {
    ...pod.metadata.labels,
    [REVISION_LABEL]: hash,
    'pod-template-generation': String(set.metadata.generation ?? 1),
  };
  const matchFields = [{ key: 'metadata.name', operator: 'In' as const, values: [node.metadata.name] }];
  const { affinity = {}, tolerations = [] } = pod.spec;
  const required = affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{}];
  pod.spec.affinity = {
    ...affinity,
    nodeAffinity: {
      ...affinity.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: required.map((term) => ({ ...term, matchFields })),
      },
    },
  };
  const missing = TOLERATIONS.filter(
    (own) => !tolerations.some((given) => given.key === own.key && given.effect === own.effect),
  );
  pod.spec.tolerations = [...tolerations, ...missing];
  return pod;
}

function statusOf(set: DaemonSet, pods: Pod[], nodes: Node[], hash: string): DaemonSetStatus {
  const status = { current: 0, desired: 0, available: 0, misscheduled: 0, ready: 0, updated: 0 };
  for (const node of nodes) {
    const here = on(pods, node);
    if (!shouldRun(set, node)) {
      if (here.length > 0) status.misscheduled++;
      continue;
    }
    status.desired++;
    const [pod] = here.filter((candidate) => !candidate.metadata.deletionTimestamp);
    if (!pod) continue;
    status.current++;
    if (isReady(pod)) status.ready++;
    if (isAvailable(pod, set.spec.minReadySeconds)) status.available++;
    if (pod.metadata.labels?.[REVISION_LABEL] === hash) status.updated++;
  }
  return {
    currentNumberScheduled: status.current,
    desiredNumberScheduled: status.desired,
    numberAvailable: status.available,
    numberMisscheduled: status.misscheduled,
    numberReady: status.ready,
    numberUnavailable: status.desired - status.available,
    observedGeneration: set.metadata.generation,
    updatedNumberScheduled: status.updated,
  };
}
