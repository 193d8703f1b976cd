/** The kind backend: the cluster `malha`, created once and used again, with a kubeconfig of its own. */
import { chmod } from 'node:fs/promises';
import { describeTool, kindFits, pathOf } from '../tools/find.ts';
import { CLUSTER_NAME, KIND } from '../versions.ts';
import { type Backend, BackendError, type BackendReport, type Progress } from './backend.ts';
import { runCommand } from './command.ts';
import { firstLine, requireDocker } from './docker.ts';

const INSTALL_KIND = 'install it (https://kind.sigs.k8s.io/docs/user/quick-start/#installation), then start again';

/** What kind prints when it fails → one sentence. First match wins. */
const FAILURES: [RegExp, (output: string) => string][] = [
  [
    /no space left on device/i,
    () => 'The disk that Docker uses is full: free some space (`docker system prune` helps), then start again.',
  ],
  [
    /port is already allocated|address already in use|bind for .* failed/i,
    (output) => {
      const port = /(?:0\.0\.0\.0|127\.0\.0\.1|\[::\]):(\d+)/.exec(output)?.[1];
      return `A port that kind needs${port ? ` (${port})` : ''} is taken by another program: end that program, then start again.`;
    },
  ],
  [
    /failed to pull image|pull access denied|manifest unknown|toomanyrequests|failed to resolve reference|i\/o timeout|no such host/i,
    () =>
      `The node image ${KIND.nodeImage} could not be pulled: check that this machine reaches Docker Hub (\`docker pull ${KIND.nodeImage}\`), then start again.`,
  ],
  [
    /permission denied.*docker/i,
    () => 'kind may not use Docker: add yourself to the group `docker`, log in again, then start again.',
  ],
  [
    /cannot connect to the docker daemon|docker daemon running/i,
    () => 'Docker stopped answering while kind worked: start Docker, then start again.',
  ],
];

export const explainKindFailure = (output: string): string => {
  for (const [pattern, sentence] of FAILURES) if (pattern.test(output)) return sentence(output);
  const error = output.split('\n').find((line) => /^error/i.test(line.trim()));
  return `kind could not create the cluster (${(error ?? firstLine(output)).replace(/^ERROR: /, '').trim()}): run \`kind create cluster --name ${CLUSTER_NAME}\` to see all of it.`;
};

/** kind's path, if Docker answers and kind is recent enough; rejects with a BackendError that says what is missing. */
export async function requireKind(env: NodeJS.ProcessEnv): Promise<string> {
  await requireDocker(env);
  const path = await pathOf('kind', env.PATH);
  if (!path) throw new BackendError(`Docker answers, but kind was not found on PATH: ${INSTALL_KIND}.`);
  const { version } = await describeTool('kind', path, env);
  if (!kindFits(version)) {
    throw new BackendError(
      `kind ${version ?? '(of unknown version)'} is too old, ${KIND.minimum} or later is needed: ${INSTALL_KIND}.`,
    );
  }
  return path;
}

export class KindBackend implements Backend {
  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly note?: string,
  ) {}

  report(): BackendReport {
    return {
      kind: 'kind',
      label: `kind (${CLUSTER_NAME})`,
      simulated: false,
      ...(this.note ? { note: this.note } : {}),
    };
  }

  async start(kubeconfigPath: string, progress: Progress, signal?: AbortSignal): Promise<void> {
    const kind = await requireKind(this.env);
    signal?.throwIfAborted();
    const existing = await runCommand(kind, ['get', 'clusters'], { env: this.env });
    if (existing.code !== 0) throw new BackendError(explainKindFailure(existing.output));
    if (existing.stdout.split(/\s+/).includes(CLUSTER_NAME)) {
      progress(`Using the kind cluster ${CLUSTER_NAME} that is there.`);
      const args = ['export', 'kubeconfig', '--name', CLUSTER_NAME, '--kubeconfig', kubeconfigPath];
      const result = await runCommand(kind, args, { env: this.env });
      if (result.code !== 0) {
        throw new BackendError(
          `The kind cluster ${CLUSTER_NAME} does not answer (${firstLine(result.output).replace(/^ERROR: /, '')}): delete it with \`kind delete cluster --name ${CLUSTER_NAME}\`, then start again.`,
        );
      }
    } else {
      progress('Creating a kind cluster; the first time takes a few minutes.');
      const args = ['create', 'cluster', '--name', CLUSTER_NAME, '--image', KIND.nodeImage];
      const result = await runCommand(kind, [...args, '--kubeconfig', kubeconfigPath, '--wait', '120s'], {
        env: this.env,
        onLine: (line) => progress(`kind: ${line}`),
        signal,
      }).catch(async (error) => {
        // Broken off: a half-made cluster would be taken for a good one at the next start.
        await runCommand(kind, ['delete', 'cluster', '--name', CLUSTER_NAME], { env: this.env }).catch(() => {});
        throw error;
      });
      if (result.code !== 0) throw new BackendError(explainKindFailure(result.output));
    }
    await chmod(kubeconfigPath, 0o600);
  }

  /** The cluster stays for the next start; `kind delete cluster --name malha` removes it. */
  async stop(): Promise<void> {}
}
