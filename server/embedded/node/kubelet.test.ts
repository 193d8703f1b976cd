import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Pod, RESOURCES } from '../types.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster({ firstBackOff: 60_000, pullError: 20, configRetry: 50 });
});
afterAll(() => cluster.stop());

const untilPod = (name: string, check: (pod: Pod) => void) => cluster.until<Pod>(RESOURCES.pods, name, check);
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((candidate) => candidate.type === type);
const app = (pod: Pod, index = 0) => pod.status?.containerStatuses?.[index];

async function logsOf(pod: string, container: string, options = {}): Promise<string> {
  let text = '';
  for await (const line of cluster.runtime.logs({ namespace: 'default', pod, container, ...options })) text += line;
  return text;
}

describe('a pod', () => {
  test('gets an address, runs, and goes when deleted', async () => {
    await cluster.createPod('plain', { containers: [{ name: 'main', image: 'idle:1' }] });
    const pod = await untilPod('plain', (p) => expect(condition(p, 'Ready')?.status).toBe('True'));
    expect(pod.status?.podIP).toMatch(/^10\.244\.0\.\d+$/);
    expect(pod.status).toMatchObject({ phase: 'Running', hostIP: '172.18.0.2', qosClass: 'BestEffort' });
    expect(app(pod)?.image).toBe('docker.io/library/idle:1');
    expect(app(pod)?.containerID).toMatch(/^malha-embedded:\/\/[0-9a-f]{64}$/);
    await cluster.client.delete(RESOURCES.pods, { namespace: 'default', name: 'plain' });
    await cluster.gone(RESOURCES.pods, 'plain');
    expect(await cluster.events('plain')).toEqual([
      'Scheduled: Successfully assigned default/plain to malha-control-plane',
      'Pulling: Pulling image "idle:1"',
      'Pulled: Successfully pulled image "idle:1" in 0s (0s including waiting)',
      'Created: Container created',
      'Started: Container started',
      'Killing: Stopping container main',
    ]);
  });

  test('runs init containers in order, and sidecars beside the app', async () => {
    const sidecar = {
      name: 'proxy',
      image: 'web',
      restartPolicy: 'Always',
      startupProbe: { httpGet: { path: '/', port: 8080 } },
    };
    await cluster.createPod('ordered', {
      initContainers: [{ name: 'first', image: 'exit' }, sidecar, { name: 'last', image: 'exit' }],
      containers: [{ name: 'main', image: 'idle' }],
    });
    const pod = await untilPod('ordered', (p) => expect(condition(p, 'Ready')?.status).toBe('True'));
    const [first, proxy, last] = pod.status?.initContainerStatuses ?? [];
    expect(first?.state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(proxy).toMatchObject({ ready: true, started: true, state: { running: {} } });
    expect(last?.state.terminated?.exitCode).toBe(0);
    expect(app(pod)?.ready).toBe(true);
  });

  test('whose init container fails for good has failed', async () => {
    await cluster.createPod('broken', {
      restartPolicy: 'Never',
      initContainers: [{ name: 'init', image: 'exit', args: ['3'] }],
      containers: [{ name: 'main', image: 'idle' }],
    });
    const pod = await untilPod('broken', (p) => expect(p.status?.phase).toBe('Failed'));
    expect(app(pod)?.state.waiting?.reason).toBe('PodInitializing');
    expect(condition(pod, 'Initialized')).toMatchObject({ status: 'False', reason: 'ContainersNotInitialized' });
  });

  test('that has done its work has succeeded, and its sidecar ends with it', async () => {
    await cluster.createPod('worker', {
      restartPolicy: 'Never',
      initContainers: [{ name: 'proxy', image: 'web', restartPolicy: 'Always' }],
      containers: [{ name: 'main', image: 'exit' }],
    });
    const pod = await untilPod('worker', (p) => expect(p.status?.phase).toBe('Succeeded'));
    expect(pod.status?.initContainerStatuses?.[0]?.state.terminated?.exitCode).toBe(0);
    expect(condition(pod, 'Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' });
  });

  test('that crashes is restarted, then backs off', async () => {
    await cluster.createPod('crash', { containers: [{ name: 'main', image: 'exit', args: ['1'] }] });
    const pod = await untilPod('crash', (p) => expect(app(p)?.state.waiting?.reason).toBe('CrashLoopBackOff'));
    expect(app(pod)).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1, reason: 'Error' } } });
    expect(app(pod)?.state.waiting?.message).toMatch(
      /^back-off 1m0s restarting failed container=main pod=crash_default/,
    );
    expect(pod.status?.phase).toBe('Running');
    expect(await logsOf('crash', 'main', { previous: true })).toBe('exits with 1\n');
    expect((await cluster.events('crash')).at(-1)).toMatch(
      /^BackOff: Back-off restarting failed container main in pod crash_/,
    );
  });

  test('of an unknown image says what can run', async () => {
    await cluster.createPod('unknown', { containers: [{ name: 'main', image: 'example.com/nothing:2' }] });
    const pod = await untilPod('unknown', (p) => expect(app(p)?.state.waiting?.reason).toBe('ImagePullBackOff'));
    expect(app(pod)?.state.waiting?.message).toContain('it can run: idle (test image idle)');
    expect(pod.status?.phase).toBe('Pending');
    const events = await cluster.events('unknown');
    expect(events).toContain('Failed: Error: ErrImagePull');
    expect(events).toContain('BackOff: Back-off pulling image "example.com/nothing:2"');
  });

  test('that does not fit stays pending, and says why', async () => {
    await cluster.createPod('huge', {
      containers: [{ name: 'main', image: 'idle', resources: { requests: { cpu: '64' } } }],
    });
    const message =
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
    await untilPod('huge', (p) =>
      expect(condition(p, 'PodScheduled')).toMatchObject({ status: 'False', reason: 'Unschedulable', message }),
    );
    await expect.poll(() => cluster.events('huge')).toEqual([`FailedScheduling: ${message}`]);
  });

  test('that will not end is dropped after its grace period', async () => {
    await cluster.createPod('stubborn', {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image: 'stubborn' }],
    });
    await untilPod('stubborn', (p) => expect(p.status?.phase).toBe('Running'));
    await cluster.client.delete(RESOURCES.pods, { namespace: 'default', name: 'stubborn' }, { gracePeriodSeconds: 1 });
    await cluster.gone(RESOURCES.pods, 'stubborn');
  });
});

