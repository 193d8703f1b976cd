/** What a lab needs before its first command: tools on the terminals' PATH, and a cluster behind its kubeconfig. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Backend, BackendKind, BackendReport, Progress } from '../clusters/backend.ts';
import { type Choice, startBackend } from '../clusters/choose.ts';
import type { Home } from '../lab/home.ts';
import { linkTool, missingTool, pathWithout, scriptTool } from '../lab/shims.ts';
import { type WorkspaceFile, writeWorkspace } from '../lab/workspace.ts';
import { exists, FetchError } from '../tools/download.ts';
import { pathOf } from '../tools/find.ts';
import { type Provision, provideHelm, provideIstio, provideKubectl } from '../tools/provide.ts';
import { ISTIO } from '../versions.ts';

export interface BringUp {
  home: Home;
  choice: Choice;
  /** How our own istioctl is run: a program and its first arguments. */
  ownIstioctl: string[];
  /** What the learner finds in the workspace on a kind of backend. */
  workspaceFiles: (kind: BackendKind) => WorkspaceFile[];
  /** Breaks off what is being fetched. */
  signal?: AbortSignal;
}

/**
 * Until the tools are there, their names say so. A shell that has found another kubectl on PATH would remember that one,
 * and reach the learner's own clusters' tools after ours came.
 */
export async function holdToolNames(bin: string): Promise<void> {
  for (const name of ['kubectl', 'helm', 'istioctl']) {
    if (await exists(path.join(bin, name))) continue;
    await missingTool(bin, name, 'the lab is still starting; try again in a moment.');
  }
}

/** Rejects with an Error for the learner: a tool that cannot be had, a cluster that does not start. */
export async function bringUp(options: BringUp, progress: Progress): Promise<Backend> {
  const { home, choice, ownIstioctl, workspaceFiles, signal } = options;
  const env = { ...choice.env, PATH: pathWithout(choice.env.PATH, home.bin) };
  const notes: string[] = [];
  // The files that every backend has come first: creating a kind cluster takes minutes.
  await fillWorkspace(home, workspaceFiles(choice.backend === 'embedded' ? 'embedded' : 'kind'));
  const [tools, started] = await Promise.allSettled([
    provideTools(home, { cache: home.cache, env, progress, signal }, notes),
    startBackend({ ...choice, env }, home.kubeconfig, progress, signal),
  ]);
  if (started.status === 'rejected') throw started.reason;
  if (tools.status === 'rejected') {
    await started.value.stop();
    throw tools.reason;
  }
  const { kind } = started.value.report();
  const kept = await fillWorkspace(home, workspaceFiles(kind));
  if (kind === 'embedded') await scriptTool(home.bin, 'istioctl', ownIstioctl);
  else kept.push(...(await provideRealIstio(home, { cache: home.cache, env, progress, signal }, notes)));
  if (kept.length > 0) notes.push(`Kept as you changed them: ${kept.join(', ')}.`);
  return withNotes(started.value, notes);
}

async function provideTools(home: Home, provision: Provision, notes: string[]): Promise<void> {
  const kubectl = await provideKubectl(provision);
  await linkTool(home.bin, 'kubectl', kubectl.path);
  try {
    const helm = await provideHelm(provision);
    await linkTool(home.bin, 'helm', helm.path);
  } catch (error) {
    // The pages get along without helm.
    if (!(error instanceof FetchError)) throw error;
    notes.push(error.message);
    await missingTool(home.bin, 'helm', error.message);
  }
}

/** A real cluster gets the real istioctl, and the samples of its release. Ours installs simulated programs only. */
async function provideRealIstio(home: Home, provision: Provision, notes: string[]): Promise<string[]> {
  const onPath = await pathOf('istioctl', provision.env.PATH);
  try {
    const release = await provideIstio(provision);
    await linkTool(home.bin, 'istioctl', onPath ?? path.join(release, 'bin', 'istioctl'));
    const addons = path.join(release, 'samples', 'addons');
    const files: WorkspaceFile[] = [];
    for (const name of await readdir(addons)) {
      if (!name.endsWith('.yaml')) continue;
      const content = await readFile(path.join(addons, name), 'utf8');
      files.push({ path: `istio-${ISTIO}/samples/addons/${name}`, content });
    }
    return await fillWorkspace(home, files);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    notes.push(error.message);
    if (onPath) await linkTool(home.bin, 'istioctl', onPath);
    else await missingTool(home.bin, 'istioctl', error.message);
    return [];
  }
}

/** Returns the files that the learner has changed and that stay so. */
async function fillWorkspace(home: Home, files: WorkspaceFile[]): Promise<string[]> {
  const { kept } = await writeWorkspace(home.workspace, path.join(home.root, 'workspace.json'), files);
  return kept;
}

function withNotes(backend: Backend, notes: string[]): Backend {
  if (notes.length === 0) return backend;
  return {
    report: (): BackendReport => {
      const report = backend.report();
      return { ...report, note: [report.note, ...notes].filter(Boolean).join(' ') };
    },
    start: (...args) => backend.start(...args),
    onLost: (listener) => backend.onLost?.(listener),
    ...(backend.renew ? { renew: (kubeconfigPath: string) => backend.renew!(kubeconfigPath) } : {}),
    stop: () => backend.stop(),
  };
}
