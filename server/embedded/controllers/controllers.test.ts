import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../client.ts';
import { startTestCluster, type TestCluster } from '../node/test-cluster.ts';
import { StatusError } from '../status.ts';
import {
  type ControllerRevision,
  type CronJob,
  type DaemonSet,
  type Deployment,
  type EndpointSlice,
  type Endpoints,
  type Job,
  type Pod,
  RESOURCES,
  type ReplicaSet,
  type StatefulSet,
} from '../types.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
});
afterAll(() => cluster.stop());

const template = (app: string, image = 'idle', extra: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image }], ...extra },
});

const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: template(name), ...spec },
});

const reasonOf = (object: { status?: { conditions?: { type: string; reason?: string }[] } }, type: string) =>
  object.status?.conditions?.find((condition) => condition.type === type)?.reason;

async function rolledOut(name: string): Promise<Deployment> {
  return cluster.until<Deployment>(RESOURCES.deployments, name, ({ metadata, spec, status }) => {
    expect(status?.observedGeneration).toBe(metadata.generation);
    expect(status).toMatchObject({
      replicas: spec.replicas,
      updatedReplicas: spec.replicas,
      availableReplicas: spec.replicas,
    });
  });
}

const patch = (
  name: string,
  body: object,
  resource: typeof RESOURCES.deployments | typeof RESOURCES.statefulsets = RESOURCES.deployments,
) => cluster.client.patch(resource, { namespace: 'default', name }, 'merge', body);

async function owned<T extends KubeObject>(
  resource: (typeof RESOURCES)[keyof typeof RESOURCES],
  app: string,
): Promise<T[]> {
  return (await cluster.client.list<T>(resource, { namespace: 'default', labelSelector: `app=${app}` })).items;
}

