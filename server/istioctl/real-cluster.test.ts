import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runIstioctl } from './index.ts';

let server: Server;
let folder: string;
const asked: string[] = [];

const ANSWERS: Record<string, unknown> = {
  '/version': { gitVersion: 'v1.35.0' },
  '/api/v1/nodes': { items: [{ status: { nodeInfo: { containerRuntimeVersion: 'containerd://2.2.0' } } }] },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = ANSWERS[request.url ?? ''];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { kind: 'Status', message: 'not found' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(path.join(tmpdir(), 'malha-istioctl-'));
  const { port } = server.address() as AddressInfo;
  const config = {
    clusters: [{ name: 'kind', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'kind', user: {} }],
    contexts: [{ name: 'kind', context: { cluster: 'kind', user: 'kind' } }],
    'current-context': 'kind',
  };
  await writeFile(path.join(folder, 'config'), JSON.stringify(config));
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  let stderr = '';
  const code = await runIstioctl(
    [...argv, '--kubeconfig', path.join(folder, 'config')],
    {},
    {
      stdout: () => {},
      stderr: (text) => {
        stderr += text;
      },
      isTerminal: false,
      ask: async () => 'y',
      interrupted: () => new AbortController().signal,
    },
  );
  return { code, stderr };
}

it.each([
  ['install', '--set', 'profile=demo', '-y'],
  ['uninstall', '--purge', '-y'],
])('changes nothing on a real cluster with %s, and says where the real istioctl is', async (...argv) => {
  const { code, stderr } = await run(...argv);
  expect(code).toBe(1);
  expect(stderr).toContain('is a real one, and this is Malha');
  expect(stderr).toContain('https://istio.io/latest/docs/setup/getting-started/');
  expect(asked.filter((request) => !request.startsWith('GET '))).toEqual([]);
});

it('refuses a context that is not there', async () => {
  expect(await run('version', '--context', 'other')).toMatchObject({
    code: 0,
    stderr: 'Istio is not present in the cluster: context "other" does not exist\n',
  });
  expect(await run('analyze', '--context', 'other')).toMatchObject({
    code: 1,
    stderr: 'Error: context "other" does not exist\n',
  });
});
