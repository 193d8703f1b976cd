/** A lab of its own for `malha test`: the real server on a free port, with a home that is thrown away at the end. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackendKind } from '../clusters/backend.ts';
import type { Launch } from '../clusters/embedded.ts';
import { openDoor } from '../http/app.ts';
import { createHome, homeOf } from '../lab/home.ts';
import { Lab } from '../lab/lab.ts';
import type { WorkspaceFile } from '../lab/workspace.ts';
import type { BuiltLessons } from '../lessons/built.ts';
import type { Inventory } from '../lessons/inventory.ts';
import { LessonThread } from '../lessons/thread.ts';
import { Reader } from '../lessons/walk/reader.ts';
import type { LabReport } from '../protocol.ts';
import { bringUp, holdToolNames } from './bring-up.ts';

export interface TestLabOptions {
  backend: string;
  env: NodeJS.ProcessEnv;
  version: string;
  built: BuiltLessons;
  lessonsWorker: URL;
  ownIstioctl: string[];
  workspaceFiles: (kind: BackendKind) => WorkspaceFile[];
  launch: Launch;
  progress: (message: string) => void;
}

export interface TestLab {
  reader: Reader;
  report: LabReport;
  inventory: () => Promise<Inventory>;
  /** Texts of this machine, and what stands for them in a recording. */
  hide: [string, string][];
  end(): Promise<void>;
}

/** Rejects with an Error for the author where the lab does not come up. */
export async function startTestLab(options: TestLabOptions): Promise<TestLab> {
  const { backend, env, version, built, lessonsWorker, ownIstioctl, workspaceFiles, launch, progress } = options;
  const root = mkdtempSync(path.join(tmpdir(), 'malha-test-'));
  const user = path.join(root, 'user');
  mkdirSync(user);
  // The same prompt on every machine, and no start-up files of this one.
  writeFileSync(path.join(user, '.bashrc'), "PS1='$ '\n");
  const labEnv = {
    ...env,
    HOME: user,
    SHELL: '/bin/bash',
    MALHA_HOME: path.join(root, 'malha'),
    // Tools are fetched once for all tests.
    MALHA_CACHE: homeOf(env).cache,
    // istioctl opens a browser where it finds one.
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
  };
  const home = homeOf(labEnv);
  createHome(home);
  const site = path.join(root, 'site');
  mkdirSync(site);
  const thread = new LessonThread(lessonsWorker);
  const lab = new Lab({
    home,
    version,
    env: labEnv,
    lessons: { built, do: thread.do },
    bringUp: (say, signal) =>
      bringUp({ home, choice: { backend, env: labEnv, launch }, ownIstioctl, workspaceFiles, signal }, say),
  });
  const token = randomBytes(32).toString('base64url');
  const ends: (() => unknown)[] = [() => rmSync(root, { recursive: true, force: true })];
  const end = async () => {
    for (const one of ends.reverse()) await one();
  };
  try {
    await holdToolNames(home.bin);
    const door = await openDoor({ lab, token, siteFolder: site, port: 0 });
    ends.push(
      () => door.close(),
      () => thread.stop(),
      () => lab.stop(),
    );
    const stop = lab.changed.on(({ message }) => message && progress(message));
    await lab.start();
    stop();
    const report = lab.report();
    if (report.phase === 'failed') throw new Error(report.message);
    const reader = await Reader.connect(door.origin, token);
    ends.push(() => reader.close());
    return {
      reader,
      report,
      inventory: () => thread.do('inventory', { kubeconfig: home.kubeconfig }),
      hide: [
        [home.workspace, '~/.malha/workspace'],
        [home.root, '~/.malha'],
        [root, '~'],
      ],
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
