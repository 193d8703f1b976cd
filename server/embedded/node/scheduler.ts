/** The scheduler: binds pending pods to a node where they fit, and says why where they fit on none. */
import type { Client, KubeObject } from '../client.ts';
import { WorkQueue } from '../controllers/workqueue.ts';
import type { EventRecorder } from '../events.ts';
import { Informer, keyOf, splitKey } from '../informer.ts';
import { matchesLabels, matchesRequirement } from '../label-selector.ts';
import { addQuantities, parseQuantity } from '../quantity.ts';
import { isConflict, isNotFound } from '../status.ts';
import { timestamp } from '../time.ts';
import {
  type Condition,
  type Node,
  type NodeSelectorTerm,
  type Pod,
  RESOURCES,
  type Taint,
  type Toleration,
} from '../types.ts';
import { isSidecar } from './status.ts';

const NAME = 'default-scheduler';

export function startScheduler(
  client: Client,
  events: EventRecorder,
  log: (line: string) => void,
): { ready: Promise<void>; stop(): void } {
  const pods = new Informer<Pod>(client, RESOURCES.pods);
  const nodes = new Informer<Node>(client, RESOURCES.nodes);
  const claims = new Informer<Claim>(client, RESOURCES.persistentvolumeclaims);
  const queue = new WorkQueue(async (key) => {
    try {
      await schedule(key);
      queue.forget(key);
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) log(`scheduler: ${key}: ${(error as Error).message}`);
      queue.addRateLimited(key);
    }
    // One at a time, so that two pods are not given the same room.
  }, 1);

  const waits = (pod: Pod) =>
    !pod.spec.nodeName && !pod.metadata.deletionTimestamp && (pod.spec.schedulerName ?? NAME) === NAME && !isOver(pod);
  const retryAll = () => {
    for (const pod of pods.list()) if (waits(pod)) queue.add(keyOf(pod));
  };
  pods.handle({
    added: (pod) => waits(pod) && queue.add(keyOf(pod)),
    updated(old, pod) {
      const changed = JSON.stringify(old.spec) !== JSON.stringify(pod.spec);
      if (waits(pod) && changed) queue.add(keyOf(pod));
      if (!isOver(old) && isOver(pod)) retryAll();
    },
    deleted: retryAll,
  });
  nodes.handle({
    added: retryAll,
    updated(old, node) {
      const relevant = (of: Node) => JSON.stringify([of.spec, of.metadata.labels, of.status?.allocatable]);
      if (relevant(old) !== relevant(node)) retryAll();
    },
  });

  claims.handle({ added: retryAll, updated: retryAll });

  /** What a pod's claims lack, if anything. */
  function claimsLack(pod: Pod): string | undefined {
    for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
      if (!persistentVolumeClaim) continue;
      const { claimName } = persistentVolumeClaim;
      const claim = claims.get(`${pod.metadata.namespace}/${claimName}`);
      if (!claim) return `persistentvolumeclaim "${claimName}" not found`;
      if (claim.status?.phase !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims';
    }
    return undefined;
  }

  async function schedule(key: string): Promise<void> {
    const pod = pods.get(key);
    if (!pod || !waits(pod)) return;
    const gates = pod.spec.schedulingGates ?? [];
    if (gates.length > 0) {
      const message = 'Scheduling is blocked due to non-empty scheduling gates';
      await setCondition(pod, 'SchedulingGated', message);
      return;
    }
    const all = nodes.list();
    const placed = pods.list().filter((other) => other.spec.nodeName && !isOver(other));
    const verdicts = all.map((node) =>
      unfit(
        pod,
        node,
        placed.filter((other) => other.spec.nodeName === node.metadata.name),
      ),
    );
    const fits = all.find((_, index) => verdicts[index]!.reasons.length === 0);
    const lacking = claimsLack(pod);
    if (!fits || lacking) {
      const message = lacking && all.length > 0 ? explainClaims(lacking, all.length) : explain(verdicts);
      events.event(pod, 'Warning', 'FailedScheduling', message);
      await setCondition(pod, 'Unschedulable', message);
      return;
    }
    const { namespace, name } = splitKey(key);
    await bind(pod, fits.metadata.name);
    const words = `Successfully assigned ${namespace}/${name} to ${fits.metadata.name}`;
    events.event(pod, 'Normal', 'Scheduled', words);
  }

  async function bind(pod: Pod, nodeName: string): Promise<void> {
    const { namespace, name, uid } = pod.metadata;
    const body = { metadata: { uid }, spec: { nodeName } };
    const ref = { namespace, name, subresource: 'binding' as const };
    pods.observe(await client.patch<Pod>(RESOURCES.pods, ref, 'merge', body));
    // The condition PodScheduled is the kubelet's to write from here on.
  }

  async function setCondition(pod: Pod, reason: string, message: string): Promise<void> {
    const old = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
    if (old?.reason === reason && old.message === message) return;
    const lastTransitionTime = old?.status === 'False' ? old.lastTransitionTime : timestamp();
    await patchConditions(pod, {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime,
      reason,
      message,
    });
  }

  async function patchConditions(pod: Pod, condition: Condition): Promise<void> {
    const { namespace, name, uid, generation } = pod.metadata;
    const others = (pod.status?.conditions ?? []).filter((other) => other.type !== condition.type);
    const conditions = [...others, { ...condition, ...(generation ? { observedGeneration: generation } : {}) }];
    const body = { metadata: { uid }, status: { conditions } };
    pods.observe(await client.patch<Pod>(RESOURCES.pods, { namespace, name, subresource: 'status' }, 'merge', body));
  }

  return {
    ready: Promise.all([nodes.start(), pods.start(), claims.start()]).then(() => {}),
    stop() {
      pods.stop();
      nodes.stop();
      claims.stop();
      queue.stop();
    },
  };
}

