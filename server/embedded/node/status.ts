/** A pod's status from the state of its containers: phase, conditions and quality of service, as the kubelet works them out. */
import { addQuantities } from '../quantity.ts';
import { timestamp } from '../time.ts';
import type { Condition, Container, ContainerStatus, Pod, PodPhase, PodStatus } from '../types.ts';

/** A restartable init container: a native sidecar. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** Guaranteed, Burstable or BestEffort, from requests and limits of cpu and memory. */
export function qosClass(pod: Pod): string {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const names = ['cpu', 'memory'];
  const any = containers.some(({ resources }) =>
    names.some((name) => resources?.requests?.[name] !== undefined || resources?.limits?.[name] !== undefined),
  );
  if (!any) return 'BestEffort';
  const guaranteed = containers.every(({ resources }) => {
    const requests = addQuantities([resources?.requests]);
    const limits = addQuantities([resources?.limits]);
    return names.every((name) => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name]);
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** Whether all that must come before the app containers is done: plain init containers ended well, sidecars started. */
export function isInitialized(pod: Pod, statuses: ContainerStatus[]): boolean {
  return (pod.spec.initContainers ?? []).every((container) => {
    const status = statuses.find((candidate) => candidate.name === container.name);
    return isSidecar(container) ? status?.started === true : status?.state.terminated?.exitCode === 0;
  });
}

export function phaseOf(pod: Pod, init: ContainerStatus[], apps: ContainerStatus[]): PodPhase {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const plainInit = init.filter((status) => !sidecarNames(pod).has(status.name));
  if (policy === 'Never' && plainInit.some((status) => (status.state.terminated?.exitCode ?? 0) !== 0)) return 'Failed';
  const begun = apps.some((status) => status.state.running || status.state.terminated || status.lastState.terminated);
  if (!begun && !isInitialized(pod, init)) return 'Pending';
  if (apps.some((status) => status.state.waiting && !status.lastState.terminated)) return 'Pending';
  if (apps.some((status) => status.state.running || status.state.waiting)) return 'Running';
  const failed = apps.some((status) => status.state.terminated?.exitCode !== 0);
  if (policy === 'Always') return 'Running';
  if (!failed) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

const sidecarNames = (pod: Pod): Set<string> =>
  new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name));

export interface PodState {
  podIP?: string;
  hostIP: string;
  startTime: string;
  init: ContainerStatus[];
  apps: ContainerStatus[];
  /** Set where the pod as a whole has failed, for a reason that no container shows. */
  failure?: { reason: string; message: string };
  /** The pod has ended and nothing of it will run again. */
  ended?: boolean;
}

export function podStatus(pod: Pod, state: PodState): PodStatus {
  const { init, apps, podIP, hostIP, failure } = state;
  let phase = failure ? 'Failed' : phaseOf(pod, init, apps);
  // A sidecar may still be on its way out when the work is done: the phase waits for it.
  if (!failure && !state.ended && (phase === 'Succeeded' || phase === 'Failed')) phase = 'Running';
  const over = phase === 'Succeeded' || phase === 'Failed';
  const sidecars = sidecarNames(pod);
  const counted = [...init.filter((status) => sidecars.has(status.name)), ...apps];
  const unready = counted.filter((status) => !status.ready).map((status) => status.name);
  const incomplete = init
    .filter((status) => (sidecars.has(status.name) ? status.started !== true : status.state.terminated?.exitCode !== 0))
    .map((status) => status.name);
  const begun = apps.some((status) => status.state.running || status.state.terminated || status.lastState.terminated);
  const initialized = incomplete.length === 0 || begun;

  const done = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  const containersReady: Draft =
    done || unready.length > 0
      ? {
          status: 'False',
          reason: done ?? 'ContainersNotReady',
          ...(done ? {} : { message: `containers with unready status: [${unready.join(' ')}]` }),
        }
      : { status: 'True' };
  const gates = (pod.spec.readinessGates ?? []).filter(
    (gate) => pod.status?.conditions?.find((c) => c.type === gate.conditionType)?.status !== 'True',
  );
  const ready: Draft =
    containersReady.status === 'True' && gates.length > 0
      ? {
          status: 'False',
          reason: 'ReadinessGatesNotReady',
          message: gates
            .map((gate) => `the status of pod readiness gate "${gate.conditionType}" is not "True", but False`)
            .join('; '),
        }
      : containersReady;
  const initCondition: Draft = initialized
    ? { status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) }
    : {
        status: 'False',
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: [${incomplete.join(' ')}]`,
      };
  const conditions = mergeConditions(pod, [
    ['PodReadyToStartContainers', { status: podIP && !over ? 'True' : 'False' }],
    ['Initialized', initCondition],
    ['Ready', ready],
    ['ContainersReady', containersReady],
    ['PodScheduled', { status: 'True' }],
  ]);
  const { generation } = pod.metadata;
  return {
    ...(generation ? { observedGeneration: generation } : {}),
    phase,
    ...(failure ?? {}),
    conditions,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
    startTime: state.startTime,
    qosClass: pod.status?.qosClass ?? qosClass(pod),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: apps,
  };
}

type Draft = { status: Condition['status']; reason?: string; message?: string };

/** The kubelet's conditions, keeping the transition time where the status stays, and others' conditions as they are. */
function mergeConditions(pod: Pod, drafts: [string, Draft][]): Condition[] {
  const old = pod.status?.conditions ?? [];
  const { generation } = pod.metadata;
  const ours = drafts.map(([type, draft]) => {
    const before = old.find((condition) => condition.type === type);
    return {
      type,
      ...(generation ? { observedGeneration: generation } : {}),
      lastProbeTime: null,
      lastTransitionTime: before?.status === draft.status ? before.lastTransitionTime : timestamp(),
      ...draft,
    };
  });
  return [...ours, ...old.filter((condition) => !drafts.some(([type]) => type === condition.type))];
}
