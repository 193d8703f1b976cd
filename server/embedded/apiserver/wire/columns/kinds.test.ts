import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { builtinResources } from '../builtin.ts';
import { ago, resource, row, stopClock } from '../testing.ts';

beforeEach(() => {
  stopClock();
});
afterEach(() => {
  vi.useRealTimers();
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