describe('configuration', () => {
  test('a missing ConfigMap holds a container back until it comes', async () => {
    const env = [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'late', key: 'greeting' } } }];
    await cluster.createPod('waits', { containers: [{ name: 'main', image: 'idle', env }] });
    const pod = await untilPod('waits', (p) =>
      expect(app(p)?.state.waiting?.reason).toBe('CreateContainerConfigError'),
    );
    expect(app(pod)?.state.waiting?.message).toBe('configmap "late" not found');
    await cluster.create(RESOURCES.configmaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'late' },
      data: { greeting: 'olá' },
    });
    await untilPod('waits', (p) => expect(condition(p, 'Ready')?.status).toBe('True'));
    expect(await logsOf('waits', 'main')).toContain('env GREETING=olá\n');
  });

  test('a missing volume source holds the pod back', async () => {
    await cluster.createPod('unmounted', {
      containers: [{ name: 'main', image: 'idle', volumeMounts: [{ name: 'keys', mountPath: '/keys' }] }],
      volumes: [{ name: 'keys', secret: { secretName: 'none' } }],
    });
    await expect
      .poll(() => cluster.events('unmounted'))
      .toContain('FailedMount: MountVolume.SetUp failed for volume "keys" : secret "none" not found');
    const pod = await untilPod('unmounted', (p) => expect(app(p)?.state.waiting?.reason).toBe('ContainerCreating'));
    expect(pod.status?.phase).toBe('Pending');
  });

  test('environment and files come from every source', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      spec: { clusterIP: '10.96.7.7', ports: [{ port: 80, name: 'http' }] },
    };
    await cluster.create(RESOURCES.services, { ...service, metadata: { name: 'my-shop' } });
    await cluster.create(RESOURCES.configmaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { A: '1', 'app.conf': 'x=1' },
    });
    await cluster.create(RESOURCES.secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'password' },
      data: { pw: Buffer.from('geheim').toString('base64') },
    });
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    await cluster.createPod(
      'sources',
      {
        serviceAccountName: 'default',
        containers: [
          {
            name: 'main',
            image: 'idle',
            envFrom: [{ prefix: 'C_', configMapRef: { name: 'settings' } }],
            env: [
              { name: 'WHO', value: 'you' },
              { name: 'HELLO', value: '$(WHO) and $$(WHO) at $(MY_SHOP_SERVICE_HOST)' },
              field('POD', 'metadata.name'),
              field('IP', 'status.podIP'),
              field('TIER', "metadata.labels['tier']"),
              { name: 'PW', valueFrom: { secretKeyRef: { name: 'password', key: 'pw' } } },
              { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
            ],
            resources: { limits: { memory: '64Mi' } },
            volumeMounts: [
              { name: 'conf', mountPath: '/etc/app.conf', subPath: 'app.conf' },
              { name: 'all', mountPath: '/var/run/all' },
            ],
          },
        ],
        volumes: [
          { name: 'conf', configMap: { name: 'settings' } },
          {
            name: 'all',
            projected: {
              sources: [
                { serviceAccountToken: { path: 'token', audience: 'istio-ca' } },
                { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
                { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
              ],
            },
          },
        ],
      },
      { labels: { tier: 'front' } },
    );
    const pod = await untilPod('sources', (p) => expect(condition(p, 'Ready')?.status).toBe('True'));
    const lines = (await logsOf('sources', 'main')).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'env HOSTNAME=sources',
        'env HELLO=you and $(WHO) at 10.96.7.7',
        'env POD=sources',
        `env IP=${pod.status?.podIP}`,
        'env TIER=front',
        'env PW=geheim',
        'env MEM=64',
        'env C_A=1',
        'env MY_SHOP_SERVICE_PORT_HTTP=80',
        'env MY_SHOP_PORT=tcp://10.96.7.7:80',
        'file /etc/app.conf=x=1',
        'file /var/run/all/token=token of default for istio-ca',
        'file /var/run/all/ca.crt=test CA',
        'file /var/run/all/labels=tier="front"',
      ]),
    );
  });
});

