/** The lab's own folder, `~/.malha` or what MALHA_HOME names: everything that the lab writes is in it. */

import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export interface Home {
  root: string;
  /** The learner's files; terminals start here. */
  workspace: string;
  /** The lab's kubeconfig, never the learner's own. */
  kubeconfig: string;
  /** Fetched tools, kept between starts; MALHA_CACHE moves it. */
  cache: string;
  /** State of a running server: who may read it can sign in. */
  run: string;
  /** The secret that opens the lab's door; see `token.ts`. */
  token: string;
  /** Objects and credentials of the embedded cluster, kept between starts. */
  cluster: string;
  /** What was in the cluster when it was last at a lesson's checkpoint. */
  checkpoint: string;
  /** First on a terminal's PATH: kubectl, helm, istioctl. */
  bin: string;
  /** Start-up files of the shells, their history. */
  shell: string;
  /** What helm and kubectl keep. */
  tools: string;
}

export function homeOf(env: NodeJS.ProcessEnv): Home {
  const root = path.resolve(env.MALHA_HOME || path.join(env.HOME || homedir(), '.malha'));
  const under = (name: string) => path.join(root, name);
  return {
    root,
    workspace: under('workspace'),
    kubeconfig: under('kubeconfig'),
    cache: path.resolve(env.MALHA_CACHE || under('cache')),
    run: under('run'),
    token: under('run/token'),
    cluster: under('cluster'),
    checkpoint: under('checkpoint.json'),
    bin: under('bin'),
    shell: under('shell'),
    tools: under('tools'),
  };
}

/** Creates the folders; those that hold secrets are closed to other users. */
export function createHome(home: Home): void {
  for (const folder of [home.root, home.workspace, home.bin, home.tools]) mkdirSync(folder, { recursive: true });
  for (const folder of [home.run, home.shell]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }
}