const setOf = async (app: string, revision: string) =>
  (await owned<ReplicaSet>(RESOURCES.replicasets, app)).find(
    ({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'] === revision,
  );

describe('a Deployment', () => {
  test('makes a ReplicaSet, and that makes pods', async () => {
    await cluster.create(RESOURCES.deployments, deployment('shop'));
    const made = await rolledOut('shop');
    expect(reasonOf(made, 'Available')).toBe('MinimumReplicasAvailable');
    await cluster.until<Deployment>(RESOURCES.deployments, 'shop', (d) =>
      expect(reasonOf(d, 'Progressing')).toBe('NewReplicaSetAvailable'),
    );
    const [set] = await owned<ReplicaSet>(RESOURCES.replicasets, 'shop');
    expect(set?.metadata.name).toMatch(/^shop-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/);
    for (const pod of await owned<Pod>(RESOURCES.pods, 'shop')) {
      expect(pod.metadata.name).toMatch(new RegExp(`^${set?.metadata.name}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
      expect(pod.metadata.labels?.['pod-template-hash']).toBe(set?.metadata.labels?.['pod-template-hash']);
    }
  });

  test('rolls to a new template, and back to the old one', async () => {
    await cluster.create(RESOURCES.deployments, deployment('rolls'));
    await rolledOut('rolls');
    await patch('rolls', { spec: { template: { metadata: { annotations: { edition: 'two' } } } } });
    await rolledOut('rolls');
    const first = await setOf('rolls', '1');
    expect(first?.spec.replicas).toBe(0);
    // What kubectl rollout undo does: the old template, put in place of the new one.
    await patch('rolls', { spec: { template: { metadata: { annotations: null } } } });
    const back = await rolledOut('rolls');
    expect(back.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    const again = await setOf('rolls', '3');
    expect(again?.metadata.name).toBe(first?.metadata.name);
    expect(again?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
    const scaling = (await cluster.events('rolls')).filter((event) => event.startsWith('ScalingReplicaSet'));
    expect(scaling[0]).toMatch(/^ScalingReplicaSet: Scaled up replica set rolls-\w+ from 0 to 2$/);
    expect(scaling[1]).toMatch(/^ScalingReplicaSet: Scaled up replica set rolls-\w+ from 0 to 1$/);
    expect(scaling[2]).toMatch(/^ScalingReplicaSet: Scaled down replica set rolls-\w+ from 2 to 1$/);
  });

  test('keeps the old pods while the new ones cannot start, and says when time is up', async () => {
    await cluster.create(RESOURCES.deployments, deployment('stuck', { progressDeadlineSeconds: 1 }));
    await rolledOut('stuck');
    await patch('stuck', { spec: { template: { spec: { containers: [{ name: 'main', image: 'no/such' }] } } } });
    const stuck = await cluster.until<Deployment>(RESOURCES.deployments, 'stuck', (d) =>
      expect(reasonOf(d, 'Progressing')).toBe('ProgressDeadlineExceeded'),
    );
    expect(stuck.status).toMatchObject({ availableReplicas: 2, updatedReplicas: 1, unavailableReplicas: 1 });
  });

  test('scales, and does not roll while it is paused', async () => {
    await cluster.create(RESOURCES.deployments, deployment('paused'));
    await rolledOut('paused');
    await patch('paused', { spec: { paused: true, replicas: 3, template: { metadata: { annotations: { x: 'y' } } } } });
    await cluster.until<Deployment>(RESOURCES.deployments, 'paused', ({ status }) => {
      expect(status?.availableReplicas).toBe(3);
      expect(status?.updatedReplicas ?? 0).toBe(0);
    });
    await patch('paused', { spec: { paused: null } });
    await rolledOut('paused');
  });

  test('recreates all pods where it is told to', async () => {
    await cluster.create(RESOURCES.deployments, deployment('recreates', { strategy: { type: 'Recreate' } }));
    await rolledOut('recreates');
    await patch('recreates', { spec: { template: { metadata: { annotations: { x: 'y' } } } } });
    await rolledOut('recreates');
    expect(await owned<Pod>(RESOURCES.pods, 'recreates')).toHaveLength(2);
  });

  test('keeps as many old ReplicaSets as it may', async () => {
    await cluster.create(RESOURCES.deployments, deployment('history', { replicas: 1, revisionHistoryLimit: 1 }));
    for (const edition of ['1', '2', '3']) {
      await rolledOut('history');
      await patch('history', { spec: { template: { metadata: { annotations: { edition } } } } });
    }
    await rolledOut('history');
    await expect.poll(() => owned(RESOURCES.replicasets, 'history')).toHaveLength(2);
  });

  test('takes its pods with it', async () => {
    await cluster.create(RESOURCES.deployments, deployment('goes'));
    await rolledOut('goes');
    const options = { propagationPolicy: 'Foreground' as const };
    await cluster.client.delete(RESOURCES.deployments, { namespace: 'default', name: 'goes' }, options);
    await cluster.gone(RESOURCES.deployments, 'goes');
    expect(await owned(RESOURCES.replicasets, 'goes')).toEqual([]);
    await expect.poll(() => owned(RESOURCES.pods, 'goes')).toEqual([]);
  });

  test('leaves its ReplicaSet behind as an orphan where it is told to', async () => {
    await cluster.create(RESOURCES.deployments, deployment('orphans', { replicas: 1 }));
    await rolledOut('orphans');
    const options = { propagationPolicy: 'Orphan' as const };
    await cluster.client.delete(RESOURCES.deployments, { namespace: 'default', name: 'orphans' }, options);
    await cluster.gone(RESOURCES.deployments, 'orphans');
    const [set] = await owned<ReplicaSet>(RESOURCES.replicasets, 'orphans');
    expect(set?.metadata.ownerReferences ?? []).toEqual([]);
    expect(await owned(RESOURCES.pods, 'orphans')).toHaveLength(1);
    // A Deployment of the same selector and template takes it over.
    await cluster.create(RESOURCES.deployments, deployment('orphans', { replicas: 1 }));
    await rolledOut('orphans');
    expect(await owned(RESOURCES.replicasets, 'orphans')).toHaveLength(1);
  });
});

test('a ReplicaSet says why its pods are refused, and tries again', async () => {
  let refusing = true;
  cluster.registry.admit({
    async mutate() {},
    async validate({ resource, operation, object }) {
      if (!refusing || operation !== 'CREATE' || resource.resource !== 'pods') return;
      if (object?.metadata.labels?.app === 'refused') throw new StatusError(403, 'Forbidden', 'not today');
    },
  });
  await cluster.create(RESOURCES.deployments, deployment('refused'));
  await cluster.until<Deployment>(RESOURCES.deployments, 'refused', (d) =>
    expect(reasonOf(d, 'ReplicaFailure')).toBe('FailedCreate'),
  );
  const [set] = await owned<ReplicaSet>(RESOURCES.replicasets, 'refused');
  await expect.poll(() => cluster.events(set!.metadata.name)).toContain('FailedCreate: Error creating: not today');
  refusing = false;
  const made = await rolledOut('refused');
  await cluster.until<Deployment>(RESOURCES.deployments, 'refused', (d) =>
    expect(reasonOf(d, 'ReplicaFailure')).toBeUndefined(),
  );
  expect(made.status?.readyReplicas).toBe(2);
});

test('a ReplicaSet does not take the next refusal for news', async () => {
  const refused: string[] = [];
  cluster.registry.admit({
    async mutate() {},
    async validate({ resource, operation, object }) {
      if (operation !== 'CREATE' || resource.resource !== 'pods') return;
      if (object?.metadata.labels?.app !== 'refused-anew') return;
      // As a real refusal does, it names the pod, and each pod has a name of its own.
      refused.push(object.metadata.name);
      throw new StatusError(403, 'Forbidden', `pods "${object.metadata.name}" is forbidden`);
    },
  });
  await cluster.create(RESOURCES.deployments, deployment('refused-anew', { replicas: 1 }));
  await expect.poll(() => refused.length).toBeGreaterThan(2);
  const [set] = await owned<ReplicaSet>(RESOURCES.replicasets, 'refused-anew');
  expect(set?.status?.conditions?.[0]?.message).toContain(refused[0]);
});

test('a deleted pod is replaced', async () => {
  await cluster.create(RESOURCES.deployments, deployment('heals', { replicas: 1 }));
  await rolledOut('heals');
  const [pod] = await owned<Pod>(RESOURCES.pods, 'heals');
  await cluster.client.delete(RESOURCES.pods, { namespace: 'default', name: pod!.metadata.name });
  await cluster.gone(RESOURCES.pods, pod!.metadata.name);
  await rolledOut('heals');
  const [other] = await owned<Pod>(RESOURCES.pods, 'heals');
  expect(other?.metadata.name).not.toBe(pod?.metadata.name);
});

test('a Service gets the addresses of its ready pods, and answers through them', async () => {
  await cluster.create(RESOURCES.deployments, deployment('served', { template: template('served', 'web') }));
  await cluster.create(RESOURCES.services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'served' },
    spec: {
      clusterIP: '10.96.0.50',
      selector: { app: 'served' },
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    },
  });
  await rolledOut('served');
  const pods = await owned<Pod>(RESOURCES.pods, 'served');
  const addresses = pods.map((pod) => pod.status?.podIP).sort();
  await cluster.until<Endpoints>(RESOURCES.endpoints, 'served', ({ subsets }) => {
    expect(subsets?.[0]?.addresses?.map(({ ip }) => ip).sort()).toEqual(addresses);
    expect(subsets?.[0]?.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
  });
  const slices = async () =>
    (
      await cluster.client.list<EndpointSlice>(RESOURCES.endpointslices, {
        labelSelector: 'kubernetes.io/service-name=served',
      })
    ).items;
  await expect.poll(async () => (await slices())[0]?.endpoints.map((e) => e.conditions?.ready)).toEqual([true, true]);
  expect((await slices())[0]?.metadata.name).toMatch(/^served-\w{5}$/);
  const stream = await cluster.network.dial('served', 80, { namespace: 'default' });
  stream.end('GET / HTTP/1.0\r\n\r\n');
  let answer = '';
  for await (const chunk of stream) answer += chunk;
  expect(answer).toContain('200 OK');
  await cluster.client.delete(RESOURCES.services, { namespace: 'default', name: 'served' });
  await cluster.gone(RESOURCES.endpoints, 'served');
  await expect.poll(slices).toEqual([]);
});

test('a StatefulSet numbers its pods, updates them from the last, and ends them in reverse', async () => {
  await cluster.create(RESOURCES.statefulsets, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas: 2,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: template('db'),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  });
  const ready = (updated: number) =>
    cluster.until<StatefulSet>(RESOURCES.statefulsets, 'db', ({ metadata, status }) => {
      expect(status).toMatchObject({
        observedGeneration: metadata.generation,
        readyReplicas: 2,
        updatedReplicas: updated,
      });
      expect(status?.currentRevision).toBe(status?.updateRevision);
    });
  const before = await ready(2);
  expect((await owned<Pod>(RESOURCES.pods, 'db')).map((pod) => pod.spec.hostname)).toEqual(['db-0', 'db-1']);
  const claim = await cluster.client.get(RESOURCES.persistentvolumeclaims, { namespace: 'default', name: 'data-db-1' });
  expect(claim.status).toMatchObject({ phase: 'Bound' });
  await patch('db', { spec: { template: { metadata: { annotations: { x: 'y' } } } } }, RESOURCES.statefulsets);
  await cluster.until<StatefulSet>(RESOURCES.statefulsets, 'db', ({ status }) =>
    expect(status?.currentRevision).not.toBe(before.status?.currentRevision),
  );
  await ready(2);
  const revisions = await owned<ControllerRevision>(RESOURCES.controllerrevisions, 'db');
  expect(revisions.map(({ revision }) => revision).sort()).toEqual([1, 2]);
  await patch('db', { spec: { replicas: 0 } }, RESOURCES.statefulsets);
  await expect.poll(() => owned(RESOURCES.pods, 'db')).toEqual([]);
  const deletions = (await cluster.events('db')).filter((event) => event.startsWith('SuccessfulDelete'));
  expect(deletions.slice(0, 2)).toEqual([
    'SuccessfulDelete: delete Pod db-1 in StatefulSet db successful',
    'SuccessfulDelete: delete Pod db-0 in StatefulSet db successful',
  ]);
});

test('a DaemonSet runs on the node, and follows a new template', async () => {
  await cluster.create(RESOURCES.daemonsets, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent') },
  });
  const up = () =>
    cluster.until<DaemonSet>(RESOURCES.daemonsets, 'agent', ({ metadata, status }) =>
      expect(status).toMatchObject({
        observedGeneration: metadata.generation,
        desiredNumberScheduled: 1,
        numberAvailable: 1,
        updatedNumberScheduled: 1,
      }),
    );
  await up();
  const [before] = await owned<Pod>(RESOURCES.pods, 'agent');
  const body = { spec: { template: { metadata: { annotations: { x: 'y' } } } } };
  await cluster.client.patch(RESOURCES.daemonsets, { namespace: 'default', name: 'agent' }, 'merge', body);
  await up();
  const [after] = await owned<Pod>(RESOURCES.pods, 'agent');
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
});

describe('a Job', () => {
  const job = (name: string, spec: object) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec });
  const work = (args: string[]) => ({
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'exit', args }] },
  });

  test('is complete when its pods have succeeded', async () => {
    await cluster.create(RESOURCES.jobs, job('count', { completions: 3, parallelism: 2, template: work(['0']) }));
    const done = await cluster.until<Job>(RESOURCES.jobs, 'count', (j) =>
      expect(reasonOf(j, 'Complete')).toBe('CompletionsReached'),
    );
    expect(done.status).toMatchObject({ succeeded: 3 });
    expect(done.status?.completionTime).toBeDefined();
    expect(done.status?.active).toBeUndefined();
    await cluster.client.delete(
      RESOURCES.jobs,
      { namespace: 'default', name: 'count' },
      { propagationPolicy: 'Background' },
    );
    const left = async () => (await cluster.client.list(RESOURCES.pods, { labelSelector: 'job-name=count' })).items;
    await expect.poll(left).toEqual([]);
  });

  test('has failed when it may not try again', async () => {
    await cluster.create(RESOURCES.jobs, job('fails', { backoffLimit: 0, template: work(['1']) }));
    const failed = await cluster.until<Job>(RESOURCES.jobs, 'fails', (j) =>
      expect(reasonOf(j, 'Failed')).toBe('BackoffLimitExceeded'),
    );
    expect(failed.status).toMatchObject({ failed: 1 });
  });

  test('numbers its pods where it is indexed', async () => {
    const spec = { completions: 3, parallelism: 3, completionMode: 'Indexed', template: work(['0']) };
    await cluster.create(RESOURCES.jobs, job('indexed', spec));
    const done = await cluster.until<Job>(RESOURCES.jobs, 'indexed', (j) =>
      expect(reasonOf(j, 'Complete')).toBeDefined(),
    );
    expect(done.status?.completedIndexes).toBe('0-2');
  });
});

test('a CronJob makes a Job when its time has come', async () => {
  const past = new Date(Date.now() - 120_000).toISOString();
  const jobTemplate = {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'exit' }] } } },
  };
  const cronJob = await cluster.create<CronJob>(RESOURCES.cronjobs, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: { schedule: '* * * * *', suspend: true, jobTemplate },
  });
  // As if it had last run two minutes ago.
  await cluster.client.update(RESOURCES.cronjobs, { ...cronJob, status: { lastScheduleTime: past } }, 'status');
  await cluster.client.patch(RESOURCES.cronjobs, { namespace: 'default', name: 'nightly' }, 'merge', {
    spec: { suspend: false },
  });
  await cluster.until<CronJob>(RESOURCES.cronjobs, 'nightly', ({ status }) =>
    expect(status?.lastSuccessfulTime).toBeDefined(),
  );
  const events = await cluster.events('nightly');
  expect(events[0]).toMatch(/^SuccessfulCreate: Created job nightly-\d+$/);
});

test('a deleted namespace goes with all that is in it', async () => {
  await cluster.client.create(RESOURCES.namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'short' },
  });
  await cluster.until(RESOURCES.serviceaccounts, 'default', () => {}, 'short');
  await cluster.until(
    RESOURCES.configmaps,
    'kube-root-ca.crt',
    (map) => expect(map.data).toEqual({ 'ca.crt': 'test CA' }),
    'short',
  );
  const object = deployment('inside');
  await cluster.create(RESOURCES.deployments, { ...object, metadata: { name: 'inside', namespace: 'short' } });
  await cluster.until<Deployment>(
    RESOURCES.deployments,
    'inside',
    ({ status }) => expect(status?.availableReplicas).toBe(2),
    'short',
  );
  await cluster.client.delete(RESOURCES.namespaces, { name: 'short' });
  await cluster.gone(RESOURCES.namespaces, 'short');
  expect((await cluster.client.list(RESOURCES.pods, { namespace: 'short' })).items).toEqual([]);
});