const isOver = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

interface Claim extends KubeObject {
  status?: { phase?: string };
}

/** `preemption`: whether putting out other pods could make room. */
interface Verdict {
  reasons: string[];
  preemption: boolean;
}

/** Why a pod cannot run on a node that holds `placed` already; no reasons: it can. Words as the scheduler's plugins say them. */
export function unfit(pod: Pod, node: Node, placed: Pod[]): Verdict {
  const no = (reason: string): Verdict => ({ reasons: [reason], preemption: false });
  const taints = node.spec?.taints ?? [];
  const tolerated = (taint: Taint) => (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
  const cordon: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  if (node.spec?.unschedulable && !tolerated(cordon)) return no('node(s) were unschedulable');
  if (taints.some((taint) => taint.effect !== 'PreferNoSchedule' && !tolerated(taint))) {
    return no('node(s) had untolerated taint(s)');
  }
  if (!matchesLabels(pod.spec.nodeSelector ?? {}, node.metadata.labels) || !matchesAffinity(pod, node)) {
    return no("node(s) didn't match Pod's node affinity/selector");
  }
  const wanted = requestsOf(pod);
  const used = addQuantities(placed.map(requestsOf));
  const reasons: string[] = [];
  let preemption = true;
  const allocatable = (name: string) => parseQuantity(node.status?.allocatable?.[name] ?? 0);
  if (placed.length + 1 > allocatable('pods')) reasons.push('Too many pods');
  for (const [name, amount] of Object.entries(wanted)) {
    if (amount === 0 || amount <= allocatable(name) - (used[name] ?? 0) + 1e-9) continue;
    reasons.push(`Insufficient ${name}`);
    if (amount > allocatable(name)) preemption = false;
  }
  return { reasons, preemption: preemption && reasons.length > 0 };
}

/** Claims are looked at before any node, so the reason is not counted by nodes. */
function explainClaims(reason: string, total: number): string {
  const head = `0/${total} nodes are available`;
  const unhelpful = `${total} Preemption is not helpful for scheduling`;
  return `${head}: ${reason}. no new claims to deallocate, preemption: ${head}: ${unhelpful}.`;
}

/** The scheduler's sentence for a pod that fits nowhere. */
export function explain(verdicts: Verdict[]): string {
  const total = verdicts.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const counted = (reasons: string[]) =>
    [...new Set(reasons)]
      .map((reason) => `${reasons.filter((other) => other === reason).length} ${reason}`)
      .sort()
      .join(', ');
  const why = counted(verdicts.flatMap((verdict) => verdict.reasons));
  const preemption = counted(
    verdicts.map(({ preemption }) =>
      preemption ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling',
    ),
  );
  const head = `0/${total} nodes are available`;
  return `${head}: ${why}. no new claims to deallocate, preemption: ${head}: ${preemption}.`;
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
}

function matchesAffinity(pod: Pod, node: Node): boolean {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

const matchesTerm = (term: NodeSelectorTerm, node: Node): boolean =>
  (term.matchExpressions ?? []).every((requirement) => matchesRequirement(requirement, node.metadata.labels ?? {})) &&
  (term.matchFields ?? []).every((requirement) =>
    matchesRequirement(requirement, { 'metadata.name': node.metadata.name }),
  );

/**
 * What a pod asks for in all: its containers and sidecars together, or its largest init container with the sidecars
 * before it, whichever is more.
 */
export function requestsOf(pod: Pod): Record<string, number> {
  let sidecars: Record<string, number> = {};
  const largest: Record<string, number> = {};
  for (const container of pod.spec.initContainers ?? []) {
    const sum = addQuantities([sidecars, container.resources?.requests]);
    if (isSidecar(container)) sidecars = sum;
    for (const [name, amount] of Object.entries(sum)) largest[name] = Math.max(largest[name] ?? 0, amount);
  }
  const total = addQuantities([sidecars, ...pod.spec.containers.map((container) => container.resources?.requests)]);
  for (const [name, amount] of Object.entries(largest)) total[name] = Math.max(total[name] ?? 0, amount);
  return addQuantities([total, pod.spec.overhead]);
}
