/** Turns `--backend` into a backend; `auto` takes kind where it can and says why where it cannot. */
import type { ClusterOptions } from '../embedded/cluster.ts';
import { type Backend, BackendError } from './backend.ts';
import { ContextBackend } from './context.ts';
import { EmbeddedBackend, type Launch } from './embedded.ts';
import { KindBackend, requireKind } from './kind.ts';

export interface Choice {
  /** `auto`, `embedded`, `kind` or `context:<name>`. */
  backend: string;
  env: NodeJS.ProcessEnv;
  launch: Launch;
  cluster?: ClusterOptions;
}

/** Throws a BackendError for a word that is none of the four. */
export function checkBackendName(word: string): string {
  if (['auto', 'embedded', 'kind'].includes(word) || /^context:./.test(word)) return word;
  throw new BackendError(`--backend takes auto, embedded, kind or context:<name>, not \`${word}\`.`);
}

/** The backend, not started. `auto` looks for kind first; its BackendReport's note tells why it fell back. */
export async function chooseBackend({ backend, env, launch, cluster }: Choice): Promise<Backend> {
  checkBackendName(backend);
  if (backend === 'kind') return new KindBackend(env);
  if (backend.startsWith('context:')) return new ContextBackend(backend.slice('context:'.length), env);
  if (backend === 'embedded') return new EmbeddedBackend(launch, cluster);
  try {
    await requireKind(env);
    return new KindBackend(env);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return new EmbeddedBackend(launch, cluster, `Using the embedded cluster. ${error.message}`);
  }
}

/**
 * Starts what `auto` chose; where kind then fails (an image that cannot be pulled, a port taken), the embedded cluster
 * takes its place and says why. Any other choice is the learner's own and fails as it is.
 */
export async function startBackend(
  choice: Choice,
  kubeconfigPath: string,
  progress: (message: string) => void,
  signal?: AbortSignal,
): Promise<Backend> {
  const chosen = await chooseBackend(choice);
  try {
    await chosen.start(kubeconfigPath, progress, signal);
    return chosen;
  } catch (error) {
    if (choice.backend !== 'auto' || chosen.report().kind !== 'kind' || !(error instanceof BackendError)) throw error;
    const note = `Using the embedded cluster. ${error.message}`;
    const fallback = new EmbeddedBackend(choice.launch, choice.cluster, note);
    await fallback.start(kubeconfigPath, progress, signal);
    return fallback;
  }
}
