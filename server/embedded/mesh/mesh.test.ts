/**
 * The way from an empty cluster to a sidecar and back, through the real doors: our istioctl and the real kubectl against
 * a running embedded cluster.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findKubectl } from '../../../tests/kubectl.ts';
import { type Io, runIstioctl } from '../../istioctl/index.ts';
import { workspaceFiles } from '../../lab/files/index.ts';
import type { RunningCluster } from '../cluster.ts';
import { startCluster } from '../cluster.ts';

const run = promisify(execFile);
const PATIENCE = { timeout: 30_000, interval: 100 };
const APP = 'ucontas-app';

let cluster: RunningCluster;
let folder: string;
let binary: string;
const env = (): NodeJS.ProcessEnv => ({ ...process.env, KUBECONFIG: path.join(folder, 'kubeconfig'), HOME: folder });

async function kubectl(...argv: string[]): Promise<string> {
  const { stdout } = await run(binary, argv, { env: env(), cwd: folder });
  return stdout.trim();
}

async function istioctl(argv: string[], interrupted = new AbortController()) {
  const seen = { stdout: '', stderr: '' };
  const io: Io = {
    stdout: (text) => {
      seen.stdout += text;
    },
    stderr: (text) => {
      seen.stderr += text;
    },
    isTerminal: false,
    ask: async () => undefined,
    interrupted: () => interrupted.signal,
  };
  const code = runIstioctl(argv, { ...env(), MALHA_LAB: '1' }, io);
  return { seen, code };
}

async function succeed(...argv: string[]): Promise<{ stdout: string; stderr: string }> {
  const { seen, code } = await istioctl(argv);
  expect(await code, seen.stderr).toBe(0);
  return seen;
}

/** Name → `2/2 Running` of the pods of a namespace. */
async function pods(namespace: string): Promise<Record<string, string>> {
  const text = await kubectl('get', 'pods', '-n', namespace, '--no-headers');
  return Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(/\s+/))
      .map(([name = '', ready, status]) => [name, `${ready} ${status}`]),
  );
}

const untilPods = (namespace: string, state: string, count: number): Promise<void> =>
  vi.waitFor(async () => expect(Object.values(await pods(namespace))).toEqual(Array(count).fill(state)), PATIENCE);

beforeAll(async () => {
  binary = await findKubectl();
  folder = await mkdtemp(path.join(tmpdir(), 'malha-mesh-'));
  for (const { path: name, content } of workspaceFiles()) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  cluster = await startCluster();
  await writeFile(path.join(folder, 'kubeconfig'), cluster.kubeconfig, { mode: 0o600 });
});

afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

// Each step builds on the ones before it: after a failure the rest would only wait in vain.
let broken = false;
beforeEach((context) => {
  if (broken) context.skip();
  context.onTestFailed(() => {
    broken = true;
  });
});

