import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../../client.ts';
import type { ResourceInfo } from '../resource.ts';
import { builtinResources } from './builtin.ts';
import { humanDuration } from './duration.ts';
import { parseJsonPath } from './jsonpath.ts';
import { toTable } from './table.ts';

const now = Date.parse('2026-05-04T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString().replace('.000', '');

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Table {
  columnDefinitions: { name: string; priority: number }[];
  rows: { cells: unknown[]; object: unknown; conditions?: unknown }[];
}

const resource = (name: string, group = ''): ResourceInfo => {
  const found = builtinResources.find((r) => r.resource === name && r.group === group);
  if (!found) throw new Error(`no resource ${name}`);
  return found;
};

/** The object's row as kubectl would show it, narrow or wide. */
const row = (info: ResourceInfo, object: object, wide = false): Record<string, unknown> => {
  const table = toTable(info, [object as KubeObject], { includeObject: 'None' }) as Table;
  return Object.fromEntries(
    table.columnDefinitions
      .map((c, i) => [c, table.rows[0]?.cells[i]] as const)
      .filter(([c]) => wide || c.priority === 0)
      .map(([c, cell]) => [c.name.toUpperCase(), cell]),
  );
};

const pod = (spec: object, status: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', creationTimestamp: ago(300), ...metadata },
  spec: { containers: [{ name: 'web' }], ...spec },
  status: { phase: 'Running', ...status },
});
const running = { ready: true, restartCount: 0, started: true, state: { running: {} } };
const sidecar = { initContainers: [{ name: 'istio-init' }, { name: 'istio-proxy', restartPolicy: 'Always' }] };
const initDone = { name: 'istio-init', restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } };

describe('pods', () => {
  const show = (...parts: Parameters<typeof pod>) => {
    const { READY, STATUS, RESTARTS } = row(resource('pods'), pod(...parts));
    return [READY, STATUS, RESTARTS];
  };

  it('shows a running pod, narrow and wide', () => {
    const object = pod(
      { nodeName: 'malha-control-plane' },
      {
        podIP: '10.244.0.7',
        podIPs: [{ ip: '10.244.0.7' }],
        containerStatuses: [{ name: 'web', ...running }],
      },
    );
    expect(row(resource('pods'), object)).toEqual({
      NAME: 'web-1',
      READY: '1/1',
      STATUS: 'Running',
      RESTARTS: '0',
      AGE: '5m',
    });
    expect(row(resource('pods'), object, true)).toMatchObject({
      IP: '10.244.0.7',
      NODE: 'malha-control-plane',
      'NOMINATED NODE': '<none>',
      'READINESS GATES': '<none>',
    });
  });

  it('counts a sidecar that is a restartable init container', () => {
    expect(
      show(sidecar, {
        initContainerStatuses: [initDone, { name: 'istio-proxy', ...running }],
        containerStatuses: [{ name: 'web', ...running }],
      }),
    ).toEqual(['2/2', 'Running', '0']);
  });

  it('shows how far initialization is', () => {
    const waiting = { restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } };
    const init = { initContainers: [{ name: 'a' }, { name: 'b' }] };
    const statuses = (first: object, second: object) => ({
      phase: 'Pending',
      initContainerStatuses: [
        { name: 'a', restartCount: 0, ...first },
        { name: 'b', restartCount: 0, ...second },
      ],
      containerStatuses: [{ name: 'web', ...waiting }],
    });
    const done = { state: { terminated: { exitCode: 0 } } };
    expect(show(init, statuses({ state: { running: {} } }, waiting))).toEqual(['0/1', 'Init:0/2', '0']);
    expect(show(init, statuses(done, { state: { running: {} } }))).toEqual(['0/1', 'Init:1/2', '0']);
    expect(show(init, statuses(done, done))).toEqual(['0/1', 'PodInitializing', '0']);
    expect(show(init, statuses({ state: { terminated: { exitCode: 1, reason: 'Error' } } }, waiting))[1]).toBe(
      'Init:Error',
    );
    expect(show(init, statuses({ state: { terminated: { exitCode: 3 } } }, waiting))[1]).toBe('Init:ExitCode:3');
    expect(show(init, statuses({ state: { waiting: { reason: 'ImagePullBackOff' } } }, waiting))[1]).toBe(
      'Init:ImagePullBackOff',
    );
  });

  it('shows why a container does not run, and when it last restarted', () => {
    const with_ = (status: object) => ({ containerStatuses: [{ name: 'web', restartCount: 0, ...status }] });
    expect(
      show(
        {},
        with_({
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, finishedAt: ago(40) } },
        }),
      ),
    ).toEqual(['0/1', 'CrashLoopBackOff', '3 (40s ago)']);
    expect(show({}, with_({ state: { waiting: { reason: 'ErrImagePull' } } }))[1]).toBe('ErrImagePull');
    expect(
      show({}, { phase: 'Succeeded', ...with_({ state: { terminated: { exitCode: 0, reason: 'Completed' } } }) }),
    ).toEqual(['0/1', 'Completed', '0']);
    expect(show({}, with_({ state: { terminated: { exitCode: 0, signal: 9 } } }))[1]).toBe('Signal:9');
  });

  it('shows Terminating, unless the pod had ended before', () => {
    const deleted = { deletionTimestamp: ago(1) };
    expect(show({}, { containerStatuses: [{ name: 'web', ...running }] }, deleted)).toEqual([
      '1/1',
      'Terminating',
      '0',
    ]);
    expect(show({}, { phase: 'Succeeded' }, deleted)[1]).toBe('Succeeded');
    expect(show({}, { reason: 'NodeLost' }, deleted)[1]).toBe('Unknown');
  });

  it('shows what waits for the scheduler, and gates', () => {
    expect(show({}, { phase: 'Pending' })).toEqual(['0/1', 'Pending', '0']);
    const gated = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];
    expect(show({}, { phase: 'Pending', conditions: gated })[1]).toBe('SchedulingGated');
    const readiness = pod(
      { readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
      {
        conditions: [{ type: 'a', status: 'True' }],
      },
    );
    expect(row(resource('pods'), readiness, true)['READINESS GATES']).toBe('1/2');
  });

  it('marks finished pods', () => {
    const table = toTable(resource('pods'), [pod({}, { phase: 'Failed' }) as unknown as KubeObject], {
      includeObject: 'Metadata',
      listMetadata: { resourceVersion: '12' },
    });
    expect(table).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '12' },
      rows: [
        {
          conditions: [{ type: 'Completed', status: 'True', reason: 'Failed' }],
          object: { kind: 'PartialObjectMetadata', metadata: { name: 'web-1' } },
        },
      ],
    });
  });
});

