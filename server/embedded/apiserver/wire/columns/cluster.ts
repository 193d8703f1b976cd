/** The columns of namespaces, nodes, events, configuration and the other kinds that are about the cluster itself. */
import type { KubeObject } from '../../../client.ts';
import { humanDuration, since } from '../duration.ts';
import { age, at, type Column, computed, condition, count, field, list, map, name, number, text } from './column.ts';

export const namespaces: Column[] = [name, field('Status', 'status.phase'), age];

const nodeStatus = (node: KubeObject): string => {
  const ready = condition(node, 'Ready');
  const status = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return at(node, 'spec.unschedulable') ? `${status},SchedulingDisabled` : status;
};

const rolePrefix = 'node-role.kubernetes.io/';

const nodeRoles = (node: KubeObject): string => {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix)) roles.add(key.slice(rolePrefix.length));
    else if (key === 'kubernetes.io/role') roles.add(value);
  }
  roles.delete('');
  return [...roles].sort().join(',') || '<none>';
};

const nodeAddress = (type: string) => (node: KubeObject) =>
  list<{ type: string; address: string }>(node, 'status.addresses').find((a) => a.type === type)?.address ?? '<none>';

export const nodes: Column[] = [
  name,
  computed('Status', nodeStatus),
  computed('Roles', nodeRoles),
  age,
  field('Version', 'status.nodeInfo.kubeletVersion'),
  computed('Internal-IP', nodeAddress('InternalIP'), { priority: 1 }),
  computed('External-IP', nodeAddress('ExternalIP'), { priority: 1 }),
  field('OS-Image', 'status.nodeInfo.osImage', '<unknown>', 1),
  field('Kernel-Version', 'status.nodeInfo.kernelVersion', '<unknown>', 1),
  field('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion', '<unknown>', 1),
];

const firstSeen = (event: KubeObject) =>
  since(at(event, 'firstTimestamp') || at(event, 'deprecatedFirstTimestamp') || at(event, 'eventTime'));

const lastSeen = (event: KubeObject) => {
  const last =
    at(event, 'series.lastObservedTime') || at(event, 'lastTimestamp') || at(event, 'deprecatedLastTimestamp');
  return last ? since(last) : firstSeen(event);
};

const eventObject = (event: KubeObject) => {
  const involved = at(event, 'involvedObject') ?? at(event, 'regarding');
  const kind = text(involved, 'kind').toLowerCase();
  return text(involved, 'name') ? `${kind}/${text(involved, 'name')}` : kind;
};

const eventSource = (event: KubeObject) => {
  const source = at(event, 'source') ?? at(event, 'deprecatedSource');
  const component =
    text(source, 'component') || text(event, 'reportingComponent') || text(event, 'reportingController');
  const instance = text(source, 'host') || text(event, 'reportingInstance');
  return instance ? `${component}, ${instance}` : component;
};

/** Of both APIs: in events.k8s.io the fields are called regarding, note and deprecated… */
export const events: Column[] = [
  computed('Last Seen', lastSeen),
  field('Type', 'type'),
  field('Reason', 'reason'),
  computed('Object', eventObject),
  computed('Subobject', (event) => text(event, 'involvedObject.fieldPath') || text(event, 'regarding.fieldPath'), {
    priority: 1,
  }),
  computed('Source', eventSource, { priority: 1 }),
  computed('Message', (event) => (text(event, 'message') || text(event, 'note')).trim()),
  computed('First Seen', firstSeen, { priority: 1 }),
  computed(
    'Count',
    (event) => number(event, 'series.count') || number(event, 'count') || number(event, 'deprecatedCount') || 1,
    { priority: 1 },
  ),
  { ...name, priority: 1 },
];

const size = (object: KubeObject, ...paths: string[]) =>
  paths.reduce((sum, path) => sum + Object.keys(map(object, path)).length, 0);

export const configMaps: Column[] = [name, computed('Data', (object) => size(object, 'data', 'binaryData')), age];

export const secrets: Column[] = [name, field('Type', 'type'), computed('Data', (object) => size(object, 'data')), age];

export const serviceAccounts: Column[] = [name, computed('Secrets', (object) => list(object, 'secrets').length), age];

const quota = (limits: boolean) => (object: KubeObject) =>
  Object.entries(map<string>(object, 'status.hard'))
    .filter(([resource]) => resource.startsWith('limits.') === limits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, hard]) => `${resource}: ${map<string>(object, 'status.used')[resource] ?? '0'}/${hard}`)
    .join(', ');

export const resourceQuotas: Column[] = [name, computed('Request', quota(false)), computed('Limit', quota(true)), age];

export const leases: Column[] = [name, field('Holder', 'spec.holderIdentity'), age];

export const priorityClasses: Column[] = [
  name,
  count('Value', 'value'),
  computed('Global-Default', (object) => at(object, 'globalDefault') === true, { type: 'boolean' }),
  age,
  field('PreemptionPolicy', 'preemptionPolicy'),
];

export const runtimeClasses: Column[] = [name, field('Handler', 'handler'), age];

const certificateCondition = (object: KubeObject): string => {
  const has = (type: string) => condition(object, type) !== undefined;
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return decision + (has('Failed') ? ',Failed' : '') + (text(object, 'status.certificate') ? ',Issued' : '');
};

export const certificateSigningRequests: Column[] = [
  name,
  age,
  field('SignerName', 'spec.signerName', '<none>'),
  field('Requestor', 'spec.username'),
  computed('RequestedDuration', (object) => {
    const seconds = at(object, 'spec.expirationSeconds');
    return typeof seconds === 'number' ? humanDuration(seconds * 1000) : '<none>';
  }),
  computed('Condition', certificateCondition),
];