describe('probes', () => {
  test('readiness follows the program, and a failed liveness probe restarts it', async () => {
    await cluster.create(RESOURCES.configmaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'health' },
      data: { healthy: 'no' },
    });
    const get = { path: '/healthy', port: 'http' };
    await cluster.createPod('probed', {
      containers: [
        {
          name: 'main',
          image: 'web',
          ports: [{ name: 'http', containerPort: 8080 }],
          readinessProbe: { httpGet: get, periodSeconds: 1, failureThreshold: 1 },
          volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
        },
      ],
      volumes: [{ name: 'config', configMap: { name: 'health' } }],
    });
    await expect
      .poll(() => cluster.events('probed'), { timeout: 5000 })
      .toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503');
    const pod = await untilPod('probed', (p) => expect(app(p)).toMatchObject({ ready: false, started: true }));
    expect(condition(pod, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [main]',
    });
    const ref = { namespace: 'default', name: 'health' };
    await cluster.client.patch(RESOURCES.configmaps, ref, 'merge', { data: { healthy: 'yes' } });
    await untilPod('probed', (p) => expect(condition(p, 'Ready')?.status).toBe('True'));
  });

  test('a failed liveness probe restarts the container', async () => {
    await cluster.createPod('deaf', {
      containers: [
        {
          name: 'main',
          image: 'idle',
          livenessProbe: { tcpSocket: { port: 9 }, periodSeconds: 1, failureThreshold: 1 },
        },
      ],
    });
    const pod = await untilPod('deaf', (p) => expect(app(p)?.restartCount).toBe(1));
    const events = await cluster.events('deaf');
    expect(events).toContain('Killing: Container main failed liveness probe, will be restarted');
    expect(events).toContain(
      `Unhealthy: Liveness probe failed: dial tcp ${pod.status?.podIP}:9: connect: connection refused`,
    );
  });
});

describe('exec', () => {
  const run = async (pod: string, argv: string[]) => {
    let output = '';
    const take = (chunk: string | Buffer) => {
      output += chunk.toString();
    };
    const io = { stdout: take, stderr: take, tty: false, signal: new AbortController().signal };
    const code = await cluster.runtime.exec('default', pod, 'main', argv, io);
    return { code, output };
  };

  test('runs a command in the container, with its environment', async () => {
    const env = [{ name: 'GREETING', value: 'bom dia' }];
    await cluster.createPod('runs', { containers: [{ name: 'main', image: 'idle', env }] });
    await untilPod('runs', (p) => expect(p.status?.phase).toBe('Running'));
    expect(await run('runs', ['sh', '-c', 'echo $GREETING from $HOSTNAME; exit 3'])).toEqual({
      code: 3,
      output: 'bom dia from runs\n',
    });
  });

  test('needs a container that runs', async () => {
    await cluster.createPod('ended', { restartPolicy: 'Never', containers: [{ name: 'main', image: 'exit' }] });
    await untilPod('ended', (p) => expect(p.status?.phase).toBe('Succeeded'));
    await expect(run('ended', ['ls'])).rejects.toThrow('container not found ("main")');
    await expect(run('nobody', ['ls'])).rejects.toMatchObject({ code: 404 });
  });
});

describe('logs', () => {
  test('follow until the container ends', async () => {
    await cluster.createPod('talks', { containers: [{ name: 'main', image: 'idle' }] });
    await untilPod('talks', (p) => expect(p.status?.phase).toBe('Running'));
    const followed = logsOf('talks', 'main', { follow: true, tailLines: 1 });
    await cluster.client.delete(RESOURCES.pods, { namespace: 'default', name: 'talks' });
    expect((await followed).split('\n')).toHaveLength(2);
  });
});