const metadata = { name: 'web', creationTimestamp: ago(7200) };

describe('services', () => {
  const service = (spec: object, status: object = {}) => row(resource('services'), { metadata, spec, status }, true);

  it('shows each type', () => {
    expect(
      service({
        type: 'ClusterIP',
        clusterIP: '10.96.0.10',
        ports: [{ port: 80, protocol: 'TCP' }],
        selector: { b: '2', a: '1' },
      }),
    ).toEqual({
      NAME: 'web',
      TYPE: 'ClusterIP',
      'CLUSTER-IP': '10.96.0.10',
      'EXTERNAL-IP': '<none>',
      'PORT(S)': '80/TCP',
      AGE: '120m',
      SELECTOR: 'a=1,b=2',
    });
    const balanced = {
      type: 'LoadBalancer',
      clusterIPs: ['10.96.0.11'],
      ports: [
        { port: 80, nodePort: 30080 },
        { port: 53, protocol: 'UDP' },
      ],
    };
    expect(service(balanced)).toMatchObject({
      'EXTERNAL-IP': '<pending>',
      'PORT(S)': '80:30080/TCP,53/UDP',
      SELECTOR: '<none>',
    });
    expect(
      service(balanced, { loadBalancer: { ingress: [{ ip: '172.18.0.9' }, { hostname: 'lb.local' }] } }),
    ).toMatchObject({
      'EXTERNAL-IP': '172.18.0.9,lb.local',
    });
    expect(service({ type: 'ExternalName', externalName: 'example.org' })).toMatchObject({
      'CLUSTER-IP': '<none>',
      'EXTERNAL-IP': 'example.org',
      'PORT(S)': '<none>',
    });
    expect(service({ type: 'ClusterIP', clusterIP: 'None' })['CLUSTER-IP']).toBe('None');
  });
});

