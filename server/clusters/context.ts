/** The context backend: one context of the learner's own kubeconfig, copied alone into the lab's. */
import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { type Backend, BackendError, type BackendReport } from './backend.ts';

/**
 * A kubeconfig with `name` as its only context, from the files that kubectl would read under `env`. Only that one is
 * copied, so that a command typed in the lab cannot reach another cluster. Throws a BackendError that lists the
 * contexts there are.
 */
export async function extractContext(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  // Loaded here: the package takes most of a second, and only this backend needs it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const files = env.KUBECONFIG?.split(':').filter(Boolean) ?? [];
  try {
    if (files.length) {
      config.loadFromFile(files[0]!);
      for (const file of files.slice(1)) {
        const more = new KubeConfig();
        more.loadFromFile(file);
        config.mergeConfig(more, true);
      }
    } else config.loadFromFile(`${env.HOME}/.kube/config`);
  } catch (error) {
    throw new BackendError(
      `Your kubeconfig could not be read (${(error as Error).message}): set KUBECONFIG to a file that can.`,
    );
  }
  const context = config.getContextObject(name);
  const cluster = context && config.getCluster(context.cluster);
  if (!context || !cluster) {
    const names = config.getContexts().map((one) => one.name);
    const known = names.length ? `There are: ${names.join(', ')}` : 'There are none';
    throw new BackendError(
      `Your kubeconfig has no context \`${name}\`. ${known}. Give one of them as --backend context:<name>.`,
    );
  }
  const alone = new KubeConfig();
  const user = config.getUser(context.user);
  alone.loadFromOptions({ clusters: [cluster], contexts: [context], users: user ? [user] : [], currentContext: name });
  return stringify(JSON.parse(alone.exportConfig()));
}

export class ContextBackend implements Backend {
  constructor(
    private readonly name: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  report(): BackendReport {
    return { kind: 'context', label: `context (${this.name})`, simulated: false };
  }

  async start(kubeconfigPath: string): Promise<void> {
    await writeFile(kubeconfigPath, await extractContext(this.name, this.env), { mode: 0o600 });
  }

  async stop(): Promise<void> {}
}
