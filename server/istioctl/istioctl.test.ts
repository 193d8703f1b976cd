import { describe, expect, it } from 'vitest';
import { injectionMessages } from './analyze.ts';
import { parseVersion } from './control-plane.ts';
import { runIstioctl } from './index.ts';
import { profileFrom } from './install.ts';
import type { Io } from './io.ts';
import { crds } from './manifests/crds.ts';
import { istiod } from './manifests/istiod.ts';
import { PROFILES } from './manifests/profiles.ts';
import { table } from './proxy-status.ts';

async function run(...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    isTerminal: false,
    ask: async () => undefined,
    interrupted: () => new AbortController().signal,
  };
  const code = await runIstioctl(argv, { KUBECONFIG: '/nonexistent/kubeconfig' }, io);
  return { code, stdout, stderr };
}

describe('runIstioctl', () => {
  it('gives its own version without a cluster', async () => {
    expect(await run('version', '--remote=false')).toEqual({
      code: 0,
      stdout: 'client version: 1.31.0-embedded\n',
      stderr: '',
    });
  });

  it('says so where there is no control plane to ask', async () => {
    const { code, stdout, stderr } = await run('version');
    expect(code).toBe(0);
    expect(stdout).toBe('client version: 1.31.0-embedded\n');
    expect(stderr).toContain('Istio is not present in the cluster: no kubeconfig found');
  });

  it('writes its version as JSON', async () => {
    const { stdout } = await run('version', '--remote=false', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ clientVersion: { version: '1.31.0-embedded' } });
  });

  it.each([
    [['tag', 'list'], 'tag is not part of Malha'],
    [['x', 'precheck'], 'experimental is not part of Malha'],
    [['proxy-config', 'cluster', 'web'], 'proxy-config is not part of Malha'],
    [['install', '--revision', 'canary'], '--revision is not part of Malha'],
    [['install', '-f', 'file.yaml'], '--filename is not part of Malha'],
    [['install', '--dry-run'], '--dry-run is not part of Malha'],
    [['dashboard', 'zipkin'], 'dashboard zipkin is not part of Malha'],
    [['analyze', 'file.yaml'], 'analyze of files is not part of Malha'],
  ])('refuses %j by name', async (argv, message) => {
    const { code, stderr } = await run(...argv);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  it.each([
    [['install', '--bogus'], 'Error: unknown flag: --bogus'],
    [['frobnicate'], 'Error: unknown command "frobnicate" for "istioctl"'],
    [['install', '--set'], 'Error: flag needs an argument: --set'],
    [['version', '-o', 'xml'], "Error: --output must be 'yaml' or 'json'"],
  ])('says %j is wrong usage', async (argv, message) => {
    const { code, stderr } = await run(...argv);
    expect(stderr).toContain(message);
    expect(code).toBe(64);
  });

  it('needs a kubeconfig', async () => {
    const { code, stderr } = await run('install', '-y');
    expect(stderr).toContain('no kubeconfig found (looked at /nonexistent/kubeconfig)');
    expect(code).toBe(1);
  });
});

describe('profiles', () => {
  it('takes the last --set profile, and default without one', () => {
    expect(profileFrom([]).name).toBe('default');
    expect(profileFrom(['profile=empty', 'profile=demo']).name).toBe('demo');
  });

  it.each([
    ['profile=ambient', 'profile "ambient" is not supported'],
    ['profile=nonsense', 'unknown profile "nonsense"'],
    ['values.global.hub=x', '--set values.global.hub=… is not supported'],
    ['profile', 'expected path=value'],
  ])('refuses %s', (option, message) => {
    expect(() => profileFrom([option])).toThrow(message);
  });

  it('has no autoscaler in demo', () => {
    const kinds = (name: string) => istiod(PROFILES[name]!).map(({ kind }) => kind);
    expect(kinds('demo')).not.toContain('HorizontalPodAutoscaler');
    expect(kinds('default')).toContain('HorizontalPodAutoscaler');
  });

  it('defines Istio’s fifteen kinds, each with one stored version', () => {
    const specs = crds().map(({ spec }) => spec as { versions: { storage: boolean }[] });
    expect(specs).toHaveLength(15);
    for (const { versions } of specs) expect(versions.filter(({ storage }) => storage)).toHaveLength(1);
  });
});

it('reads an istiod’s version', () => {
  expect(parseVersion('1.31.0-embedded-Clean').version).toBe('1.31.0-embedded');
  expect(parseVersion('1.31.0-0123abc-Clean\n').version).toBe('1.31.0');
});

it('lays out proxy-status as the real one does', () => {
  expect(
    table([
      ['NAME', 'CLUSTER', 'ISTIOD', 'VERSION', 'SUBSCRIBED TYPES'],
      ['web.shop', 'Kubernetes', 'i', '1', '0'],
    ]),
  ).toBe(
    'NAME         CLUSTER        ISTIOD     VERSION     SUBSCRIBED TYPES\nweb.shop     Kubernetes     i          1           0\n',
  );
});

it('finds namespaces without injection and pods without a proxy', () => {
  const namespace = (name: string, labels = {}) => ({ metadata: { name, labels } });
  const pod = (name: string, proxy: boolean, labels = {}) => ({
    metadata: { name, namespace: 'shop', labels },
    spec: {
      containers: [{ name: 'web', image: 'x' }],
      initContainers: proxy ? [{ name: 'istio-proxy', image: 'x' }] : [],
    },
  });
  const messages = injectionMessages(
    [
      namespace('plain'),
      namespace('shop', { 'istio-injection': 'enabled' }),
      namespace('off', { 'istio-injection': 'disabled' }),
      namespace('istio-system'),
      namespace('kube-system'),
    ],
    [pod('in', true), pod('out', false), pod('left-out', false, { 'sidecar.istio.io/inject': 'false' })],
  );
  expect(messages.map(({ code, origin }) => `${code} ${origin}`)).toEqual([
    'IST0102 Namespace plain',
    'IST0103 Pod out.shop',
  ]);
});
