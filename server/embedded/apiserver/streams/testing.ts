/** For tests of the streams: an API server with one pod, a runtime that runs the shell, and kubectl left running. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findKubectl } from '../../../../tests/kubectl.ts';
import type { ContainerContext } from '../../images/image.ts';
import { runShellCommand } from '../../images/shell.ts';
import { createFabric, type Fabric } from '../../network/fabric.ts';
import { ContainerLogs } from '../../node/logs.ts';
import { RESOURCES } from '../../types.ts';
import { kubeconfigFor } from '../kubeconfig.ts';
import { type ApiServer, startApiServer } from '../server.ts';
import { createStreams } from './index.ts';

export const POD_IP = '10.244.0.9';

export interface StreamServer {
  api: ApiServer;
  fabric: Fabric;
  /** Of kubectl: KUBECONFIG and a HOME of its own. */
  env: NodeJS.ProcessEnv;
  /** Runs kubectl to its end; `input` goes to its standard input. */
  kubectl(args: string[], input?: string): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Of the container `web`. */
  logs: ContainerLogs;
  /** Starts `kubectl port-forward` for a port of the pod and resolves with the local port. */
  forward(port: number, env?: NodeJS.ProcessEnv): Promise<{ port: number; child: ChildProcess; output(): string }>;
  /** Runs kubectl and hands over standard output as it comes. */
  watch(args: string[], onOutput: (text: string) => void): Promise<ChildProcess>;
  stop(): Promise<void>;
}

const state = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const containers = ['web', 'side'];
/** Milliseconds after which a command is ended: a hang is a failure. */
const LONGEST = 20_000;

export async function startStreamServer(): Promise<StreamServer> {
  const api = await startApiServer();
  const { client } = api;
  const fabric = createFabric({ client });
  const logs = new ContainerLogs();
  logs.begin();
  const caller = { namespace: 'default', podIP: POD_IP };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
  await client.create(RESOURCES.serviceaccounts, account);
  await client.create(RESOURCES.pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
    spec: {
      nodeName: 'node',
      containers: containers.map((name) => ({
        name,
        image: 'busybox',
        ports: [{ name: `http-${name}`, containerPort: 9090 }],
      })),
      initContainers: [{ name: 'init', image: 'busybox' }],
    },
  });
  const containerStatuses = containers.map((name) => ({
    name,
    image: 'busybox',
    imageID: '',
    restartCount: 0,
    ready: true,
    state,
    lastState: {},
  }));
  const status = { phase: 'Running', podIP: POD_IP, podIPs: [{ ip: POD_IP }], containerStatuses };
  await client.patch(RESOURCES.pods, { namespace: 'default', name: 'web', subresource: 'status' }, 'merge', { status });
  const context: ContainerContext = {
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default' }, spec: {} },
    container: { name: 'web', image: 'busybox' },
    env: { HOSTNAME: 'web' },
    podIP: POD_IP,
    network: {
      listen: fabric.listen,
      dial: (host, port, from = caller) => fabric.dial(host, port, from),
      resolve: (name, from = caller) => fabric.resolve(name, from),
    },
    client,
    files: new Map(),
    log: () => {},
    signal: new AbortController().signal,
  };
  api.streamThrough(
    createStreams({
      client,
      network: fabric,
      runtime: {
        logs: (request) => logs.select(request, undefined).read(request),
        exec: (_namespace, _pod, _container, argv, io) => runShellCommand(argv, io, context),
        podIP: (_namespace, pod) => (pod === 'web' ? POD_IP : undefined),
      },
    }),
  );
  const kubectl = await findKubectl();
  const folder = await mkdtemp(path.join(tmpdir(), 'malha-streams-'));
  const env = { ...process.env, KUBECONFIG: path.join(folder, 'kubeconfig'), HOME: folder };
  await writeFile(env.KUBECONFIG, kubeconfigFor(api.server, api.credentials), { mode: 0o600 });
  const children = new Set<ChildProcess>();
  const start = (args: string[], more: NodeJS.ProcessEnv = {}) => {
    const child = spawn(kubectl, args, { env: { ...env, ...more } });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  return {
    api,
    fabric,
    logs,
    env,
    kubectl: (args, input = '') =>
      new Promise((resolve) => {
        const child = execFile(kubectl, args, { env, timeout: LONGEST }, (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
        });
        // A command that reads no input may end before it is written.
        child.stdin?.on('error', () => {});
        child.stdin?.end(input);
      }),
    async watch(args, onOutput) {
      const child = start(args);
      child.stdout!.on('data', (chunk) => onOutput(String(chunk)));
      return child;
    },
    forward: (port, more) =>
      new Promise((resolve, reject) => {
        const child = start(['port-forward', 'pod/web', `:${port}`], more);
        let output = '';
        const onData = (chunk: Buffer) => {
          output += chunk;
          const local = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
          if (local) resolve({ port: Number(local), child, output: () => output });
        };
        child.stdout!.on('data', onData);
        child.stderr!.on('data', onData);
        child.once('close', () => reject(new Error(output)));
      }),
    async stop() {
      for (const child of children) child.kill();
      fabric.stop();
      await api.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