describe('other kinds', () => {
  it('shows a deployment', () => {
    const deployment = {
      metadata,
      spec: {
        replicas: 2,
        selector: {
          matchLabels: { app: 'web' },
          matchExpressions: [{ key: 'tier', operator: 'In', values: ['b', 'a'] }],
        },
        template: {
          spec: {
            containers: [
              { name: 'web', image: 'web:1' },
              { name: 'log', image: 'log:2' },
            ],
          },
        },
      },
      status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 },
    };
    expect(row(resource('deployments', 'apps'), deployment, true)).toEqual({
      NAME: 'web',
      READY: '1/2',
      'UP-TO-DATE': 2,
      AVAILABLE: 1,
      AGE: '120m',
      CONTAINERS: 'web,log',
      IMAGES: 'web:1,log:2',
      SELECTOR: 'app=web,tier in (a,b)',
    });
  });

  it('shows a node and a namespace', () => {
    const node = {
      metadata: { ...metadata, labels: { 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.35.2' } },
    };
    expect(row(resource('nodes'), node)).toEqual({
      NAME: 'web',
      STATUS: 'Ready,SchedulingDisabled',
      ROLES: 'control-plane',
      AGE: '120m',
      VERSION: 'v1.35.2',
    });
    expect(row(resource('namespaces'), { metadata, status: { phase: 'Active' } })).toEqual({
      NAME: 'web',
      STATUS: 'Active',
      AGE: '120m',
    });
  });

  it('shows events of both APIs', () => {
    const involvedObject = { kind: 'Pod', name: 'web-1' };
    const old = {
      metadata,
      involvedObject,
      type: 'Normal',
      reason: 'Pulled',
      message: 'done\n',
      count: 2,
      firstTimestamp: ago(90),
      lastTimestamp: ago(30),
      source: { component: 'kubelet', host: 'n1' },
    };
    expect(row(resource('events'), old, true)).toEqual({
      'LAST SEEN': '30s',
      TYPE: 'Normal',
      REASON: 'Pulled',
      OBJECT: 'pod/web-1',
      SUBOBJECT: '',
      SOURCE: 'kubelet, n1',
      MESSAGE: 'done',
      'FIRST SEEN': '90s',
      COUNT: 2,
      NAME: 'web',
    });
    const young = {
      metadata,
      involvedObject,
      eventTime: '2026-05-04T11:59:00.000000Z',
      firstTimestamp: null,
      lastTimestamp: null,
    };
    expect(row(resource('events'), young)['LAST SEEN']).toBe('60s');
  });

  it('shows endpoints, slices and ingresses', () => {
    const addresses = [1, 2, 3, 4].map((n) => ({ ip: `10.244.0.${n}` }));
    expect(row(resource('endpoints'), { metadata, subsets: [{ addresses, ports: [{ port: 80 }] }] }).ENDPOINTS).toBe(
      '10.244.0.1:80,10.244.0.2:80,10.244.0.3:80 + 1 more...',
    );
    expect(row(resource('endpoints'), { metadata }).ENDPOINTS).toBe('<none>');
    const slices = resource('endpointslices', 'discovery.k8s.io');
    expect(row(slices, { metadata, addressType: 'IPv4', ports: null, endpoints: null })).toMatchObject({
      ADDRESSTYPE: 'IPv4',
      PORTS: '<unset>',
      ENDPOINTS: '<unset>',
    });
    const ingress = { metadata, spec: { rules: [{ host: 'a' }, {}], tls: [{}] } };
    expect(row(resource('ingresses', 'networking.k8s.io'), ingress)).toMatchObject({
      CLASS: '<none>',
      HOSTS: 'a',
      ADDRESS: '',
      PORTS: '80, 443',
    });
  });

  it('shows jobs, cron jobs and autoscalers', () => {
    const job = {
      metadata,
      spec: { completions: 3 },
      status: {
        succeeded: 3,
        startTime: ago(100),
        completionTime: ago(88),
        conditions: [{ type: 'Complete', status: 'True' }],
      },
    };
    expect(row(resource('jobs', 'batch'), job)).toMatchObject({
      STATUS: 'Complete',
      COMPLETIONS: '3/3',
      DURATION: '12s',
    });
    const cron = { metadata, spec: { schedule: '* * * * *', suspend: false } };
    expect(row(resource('cronjobs', 'batch'), cron)).toMatchObject({
      TIMEZONE: '<none>',
      SUSPEND: 'False',
      ACTIVE: 0,
      'LAST SCHEDULE': '<none>',
    });
    const scaler = {
      metadata,
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
      },
    };
    expect(row(builtinResources.find((r) => r.kind === 'HorizontalPodAutoscaler')!, scaler)).toMatchObject({
      REFERENCE: 'Deployment/web',
      TARGETS: 'cpu: <unknown>/80%',
      MINPODS: '<unset>',
    });
  });

  it('shows when it was created where a kind has no columns', () => {
    for (const info of [
      resource('roles', 'rbac.authorization.k8s.io'),
      resource('customresourcedefinitions', 'apiextensions.k8s.io'),
    ])
      expect(row(info, { metadata })).toEqual({ NAME: 'web', 'CREATED AT': ago(7200) });
  });

  it('works for every built-in resource on an object that has only a name', () => {
    for (const info of builtinResources) {
      const cells = row(info, { metadata: { name: 'bare' } }, true);
      expect(
        Object.values(cells).every((cell) => cell !== undefined),
        info.resource,
      ).toBe(true);
    }
  });
});

