import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BackendError } from './backend.ts';
import { chooseBackend, startBackend } from './choose.ts';
import { extractContext } from './context.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malha-clusters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let bin = '';
let kubeconfig = '';
beforeEach(() => {
  bin = mkdtempSync(path.join(folder, 'bin-'));
  kubeconfig = path.join(bin, 'kubeconfig');
});

const fake = (name: string, script: string) => {
  writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, name), 0o755);
};
const goodDocker = () => fake('docker', 'echo 28.2.2');
/** A kind that knows its clusters by a file, as real kind knows them by Docker's containers. */
const fakeKind = (create = ': > "$0.malha"; printf "config" > "$config"') =>
  fake(
    'kind',
    `case "$1 $2" in
       "version "*) echo "kind v0.31.0 go1.25.5 linux/amd64";;
       "get clusters") [ -f "$0.malha" ] && echo malha; exit 0;;
       *) while [ $# -gt 0 ]; do [ "$1" = --kubeconfig ] && config=$2; case "$1 $2" in "create cluster") create=1;; esac; shift; done
          echo "Creating cluster \\"malha\\" ..." >&2
          if [ "$create" = 1 ]; then ${create}; else printf "exported" > "$config"; fi;;
     esac`,
  );

const launch = async () => ({
  server: 'https://127.0.0.1:1',
  kubeconfig: 'embedded',
  startupMs: 1,
  stop: async () => {},
});
const choice = (backend: string) => ({
  backend,
  env: { PATH: bin },
  launch,
});
const failure = (backend: string) =>
  startBackend(choice(backend), kubeconfig, () => {}).then(
    () => 'no failure',
    (error: unknown) => (error instanceof BackendError ? error.message : `not a BackendError: ${error}`),
  );

describe('kind', () => {
  it('creates the cluster with its own kubeconfig, showing kind’s progress, and uses it again', async () => {
    goodDocker();
    fakeKind();
    const told: string[] = [];
    await startBackend(choice('kind'), kubeconfig, (text) => told.push(text));
    expect(told).toContain('kind: Creating cluster "malha" ...');
    expect(readFileSync(kubeconfig, 'utf8')).toBe('config');
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);

    await startBackend(choice('kind'), kubeconfig, (text) => told.push(text));
    expect(told.at(-1)).toBe('Using the kind cluster malha that is there.');
    expect(readFileSync(kubeconfig, 'utf8')).toBe('exported');
  });

  it.each([
    ['Docker missing', () => fakeKind(), /^Docker was not found on PATH: install Docker/],
    [
      'Docker down',
      () => {
        fake(
          'docker',
          'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1',
        );
        fakeKind();
      },
      /daemon is not running: start Docker, then start again\.$/,
    ],
    [
      'no right to use Docker',
      () => {
        fake('docker', 'echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1');
        fakeKind();
      },
      /may not use it: add yourself to the group/,
    ],
    ['kind missing', goodDocker, /^Docker answers, but kind was not found on PATH: install it/],
    [
      'kind too old',
      () => {
        goodDocker();
        fake('kind', 'echo "kind v0.20.0 go1.20 linux/amd64"');
      },
      /^kind 0\.20\.0 is too old, 0\.31\.0 or later is needed/,
    ],
    [
      'an image that cannot be pulled',
      () => {
        goodDocker();
        fakeKind(
          'echo "ERROR: failed to create cluster: failed to pull image \\"kindest/node:v1.35.0\\": exit status 1" >&2; exit 1',
        );
      },
      /^The node image kindest\/node:\S+ could not be pulled: check that this machine reaches Docker Hub/,
    ],
    [
      'a port taken',
      () => {
        goodDocker();
        fakeKind(
          'echo "docker: Error response from daemon: Bind for 127.0.0.1:41234 failed: port is already allocated." >&2; exit 1',
        );
      },
      /^A port that kind needs \(41234\) is taken by another program/,
    ],
    [
      'anything else',
      () => {
        goodDocker();
        fakeKind('echo "ERROR: failed to create cluster: could not find a log line" >&2; exit 1');
      },
      /^kind could not create the cluster \(failed to create cluster: could not find a log line\): run/,
    ],
  ])('says in one sentence what is wrong: %s', async (_what, prepare, message) => {
    prepare();
    const said = await failure('kind');
    expect(said).toMatch(message);
    expect(said.split('\n')).toHaveLength(1);
  });
});

describe('auto', () => {
  it('takes kind where Docker answers and kind is found', async () => {
    goodDocker();
    fakeKind();
    expect((await chooseBackend(choice('auto'))).report().kind).toBe('kind');
  });

  it('falls back to the embedded cluster and says why', async () => {
    const backend = await startBackend(choice('auto'), kubeconfig, () => {});
    expect(backend.report()).toMatchObject({
      kind: 'embedded',
      simulated: true,
      note: expect.stringMatching(/^Using the embedded cluster\. Docker was not found on PATH/),
    });
    expect(readFileSync(kubeconfig, 'utf8')).toBe('embedded');
  });

  it('falls back when kind fails half-way', async () => {
    goodDocker();
    fakeKind('echo "ERROR: failed to pull image" >&2; exit 1');
    const backend = await startBackend(choice('auto'), kubeconfig, () => {});
    expect(backend.report().note).toContain('could not be pulled');
  });

  it('refuses any other word', async () => {
    await expect(chooseBackend(choice('minikube'))).rejects.toThrow(
      /takes auto, embedded, kind or context:<name>, not `minikube`/,
    );
  });
});

describe('context', () => {
  const own = () => {
    const file = path.join(bin, 'own.yaml');
    writeFileSync(
      file,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: ['a', 'b'].map((name) => ({ name, cluster: { server: `https://${name}.test` } })),
        users: ['a', 'b'].map((name) => ({ name, user: { token: `token-${name}` } })),
        contexts: ['a', 'b'].map((name) => ({ name, context: { cluster: name, user: name, namespace: 'n' } })),
        'current-context': 'a',
      }),
    );
    return file;
  };

  it('copies that context alone and leaves the learner’s file as it was', async () => {
    const file = own();
    const before = readFileSync(file, 'utf8');
    const copy = parse(await extractContext('b', { KUBECONFIG: file }));
    expect(copy['current-context']).toBe('b');
    expect(copy.contexts.map((one: { name: string }) => one.name)).toEqual(['b']);
    expect(JSON.stringify(copy)).toContain('token-b');
    expect(JSON.stringify(copy)).not.toContain('token-a');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('lists the contexts there are', async () => {
    await expect(extractContext('c', { KUBECONFIG: own() })).rejects.toThrow(
      /no context `c`\. There are: a, b\. Give one of them/,
    );
    expect(existsSync(kubeconfig)).toBe(false);
  });
});
