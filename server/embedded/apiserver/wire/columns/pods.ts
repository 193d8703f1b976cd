/** The columns of pods: READY, STATUS and RESTARTS are summaries of all containers, worked out as `kubectl get pods` shows them. */
import type { KubeObject } from '../../../client.ts';
import { since } from '../duration.ts';
import { age, at, type Column, computed, condition, field, formatLabels, list, map, name, text } from './column.ts';

interface Terminated {
  exitCode?: number;
  signal?: number;
  reason?: string;
  finishedAt?: string;
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  started?: boolean;
  restartCount?: number;
  state?: { waiting?: { reason?: string }; running?: object; terminated?: Terminated };
  lastState?: { terminated?: Terminated };
}

/** Counts restarts and remembers when the last one was. */
class Restarts {
  count = 0;
  last = '';

  add(status: ContainerStatus) {
    this.count += status.restartCount ?? 0;
    const finished = status.lastState?.terminated?.finishedAt;
    if (finished && finished > this.last) this.last = finished;
  }

  toString() {
    return this.count && this.last ? `${this.count} (${since(this.last)} ago)` : `${this.count}`;
  }
}

const ended = ({ reason, signal, exitCode }: Terminated) =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`);

const restartable = (pod: KubeObject): Set<unknown> =>
  new Set(
    list(pod, 'spec.initContainers')
      .filter((container) => container.restartPolicy === 'Always')
      .map((container) => container.name),
  );

interface Summary {
  ready: number;
  reason: string;
  restarts: Restarts;
}

/** Goes through the init containers in order, up to the first that is not done; `reason` is set where it stopped at one. */
const initialization = (pod: KubeObject): Omit<Summary, 'reason'> & { reason?: string; sidecars: Restarts } => {
  const sidecarNames = restartable(pod);
  const restarts = new Restarts();
  const sidecars = new Restarts();
  let ready = 0;
  for (const [index, status] of list<ContainerStatus>(pod, 'status.initContainerStatuses').entries()) {
    const sidecar = sidecarNames.has(status.name);
    const { terminated, waiting } = status.state ?? {};
    restarts.add(status);
    if (sidecar) sidecars.add(status);
    if (terminated && !terminated.exitCode) continue;
    if (sidecar && status.started) {
      if (status.ready) ready++;
      continue;
    }
    let reason = `${index}/${list(pod, 'spec.initContainers').length}`;
    if (terminated) reason = ended(terminated);
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = waiting.reason;
    return { ready, restarts, sidecars, reason: `Init:${reason}` };
  }
  return { ready, restarts, sidecars };
};

const summary = (pod: KubeObject): Summary => {
  const phase = text(pod, 'status.phase');
  let reason = text(pod, 'status.reason') || phase;
  if (condition(pod, 'PodScheduled')?.reason === 'SchedulingGated') reason = 'SchedulingGated';

  const init = initialization(pod);
  let { ready, restarts } = init;
  if (init.reason) reason = init.reason;
  if (!init.reason || condition(pod, 'Initialized')?.status === 'True') {
    restarts = init.sidecars;
    let running = false;
    for (const status of list<ContainerStatus>(pod, 'status.containerStatuses').toReversed()) {
      const { terminated, waiting } = status.state ?? {};
      restarts.add(status);
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated) reason = ended(terminated);
      else if (status.ready && status.state?.running) {
        running = true;
        ready++;
      }
    }
    if (reason === 'Completed' && running) reason = condition(pod, 'Ready')?.status === 'True' ? 'Running' : 'NotReady';
  }

  if (pod.metadata.deletionTimestamp) {
    if (text(pod, 'status.reason') === 'NodeLost') reason = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') reason = 'Terminating';
  }
  return { ready, reason, restarts };
};

const readinessGates = (pod: KubeObject): string => {
  const gates = list<{ conditionType: string }>(pod, 'spec.readinessGates');
  const passed = gates.filter((gate) => condition(pod, gate.conditionType)?.status === 'True');
  return gates.length ? `${passed.length}/${gates.length}` : '<none>';
};

export const pods: Column[] = [
  name,
  computed('Ready', (pod) => {
    const total = list(pod, 'spec.containers').length + restartable(pod).size;
    return `${summary(pod).ready}/${total}`;
  }),
  computed('Status', (pod) => summary(pod).reason),
  computed('Restarts', (pod) => `${summary(pod).restarts}`),
  age,
  computed('IP', (pod) => text(pod, 'status.podIPs.0.ip') || text(pod, 'status.podIP', '<none>'), { priority: 1 }),
  field('Node', 'spec.nodeName', '<none>', 1),
  field('Nominated Node', 'status.nominatedNodeName', '<none>', 1),
  computed('Readiness Gates', readinessGates, { priority: 1 }),
];

/** The condition that kubectl uses to tell finished pods. */
export const podRowConditions = (pod: KubeObject) => {
  const phase = at(pod, 'status.phase');
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
  return [{ type: 'Completed', status: 'True', reason: phase, message }];
};

export const podTemplates: Column[] = [
  name,
  ...[
    { title: 'Containers', key: 'name' },
    { title: 'Images', key: 'image' },
  ].map(({ title, key }) =>
    computed(title, (object) =>
      list(object, 'template.spec.containers')
        .map((container) => text(container, key))
        .join(','),
    ),
  ),
  computed('Pod Labels', (object) => formatLabels(map<string>(object, 'template.metadata.labels'))),
];
