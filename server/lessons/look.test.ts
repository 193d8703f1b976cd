import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckLab, distributed, share } from './lab.ts';
import { lookAt } from './look.ts';
import { type TestCluster, testCluster } from './testing.ts';

const versionOf = (version: string) => `
apiVersion: v1
kind: Pod
metadata: { name: shop-${version}, namespace: shop, labels: { app: shop, version: ${version} } }
spec:
  containers:
  - name: shop
    image: nicholasjackson/fake-service:v0.26.2
    env: [{ name: NAME, value: shop }, { name: MESSAGE, value: ${version} }, { name: LISTEN_ADDR, value: "0.0.0.0:9090" }]
    readinessProbe: { httpGet: { path: /ready, port: 9090 }, periodSeconds: 1 }
`;
const MANIFEST = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: a } }
---
apiVersion: v1
kind: Service
metadata: { name: shop, namespace: shop }
spec: { selector: { app: shop }, ports: [{ port: 80, targetPort: 9090 }] }
---${versionOf('v1')}---${versionOf('v2')}---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: shop, labels: { app: client } }
spec:
  terminationGracePeriodSeconds: 0
  containers: [{ name: client, image: curlimages/curl:8.18.0, command: [sleep, infinity] }]
`;

let lab: TestCluster;
let look: CheckLab;
let abort: AbortController;
beforeAll(async () => {
  lab = await testCluster();
  await lab.kubectl('apply -f -', MANIFEST);
  await lab.kubectl('wait pods --all -n shop --for=condition=Ready --timeout=30s');
  abort = new AbortController();
  look = await lookAt(lab, abort.signal);
});
afterAll(() => lab.end());

const client = { namespace: 'shop', pod: 'client' };

describe('Kubernetes', () => {
  it('is read by kind, namespace and selector', async () => {
    expect((await look.get('Namespace', 'shop'))?.metadata?.labels).toMatchObject({ team: 'a' });
    const pods = await look.list('Pod', { namespace: 'shop', selector: 'app=shop,version=v2' });
    expect(pods.map(({ metadata }) => metadata?.name)).toEqual(['shop-v2']);
    expect(await look.list('Pod', { namespace: 'other' })).toEqual([]);
  });

  it('has nothing where nothing is, and no kind that the cluster does not know', async () => {
    expect(await look.get('Pod', 'nobody', 'shop')).toBeUndefined();
    expect(await look.list('gateways.v1.networking.istio.io')).toEqual([]);
    await expect(look.get('Pod', 'client')).rejects.toThrow(/in a namespace/);
  });
});

describe('a program in a pod', () => {
  it('gives its output, its errors and its exit code', async () => {
    expect(await look.exec(client, ['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      exitCode: 3,
    });
  });

  it('gets its words as they are, without a shell', async () => {
    expect((await look.exec(client, ['echo', '$HOME; exit 1', "a'b"])).stdout).toBe("$HOME; exit 1 a'b\n");
  });

  it('is broken off after its time', async () => {
    await expect(look.exec(client, ['sleep', '60'], { timeoutMs: 200 })).rejects.toThrow(/timeout/i);
  });

  it('needs a pod that is there and ready', async () => {
    await expect(look.exec({ namespace: 'shop', selector: 'app=none' }, ['true'])).rejects.toThrow(/app=none/);
    await expect(look.exec({ namespace: 'shop', pod: 'nobody' }, ['true'])).rejects.toThrow(/not found/);
  });
});

describe('requests', () => {
  it('are counted by status, by who answered and by what was said', async () => {
    const seen = await look.requests({
      from: { namespace: 'shop', selector: 'app=client' },
      to: 'http://shop/',
      count: 60,
    });
    expect(seen).toMatchObject({ count: 60, statuses: { '200': 60 }, servers: { shop: 60 } });
    expect(Object.keys(seen.bodies).sort()).toEqual(['v1', 'v2']);
    expect(seen.times).toHaveLength(60);
    expect(seen.times).toEqual([...seen.times].sort((a, b) => a - b));
  });

  it('that reach nobody are 000', async () => {
    const seen = await look.requests({ from: client, to: 'http://shop:81/', count: 3 });
    expect(seen).toMatchObject({ count: 3, statuses: { '000': 3 }, servers: {} });
  });

  it('carry headers that a shell would take apart', async () => {
    const seen = await look.requests({
      from: client,
      to: 'http://shop/',
      count: 1,
      headers: { 'x-user': `a'b $(id)` },
    });
    expect(seen.statuses).toEqual({ '200': 1 });
  });

  it('refuse what is no number or no address', async () => {
    await expect(look.requests({ from: client, to: 'http://shop/', count: 5000 })).rejects.toThrow(/count/);
    await expect(look.requests({ from: client, to: 'file:///etc/passwd', count: 1 })).rejects.toThrow(/http/);
  });

  it('say so where the pod has no curl', async () => {
    const from = { namespace: 'shop', pod: 'shop-v1' };
    await lab.kubectl('run pause -n shop --image=registry.k8s.io/pause:3.10');
    await lab.kubectl('wait pod pause -n shop --for=condition=Ready --timeout=30s');
    await expect(look.requests({ from: { ...from, pod: 'pause' }, to: 'http://shop/', count: 1 })).rejects.toThrow();
  });
});

describe('shares', () => {
  it('are compared within a tolerance', () => {
    const seen = { v1: 178, v2: 22 };
    expect(share(seen, 'v1').percent).toBe(89);
    expect(distributed(seen, { v1: 90, v2: 10 }, 5)).toMatchObject({ passed: true });
    expect(distributed(seen, { v1: 50, v2: 50 }, 5)).toMatchObject({
      passed: false,
      expected: { en: 'v1: 50 %, v2: 50 %, each ± 5 %.' },
      saw: { en: 'Of 200 requests: v1: 89 %, v2: 11 %.', 'pt-BR': 'De 200 requisições: v1: 89 %, v2: 11 %.' },
    });
  });

  it('do not hold where somebody else answered, or nobody', () => {
    expect(distributed({ v1: 90, v3: 10 }, { v1: 90 }, 5).passed).toBe(false);
    expect(distributed({}, { v1: 90, v2: 10 }, 5).passed).toBe(false);
  });
});

describe('the workspace', () => {
  it('is read, and nothing outside it', async () => {
    mkdirSync(path.join(lab.workspace, 'shop'));
    writeFileSync(path.join(lab.workspace, 'shop', 'a.yaml'), 'kind: A\n');
    writeFileSync(path.join(lab.folder, 'secret'), 'not yours');
    symlinkSync(path.join(lab.folder, 'secret'), path.join(lab.workspace, 'link'));
    expect(await look.files.read('shop/a.yaml')).toBe('kind: A\n');
    expect(await look.files.read('shop/none.yaml')).toBeUndefined();
    expect(await look.files.read('shop')).toBeUndefined();
    expect(await look.files.list('shop')).toEqual(['a.yaml']);
    expect(await look.files.list('nothing')).toEqual([]);
    for (const name of ['../secret', '/etc/passwd', 'link', 'shop/../../secret']) {
      await expect(look.files.read(name), name).rejects.toThrow(/not in the workspace/);
    }
  });
});