describe('custom resources', () => {
  const custom = (printerColumns: ResourceInfo['printerColumns']): ResourceInfo => ({
    ...builtinResources[0]!,
    type: undefined,
    group: 'networking.istio.io',
    resource: 'virtualservices',
    printerColumns,
  });

  it('shows the columns of the definition', () => {
    const info = custom([
      { name: 'Gateways', type: 'string', jsonPath: '.spec.gateways' },
      { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Port', type: 'integer', jsonPath: '.spec.port' },
      { name: 'Missing', type: 'string', jsonPath: '.spec.nothing', priority: 1 },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ]);
    const object = {
      metadata,
      spec: { gateways: ['mesh', 'web'], port: 80 },
      status: {
        conditions: [
          { type: 'Other', status: 'False' },
          { type: 'Ready', status: 'True' },
        ],
      },
    };
    expect(row(info, object, true)).toEqual({
      NAME: 'web',
      GATEWAYS: '["mesh","web"]',
      READY: 'True',
      PORT: 80,
      MISSING: null,
      AGE: '120m',
    });
  });

  it('shows the age where the definition has no columns', () => {
    expect(row(custom(undefined), { metadata })).toEqual({ NAME: 'web', AGE: '120m' });
  });
});

describe('jsonPath', () => {
  it('reads what printer columns use', () => {
    const root = { a: { 'b.c': [{ n: 1 }, { n: 2 }] }, l: ['x', 'y'] };
    const read = (path: string) => parseJsonPath(path)(root);
    expect(read('.a.b\\.c[1].n')).toEqual([2]);
    expect(read(`.a['b.c'][*].n`)).toEqual([1, 2]);
    expect(read('.a.b\\.c[?(@.n>1)].n')).toEqual([2]);
    expect(read('.l[-1]')).toEqual(['y']);
    expect(read('.no.such')).toEqual([]);
    expect(() => read('..n')).toThrow(SyntaxError);
  });
});

it('writes durations as kubectl does', () => {
  const [s, m, h, d] = [1000, 60_000, 3_600_000, 86_400_000];
  const cases: [number, string][] = [
    [-5 * s, '<invalid>'],
    [-s / 2, '0s'],
    [0, '0s'],
    [119 * s, '119s'],
    [2 * m, '2m'],
    [9 * m + 59 * s, '9m59s'],
    [10 * m + 5 * s, '10m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [7 * h + 30 * m, '7h30m'],
    [8 * h + m, '8h'],
    [47 * h, '47h'],
    [2 * d, '2d'],
    [7 * d + 3 * h, '7d3h'],
    [8 * d + h, '8d'],
    [729 * d, '729d'],
    [730 * d, '2y'],
    [731 * d, '2y1d'],
    [8 * 365 * d + d, '8y'],
  ];
  for (const [milliseconds, written] of cases) expect(humanDuration(milliseconds)).toBe(written);
});
