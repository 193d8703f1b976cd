/** A lab that was killed, or ended, goes on where it stood: objects, pods, mesh, the learner's files. */
import { type ChildProcess, execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findKubectl } from '../tests/kubectl.ts';
import { type BuiltCommand, buildCommand, end } from './cli-testing.ts';

let command: BuiltCommand;
let lab: ChildProcess | undefined;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(async () => {
  if (lab) await end(lab, 'SIGTERM');
  command.remove();
});

const LIMIT = 180_000;
const PATIENCE = { timeout: 60_000, interval: 500 };

/** Starts the lab and waits until its cluster takes commands; resolves with what it said of it. */
async function start(...flags: string[]): Promise<string> {
  const args = ['start', '--no-open', '--port', '0', '--backend', 'embedded', ...flags];
  const { child, line } = await command.launch(args, /Your files|commands need the lab/);
  lab = child;
  return line;
}

function inLab(file: string, ...args: string[]): Promise<string> {
  const { home } = command;
  const env = { ...process.env, KUBECONFIG: path.join(home, 'kubeconfig'), HOME: home };
  return new Promise((resolve, reject) => {
    execFile(file, args, { env, cwd: path.join(home, 'workspace') }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${args.join(' ')}: ${stderr || error.message}`));
      else resolve(stdout);
    });
  });
}
const kubectl = async (args: string) => inLab(await findKubectl(), ...args.split(' '));

interface PodJson {
  metadata: { namespace: string; name: string; uid: string; deletionTimestamp?: string };
  status: {
    podIP: string;
    initContainerStatuses?: { name: string; restartCount: number; ready: boolean }[];
    containerStatuses: { name: string; restartCount: number; ready: boolean }[];
  };
}
/** Each pod's place, uid and address, and each container's restarts and readiness. */
async function pods(): Promise<string[]> {
  const { items } = JSON.parse(await kubectl('get pods -A -o json')) as { items: PodJson[] };
  return items.map(({ metadata: { namespace, name, uid, deletionTimestamp = '' }, status }) => {
    const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    const states = containers.map((container) => `${container.name}=${container.restartCount}${container.ready}`);
    return [namespace, name, uid, status.podIP, deletionTimestamp, ...states].join(' ');
  });
}

it('brings back a bank in a mesh after the lab was killed, and after it was ended', { timeout: LIMIT }, async () => {
  await start();
  await kubectl('apply -f bank/');
  await inLab(path.join(command.home, 'bin', 'istioctl'), 'install', '--set', 'profile=demo', '-y');
  await kubectl('label namespace ucontas-app istio-injection=enabled');
  await kubectl('rollout restart deployment -n ucontas-app');
  await kubectl('rollout status deployment -n ucontas-app --timeout=60s');
  await kubectl('create configmap mine --from-literal=a=b');
  await kubectl('delete configmap mine');
  await kubectl('create configmap other --from-literal=a=b');
  // The pods from before the restart of the deployments are gone.
  await expect.poll(async () => (await pods()).join(), PATIENCE).not.toMatch(/false|\d{4}-\d\d-\d\dT/);
  const objects = () => kubectl('get ns,deploy,rs,svc,sa,crd,mutatingwebhookconfigurations,secrets,cm -A -o name');
  const [before, podsBefore] = [await objects(), await pods()];
  const token = await kubectl('create token default');

  for (const [restarts, signal] of [
    [1, 'SIGKILL'],
    [2, 'SIGINT'],
  ] as const) {
    await kubectl(`label namespace ucontas-app round=${restarts} --overwrite`);
    // A killed lab has no time to write down the last moment.
    const kept = () => readFileSync(path.join(command.home, 'cluster', 'state.jsonl'), 'utf8');
    if (signal === 'SIGKILL') await expect.poll(kept, PATIENCE).toContain(`"round":"${restarts}"`);
    await end(lab!, signal);
    await start();
    expect(await kubectl('get ns ucontas-app -o jsonpath={.metadata.labels}')).toContain(`"round":"${restarts}"`);
    // The same pods, each container started once more: until then they show what was kept of them.
    const podsAfter = podsBefore.map((line) => line.replaceAll(/=\d+true/g, `=${restarts}true`));
    await expect.poll(pods, PATIENCE).toEqual(podsAfter);
    expect(await objects()).toBe(before);
  }
  const state = 'jsonpath={.items[0].status.containerStatuses[0].lastState.terminated.reason}';
  expect(await kubectl(`get pods -n ucontas-app -l app=web -o ${state}`)).toBe('Unknown');

  // It works: calls go through the mesh, new pods get a sidecar, a token from before is known.
  const answer = await kubectl('exec -n ucontas-app deploy/web -c web -- wget -qO- http://payments.ucontas-app');
  expect(answer).toContain('"code": 200');
  await kubectl('rollout restart deployment/web -n ucontas-app');
  await kubectl('rollout status deployment/web -n ucontas-app --timeout=60s');
  const names = 'jsonpath={.items[*].spec.initContainers[*].name}';
  expect(await kubectl(`get pods -n ucontas-app -l app=web -o ${names}`)).toContain('istio-proxy');
  expect(await kubectl(`auth whoami --token=${token.trim()}`).catch(String)).toContain(
    'system:serviceaccount:default:default',
  );

  const folder = path.join(command.home, 'cluster');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
});

it('fails the one-time pods that it cut off, and leaves those that were done', { timeout: LIMIT }, async () => {
  await kubectl('create job done --image=busybox -- true');
  await kubectl('create job long --image=busybox -- sleep 3600');
  await kubectl('wait --for=condition=Complete job/done --timeout=30s');
  await kubectl('wait --for=condition=Ready pod -l job-name=long --timeout=30s');
  const done = 'get pods -l job-name=done -o jsonpath={.items[*].metadata.uid}{.items[*].status.phase}';
  const before = await kubectl(done);
  // An ended lab has written down everything.
  await end(lab!, 'SIGTERM');
  await start();
  const phases = () => kubectl('get pods -l job-name=long -o jsonpath={.items[*].status.phase}');
  await expect.poll(async () => (await phases()).split(' ').sort(), PATIENCE).toEqual(['Failed', 'Running']);
  expect(await kubectl(done)).toBe(before);
  expect(before).toContain('Succeeded');
});

it('begins empty where it is told to', { timeout: LIMIT }, async () => {
  await end(lab!, 'SIGTERM');
  await start('--fresh');
  expect(await kubectl('get namespaces -o name')).not.toContain('ucontas-app');
});

it('begins anew, and says so, where what it kept is damaged', { timeout: LIMIT }, async () => {
  await kubectl('create namespace kept');
  await end(lab!, 'SIGTERM');
  const file = path.join(command.home, 'cluster', 'state.jsonl');
  writeFileSync(file, `nonsense${readFileSync(file, 'utf8')}`);
  await start();
  expect(await kubectl('get namespaces -o name')).not.toContain('kept');
  expect(readdirSync(path.dirname(file)).join()).toMatch(/state\.jsonl\.damaged-\d{14}/);
});
