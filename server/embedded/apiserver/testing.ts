/** For tests: an API server of its own and the real kubectl in front of it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findKubectl } from '../../../tests/kubectl.ts';
import { kubeconfigFor } from './kubeconfig.ts';
import { type ApiServer, startApiServer } from './server.ts';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export interface TestServer {
  api: ApiServer;
  /** Runs kubectl; `input` goes to its standard input. */
  kubectl(args: string[], input?: string): Promise<Outcome>;
  /** A folder for the test's files, gone with the server; `kubeconfig` is in it. */
  folder: string;
  stop(): Promise<void>;
}

/** Milliseconds after which a command is ended: a hang is a failure. */
const LONGEST = 20_000;

function run(file: string, args: string[], env: NodeJS.ProcessEnv, input?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, timeout: LONGEST }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
  });
}

export async function startTestServer(): Promise<TestServer> {
  const [api, folder, kubectl] = await Promise.all([
    startApiServer(),
    mkdtemp(path.join(tmpdir(), 'malha-apiserver-')),
    findKubectl(),
  ]);
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(api.server, api.credentials), { mode: 0o600 });
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder };
  return {
    api,
    folder,
    kubectl: (args, input) => run(kubectl, args, env, input),
    async stop() {
      await api.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
