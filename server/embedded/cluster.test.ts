/** The whole cluster as the lab starts it: in a worker thread, driven by the real kubectl and helm. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHelm, findKubectl } from '../../tests/kubectl.ts';
import type { RunningCluster } from './cluster.ts';
import { startClusterInWorker } from './in-worker.ts';

let cluster: RunningCluster;
let folder: string;
let worker: URL;
const crashes: Error[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'malha-cluster-'));
  // Inside the project, so that the bundle finds its packages.
  const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/malha-test');
  await mkdir(cache, { recursive: true });
  const outfile = path.join(cache, `worker-${process.pid}.mjs`);
  await build({
    entryPoints: [path.resolve(import.meta.dirname, 'worker.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  });
  worker = pathToFileURL(outfile);
  cluster = await startClusterInWorker(worker, {}, (error) => crashes.push(error));
  await writeFile(path.join(folder, 'kubeconfig'), cluster.kubeconfig, { mode: 0o600 });
});

afterAll(async () => {
  await cluster?.stop();
  if (worker) await rm(worker);
  await rm(folder, { recursive: true, force: true });
  expect(crashes).toEqual([]);
});

const run = async (tool: 'kubectl' | 'helm', args: string, input = '') => {
  const file = await (tool === 'kubectl' ? findKubectl() : findHelm());
  const env = { ...process.env, KUBECONFIG: path.join(folder, 'kubeconfig'), HOME: folder };
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(file, args.split(' '), { env, timeout: 25_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
};
const ok = async (args: string, input?: string) => {
  const { code, stdout, stderr } = await run('kubectl', args, input);
  expect({ code, stderr }, args).toMatchObject({ code: 0 });
  return stdout;
};

describe('a cluster', () => {
  it('has one node, ready', async () => {
    await ok('wait --for=condition=Ready node/malha-control-plane --timeout=10s');
    expect(await ok('get nodes')).toMatch(/malha-control-plane +Ready +control-plane/);
  });

  it('runs a deployment, and empties a namespace that goes', async () => {
    await ok('create ns shop');
    await ok('create deployment web -n shop --image=nicholasjackson/fake-service:v0.26.2 --replicas=2');
    expect(await ok('rollout status deploy/web -n shop --timeout=20s')).toContain('successfully rolled out');
    expect(await ok('logs deploy/web -n shop')).toContain('Simulated by the embedded cluster');
    expect((await ok('get pods -n shop -o jsonpath={.items[*].status.phase}')).split(' ')).toEqual([
      'Running',
      'Running',
    ]);
    expect(await ok('delete ns shop --timeout=20s')).toContain('deleted');
    expect(await ok('get pods -A -l app=web -o name')).toBe('');
  });

  it('takes a chart', async () => {
    const chart = path.join(folder, 'tiny');
    await mkdir(path.join(chart, 'templates'), { recursive: true });
    await writeFile(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: tiny\nversion: 0.1.0\n');
    await writeFile(
      path.join(chart, 'templates/all.yaml'),
      `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {revision: "{{ .Release.Revision }}"}
`,
    );
    expect(await run('helm', `install one ${chart} --wait --timeout 20s`)).toMatchObject({ code: 0 });
    expect(await run('helm', `upgrade one ${chart}`)).toMatchObject({ code: 0 });
    expect(await ok('get cm one -o jsonpath={.data.revision}')).toBe('2');
    expect((await run('helm', 'list -q')).stdout).toBe('one\n');
    expect(await run('helm', 'uninstall one')).toMatchObject({ code: 0 });
    expect((await run('kubectl', 'get cm one')).stderr).toContain('not found');
  });

  it('stops a write where a webhook cannot be reached', async () => {
    const webhook = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'gate' },
      webhooks: [
        {
          name: 'gate.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { service: { name: 'gate', namespace: 'default', path: '/check' } },
          namespaceSelector: { matchLabels: { gated: 'yes' } },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        },
      ],
    };
    await ok('apply -f -', JSON.stringify(webhook));
    await ok('create cm free');
    await ok('label ns default gated=yes');
    expect((await run('kubectl', 'create cm held')).stderr).toBe(
      'error: failed to create configmap: Internal error occurred: failed calling webhook "gate.example.com": failed to call webhook: Post "https://gate.default.svc:443/check?timeout=10s": service "gate" not found\n',
    );
    await ok('delete mutatingwebhookconfiguration gate');
    await ok('create cm held');
  });

  it('keeps to a dry run when a node is drained', async () => {
    await ok('create deployment stays --image=nicholasjackson/fake-service:v0.26.2');
    await ok('rollout status deploy/stays --timeout=20s');
    const before = await ok('get pods -l app=stays -o name');
    await ok('drain malha-control-plane --dry-run=server');
    expect(await ok('get pods -l app=stays -o name')).toBe(before);
  });
});

it('says when the port is taken', async () => {
  const port = Number(new URL(cluster.server).port);
  await expect(startClusterInWorker(worker, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