describe('from an empty cluster to a sidecar and back', { timeout: 60_000 }, () => {
  it('says that Istio is not there', async () => {
    const { stdout, stderr } = await succeed('version');
    expect(stderr).toBe('Istio is not present in the cluster: no running Istio pods in namespace "istio-system"\n');
    expect(stdout).toBe('client version: 1.31.0-embedded\n');
  });

  it('asks before it installs, and takes no answer for no', async () => {
    const { code } = await istioctl(['install']);
    expect(await code).toBe(1);
    expect(await kubectl('get', 'namespace', 'istio-system', '--ignore-not-found')).toBe('');
  });

  it('installs the demo profile', async () => {
    const { stderr } = await succeed('install', '--set', 'profile=demo', '-y');
    expect(stderr).toContain('istiod, the proxies and the gateways are simulated');
    expect(stderr.split('\n').filter((line) => line.startsWith('✔'))).toEqual([
      '✔ Istio core installed ⛵️',
      '✔ Istiod installed 🧠',
      '✔ Egress gateways installed 🛫',
      '✔ Ingress gateways installed 🛬',
      '✔ Installation complete',
    ]);
    const running = await pods('istio-system');
    expect(Object.keys(running).map((name) => name.split('-').slice(0, -2).join('-'))).toEqual([
      'istio-egressgateway',
      'istio-ingressgateway',
      'istiod',
    ]);
    expect(new Set(Object.values(running))).toEqual(new Set(['1/1 Running']));
    expect(await kubectl('get', 'hpa', '-A', '--ignore-not-found')).toBe('');
  });

  it('has Istio’s kinds, by their short names', async () => {
    await writeFile(
      path.join(folder, 'rule.yaml'),
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: web}\nspec: {host: web.example}\n',
    );
    await kubectl('apply', '-f', 'rule.yaml');
    const columns = (await kubectl('get', 'dr', 'web')).split('\n').map((line) => line.trim().split(/\s+/));
    expect(columns[0]).toEqual(['NAME', 'HOST', 'AGE']);
    expect(columns[1]?.slice(0, 2)).toEqual(['web', 'web.example']);
    await kubectl('delete', '-f', 'rule.yaml');
  });

  it('puts no sidecar where no label asks for one', async () => {
    await kubectl('apply', '-f', 'bank/');
    await untilPods(APP, '1/1 Running', 5);
  });

  it('puts one into the pods that come after the label', async () => {
    await kubectl('label', 'namespace', APP, 'istio-injection=enabled');
    const { stdout } = await succeed('analyze', '-n', APP);
    expect(stdout.match(/Warning \[IST0103\]/g)).toHaveLength(5);
    await kubectl('delete', 'pods', '--all', '-n', APP);
    await untilPods(APP, '2/2 Running', 5);
    const [init, main] = (
      await kubectl(
        'get',
        'pods',
        '-n',
        APP,
        '-l',
        'app=web',
        '-o',
        'jsonpath={.items[0].spec.initContainers[*].name};{.items[0].spec.containers[*].name}',
      )
    ).split(';');
    expect(init).toBe('istio-init istio-proxy');
    expect(main).toBe('web');
    expect(await kubectl('get', 'pods', '-n', APP, '-l', 'app=web', '-o', 'yaml')).toContain('name: istio-proxy');
  });

  it('says in the logs what is simulated', async () => {
    const proxy = await kubectl('logs', '-n', APP, 'deploy/web', '-c', 'istio-proxy');
    expect(proxy.split('\n')[0]).toContain('the application’s traffic does not pass through it');
    const init = await kubectl('logs', '-n', APP, 'deploy/web', '-c', 'istio-init');
    expect(init.split('\n')[0]).toContain('simulated istio-init');
    expect(init).toContain('-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001');
    const istiod = await kubectl('logs', '-n', 'istio-system', 'deploy/istiod');
    expect(istiod.split('\n')[0]).toContain('simulated istiod');
  });

  it('knows its proxies', async () => {
    const { stdout } = await succeed('proxy-status');
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^NAME {5,}CLUSTER {5,}ISTIOD {5,}VERSION {5,}SUBSCRIBED TYPES$/);
    expect(rows).toHaveLength(7);
    expect(rows.filter((row) => row.includes(`.${APP} `))).toHaveLength(5);
    expect(rows[0]).toMatch(/Kubernetes +istiod-\S+ +1\.31\.0-embedded +4 \(CDS,LDS,EDS,RDS\)$/);
    const { stdout: versions } = await succeed('version');
    expect(versions).toBe(
      'client version: 1.31.0-embedded\ncontrol plane version: 1.31.0-embedded\ndata plane version: 1.31.0-embedded (7 proxies)\n',
    );
  });

  it('runs the addons and opens Kiali’s stand-in', async () => {
    await kubectl('apply', '-f', 'istio-1.31.0/samples/addons');
    await kubectl('rollout', 'status', 'deployment/kiali', '-n', 'istio-system', '--timeout=30s');
    const stop = new AbortController();
    const { seen, code } = await istioctl(['dashboard', 'kiali'], stop);
    const url = await vi.waitFor(() => {
      const found = /http:\/\/localhost:\d+\/kiali/.exec(seen.stdout)?.[0];
      expect(found, seen.stderr).toBeDefined();
      return found as string;
    }, PATIENCE);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain('This is not Kiali');
    expect(html).toContain(APP);
    expect(html).not.toMatch(/<script|https?:\/\//);
    stop.abort();
    expect(await code).toBe(0);
    await vi.waitFor(
      async () =>
        expect(new Set(Object.values(await pods('istio-system')))).toEqual(new Set(['1/1 Running', '2/2 Running'])),
      PATIENCE,
    );
  });

  it('refuses new pods of a labelled namespace while istiod is away', async () => {
    await kubectl('scale', 'deployment/istiod', '-n', 'istio-system', '--replicas=0');
    await kubectl('wait', '--for=delete', 'pod', '-l', 'app=istiod', '-n', 'istio-system', '--timeout=30s');
    await kubectl('delete', 'pods', '-n', APP, '-l', 'app=rates');
    await vi.waitFor(async () => {
      const events = await kubectl(
        'get',
        'events',
        '-n',
        APP,
        '--field-selector',
        'reason=FailedCreate',
        '-o',
        'jsonpath={.items[*].message}',
      );
      expect(events).toContain(
        'Error creating: Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc',
      );
    }, PATIENCE);
    expect(Object.keys(await pods(APP))).toHaveLength(4);
    await kubectl('scale', 'deployment/istiod', '-n', 'istio-system', '--replicas=1');
    await untilPods(APP, '2/2 Running', 5);
  });

  it('keeps its proxies when istiod comes back', async () => {
    await vi.waitFor(async () => {
      const { stdout } = await succeed('proxy-status', '-n', APP);
      expect(stdout.trimEnd().split('\n')).toHaveLength(6);
    }, PATIENCE);
  });

  it('goes back to one container when the label is gone', async () => {
    await kubectl('label', 'namespace', APP, 'istio-injection-');
    await kubectl('delete', 'pods', '--all', '-n', APP);
    await untilPods(APP, '1/1 Running', 5);
  });

  it('uninstalls everything that it installed', async () => {
    await kubectl('delete', '-f', 'istio-1.31.0/samples/addons');
    const { stderr } = await succeed('uninstall', '--purge', '-y');
    expect(stderr).toBe('✔ Uninstall complete\n');
    await vi.waitFor(async () => {
      const kinds =
        'deploy,rs,pods,svc,sa,role,rolebinding,clusterrole,clusterrolebinding,mutatingwebhookconfiguration,crd';
      const left = await kubectl('get', kinds, '-A', '-l', 'operator.istio.io/component', '-o', 'name');
      expect(left).toBe('');
    }, PATIENCE);
    expect(await kubectl('api-resources', '--api-group=networking.istio.io', '-o', 'name')).toBe('');
    await kubectl('delete', 'namespace', 'istio-system', '--timeout=30s');
    await kubectl('delete', 'namespace', APP, '--timeout=30s');
    const names = (await kubectl('get', 'namespaces', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ');
    expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  });

  it('comes back with what the default profile has, and takes away what the next has not', async () => {
    await succeed('install', '-y');
    expect(await kubectl('get', 'hpa', '-n', 'istio-system', '-o', 'jsonpath={.items[*].metadata.name}')).toBe(
      'istio-ingressgateway istiod',
    );
    await succeed('install', '--set', 'profile=minimal', '-y');
    expect(await kubectl('get', 'deployments', '-n', 'istio-system', '-o', 'jsonpath={.items[*].metadata.name}')).toBe(
      'istiod',
    );
  });
});
