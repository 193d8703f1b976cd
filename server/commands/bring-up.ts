/** What a lab needs before its first command: tools on the terminals' PATH, and a cluster behind its kubeconfig. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Backend, BackendReport, Progress } from '../clusters/backend.ts';
import { type Choice, startBackend } from '../clusters/choose.ts';
import type { Home } from '../lab/home.ts';
import { linkTool, missingTool, pathWithout, scriptTool } from '../lab/shims.ts';
import { writeWorkspace } from '../lab/workspace.ts';
import { exists, FetchError } from '../tools/download.ts';
import { pathOf } from '../tools/find.ts';
import { type Provision, provideHelm, provideIstio, provideKubectl } from '../tools/provide.ts';
import { ISTIO } from '../versions.ts';

export interface BringUp {
  home: Home;
  choice: Choice;
  /** How our own istioctl is run: a program and its first arguments. */
  ownIstioctl: string[];
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
export async function bringUp({ home, choice, ownIstioctl, signal }: BringUp, progress: Progress): Promise<Backend> {
  const env = { ...choice.env, PATH: pathWithout(choice.env.PATH, home.bin) };
  const notes: string[] = [];
  const [tools, started] = await Promise.allSettled([
    provideTools(home, { cache: home.cache, env, progress, signal }, notes),
    startBackend({ ...choice, env }, home.kubeconfig, progress),
  ]);
  if (started.status === 'rejected') throw started.reason;
  if (tools.status === 'rejected') {
    await started.value.stop();
    throw tools.reason;
  }
  if (started.value.report().kind === 'embedded') await scriptTool(home.bin, 'istioctl', ownIstioctl);
  else await provideRealIstio(home, { cache: home.cache, env, progress, signal }, notes);
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
async function provideRealIstio(home: Home, provision: Provision, notes: string[]) {
  const onPath = await pathOf('istioctl', provision.env.PATH);
  try {
    const release = await provideIstio(provision);
    await linkTool(home.bin, 'istioctl', onPath ?? path.join(release, 'bin', 'istioctl'));
    const addons = path.join(release, 'samples', 'addons');
    const files: Record<string, string> = {};
    for (const name of await readdir(addons)) {
      if (name.endsWith('.yaml'))
        files[`istio-${ISTIO}/samples/addons/${name}`] = await readFile(path.join(addons, name), 'utf8');
    }
    await writeWorkspace(home.workspace, path.join(home.root, 'workspace.json'), files);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    notes.push(error.message);
    if (onPath) await linkTool(home.bin, 'istioctl', onPath);
    else await missingTool(home.bin, 'istioctl', error.message);
  }
}

function withNotes(backend: Backend, notes: string[]): Backend {
  if (notes.length === 0) return backend;
  return {
    report: (): BackendReport => {
      const report = backend.report();
      return { ...report, note: [report.note, ...notes].filter(Boolean).join(' ') };
    },
    start: (kubeconfigPath, progress) => backend.start(kubeconfigPath, progress),
    stop: () => backend.stop(),
  };
}
