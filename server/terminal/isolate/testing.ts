/** A lab's folders and isolated terminals in a temporary folder, for tests. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHome, type Home, homeOf } from '../../lab/home.ts';
import { terminalEnvironment } from '../environment.ts';
import { chooseShell } from '../shell/choose.ts';
import { Terminals } from '../terminals.ts';
import { findBases } from './cgroup.ts';
import { type Isolation, prepareIsolation } from './isolation.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';

export interface IsolatedLab {
  /** The learner's home folder, which holds the lab's. */
  user: string;
  home: Home;
  isolation: Isolation;
  terminals: Terminals;
  end(): Promise<void>;
}

export interface IsolatedOptions {
  limits?: Partial<Limits>;
  shell?: string;
  /** False: as if bubblewrap were not installed. */
  bubblewrap?: boolean;
  path?: string;
}

/** PATH of links to every program of this machine's PATH but bubblewrap. */
function pathWithoutBubblewrap(folder: string): string {
  mkdirSync(folder);
  for (const place of (process.env.PATH ?? '').split(':').filter((one) => existsSync(one))) {
    for (const name of readdirSync(place)) {
      if (name === 'bwrap' || existsSync(path.join(folder, name))) continue;
      writeFileSync(path.join(folder, name), `#!/bin/sh\nexec '${path.join(place, name)}' "$@"\n`, { mode: 0o755 });
    }
  }
  return folder;
}

export async function isolatedLab(options: IsolatedOptions = {}): Promise<IsolatedLab> {
  const user = mkdtempSync(path.join(tmpdir(), 'malha-isolate-'));
  const searchPath =
    options.path ?? (options.bubblewrap === false ? pathWithoutBubblewrap(path.join(user, 'path')) : process.env.PATH);
  const env = { PATH: searchPath, HOME: user, SHELL: options.shell ?? '/bin/bash', LANG: 'C.UTF-8' };
  const home = homeOf(env);
  createHome(home);
  const labId = `test${process.pid}${path.basename(user).slice(-6).toLowerCase()}`;
  try {
    const isolation = await prepareIsolation({
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      labId,
      env,
      folders: home,
      programs: [],
    });
    const terminals = new Terminals({
      shell: () => chooseShell(env, home.shell),
      cwd: home.workspace,
      env: () => ({
        ...terminalEnvironment(env, { bin: home.bin, kubeconfig: home.kubeconfig, toolState: home.tools }),
        MALHA_BIN: home.bin,
        MALHA_HISTORY: path.join(home.shell, 'history'),
      }),
      labId,
      enclose: (launch, name) => isolation.enclose(launch, name),
    });
    return {
      ...{ user, home, isolation, terminals },
      end: async () => {
        await terminals.closeAll();
        await isolation.close();
        rmSync(user, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(user, { recursive: true, force: true });
    throw error;
  }
}

/** Folders of a lab's control groups that are there. */
export function groups(labId: string): string[] {
  const bases = findBases(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
  const folders = bases?.version === 2 ? [bases.folder] : Object.values(bases?.folders ?? {});
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.includes(labId))
      .map((name) => path.join(folder, name)),
  );
}

/** What this machine can: without limits nothing but refusals can be tried, without bwrap no namespaces. */
export const whatCanBeTried = () =>
  isolatedLab()
    .then(async (lab) => {
      const apart = lab.isolation.describe().join().includes('own files');
      await lab.end();
      return { limits: true, apart };
    })
    .catch((error: Error) => {
      console.warn(`Isolation cannot be tried on this machine: ${error.message}`);
      return { limits: false, apart: false };
    });
