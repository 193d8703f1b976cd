/** `malha start`: serves the guide and its lab until the learner ends it. */

import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { stage } from '../../bin/stages.mjs';
import type { BackendKind } from '../clusters/backend.ts';
import { checkBackendName } from '../clusters/choose.ts';
import type { Launch } from '../clusters/embedded.ts';
import { createHome, homeOf } from '../lab/home.ts';
import { Lab } from '../lab/lab.ts';
import { claimLab } from '../lab/lock.ts';
import { keepToken } from '../lab/token.ts';
import type { WorkspaceFile } from '../lab/workspace.ts';
import { readBuiltLessons } from '../lessons/built.ts';
import { LessonThread } from '../lessons/thread.ts';
import { type Isolation, prepareIsolation } from '../terminal/isolate/isolation.ts';
import type { Limits } from '../terminal/isolate/limits.ts';
import { packageParts } from '../terminal/isolate/programs.ts';
import { endProcesses } from '../terminal/processes.ts';
import { bringUp, holdToolNames } from './bring-up.ts';
import { onEnter } from './keys.ts';
import { isLoopback, listen, openWarning } from './listen.ts';
import { askForLink } from './running.ts';

export interface StartCommand {
  port?: number;
  host?: string;
  backend: string;
  open: boolean;
  /** The embedded cluster begins empty. */
  fresh?: boolean;
  /** How many terminals there may be. */
  maxTerminals?: number;
  /** Ends a terminal in which nothing has happened for so long; left out: never. */
  idleMinutes?: number;
  /** Sets each shell apart from the machine and from the others, under these limits. */
  isolate?: Limits;
  env: NodeJS.ProcessEnv;
  version: string;
  siteFolder: string;
  /** The build's lessons, and the bundle of the thread that does their work. */
  lessonsFolder: string;
  lessonsWorker: URL;
  ownIstioctl: string[];
  workspaceFiles: (kind: BackendKind) => WorkspaceFile[];
  launch: Launch;
  print(line: string): void;
  /** Where the learner may press Enter for a new link. */
  keyboard?: NodeJS.ReadStream;
  /** Resolves when the learner wants it to end. */
  ended: Promise<unknown>;
}

/** Resolves when everything has stopped, or at once where a lab runs already. Rejects with an Error for the learner. */
export async function runStart(command: StartCommand): Promise<void> {
  const { env, print, siteFolder } = command;
  checkBackendName(command.backend);
  if (!existsSync(path.join(siteFolder, 'index.html'))) {
    throw new Error(
      `The site is not built (${siteFolder} has no index.html): run \`npm run build\`, then start again.`,
    );
  }
  const home = homeOf(env);
  createHome(home);
  const labId = randomBytes(8).toString('hex');
  const claim = await claimLab(home.run, labId);
  if (!claim.held) {
    if (command.isolate)
      throw new Error('--isolate needs a lab that is not running: end it with Ctrl-C, then start again.');
    if (command.fresh)
      throw new Error('--fresh needs a lab that is not running: end it with Ctrl-C, then start again.');
    const link = await askForLink(claim.running, home.token);
    print(`Malha is running already (process ${claim.running.pid}). Open ${link}`);
    if (command.open) await openBrowser(await askForLink(claim.running, home.token, { shown: true }));
    return;
  }
  try {
    if (claim.crashed) await endProcesses(`${claim.crashed.labId}.`);
    const isolation = await isolate(command, home, labId, claim.crashed?.labId);
    try {
      await serve(command, home, labId, (url) => claim.lock.announce(url), isolation);
    } finally {
      await isolation?.close();
    }
  } finally {
    await claim.lock.release();
  }
}

async function isolate(
  { isolate: limits, env, ownIstioctl }: StartCommand,
  home: ReturnType<typeof homeOf>,
  labId: string,
  crashedLabId: string | undefined,
): Promise<Isolation | undefined> {
  const programs = ownIstioctl[1] ? packageParts(ownIstioctl[1]) : [];
  return limits && prepareIsolation({ limits, labId, crashedLabId, env, folders: home, programs });
}

async function serve(
  command: StartCommand,
  home: ReturnType<typeof homeOf>,
  labId: string,
  announce: (url: string) => Promise<void>,
  isolation: Isolation | undefined,
): Promise<void> {
  const { env, print, version, siteFolder, host, port, ownIstioctl, launch, backend, workspaceFiles } = command;
  await holdToolNames(home.bin);
  // The last lab's cluster is gone or may be another: nothing must reach it by accident.
  rmSync(home.kubeconfig, { force: true });
  if (command.fresh) for (const kept of [home.cluster, home.checkpoint]) rmSync(kept, { recursive: true, force: true });

  const thread = new LessonThread(command.lessonsWorker);
  const lab = new Lab({
    home,
    version,
    env,
    labId,
    lessons: { built: readBuiltLessons(command.lessonsFolder), do: thread.do },
    maxTerminals: command.maxTerminals,
    idleMinutes: command.idleMinutes,
    isolation,
    bringUp: (progress, signal) =>
      bringUp(
        {
          home,
          choice: { backend, env, launch, cluster: { stateDir: home.cluster } },
          ownIstioctl,
          workspaceFiles,
          signal,
        },
        progress,
      ),
  });
  const door = await listen({ lab, token: keepToken(home.token), siteFolder, host, port });
  let stopListening = () => {};
  try {
    await announce(door.origin);
    if (host !== undefined && !isLoopback(host)) print(openWarning(host, door.port));
    print(`\n  Malha  ${door.signInLink('lasting')}\n`);
    for (const line of isolation?.describe() ?? []) print(`  ${line}`);
    // A link of its own: the printed one stays good for another browser, and is in no process's arguments.
    if (command.open) void openBrowser(door.signInLink('shown'));
    stopListening = onEnter(command.keyboard, () => print(`  New link  ${door.signInLink('brief')}`));
    const up = showBringUp(lab, print);
    await command.ended;
    print('Stopping.');
    await lab.stop();
    await up;
  } finally {
    stopListening();
    await lab.stop();
    await thread.stop();
    await door.close();
    rmSync(home.kubeconfig, { force: true });
  }
}

/** The page is open by now; the command's own lines show the cluster's way up. */
async function showBringUp(lab: Lab, print: (line: string) => void): Promise<void> {
  try {
    await stage('Start the lab', async (detail) => {
      const stop = lab.changed.on(({ message }) => message && detail(message));
      await lab.start();
      stop();
      const { phase, message } = lab.report();
      if (phase === 'failed') throw new Error(message);
    });
    const { backend, workspace } = lab.report();
    if (backend) print(`  Commands run on: ${backend.label}${backend.note ? `\n  ${backend.note}` : ''}`);
    print(`  Your files: ${workspace}\n  Each link signs in one browser; Enter prints a new one. Ctrl-C ends the lab.`);
    lab.changed.on(({ phase, message }) => phase === 'failed' && message && print(message));
  } catch (error) {
    print(`  ${(error as Error).message}\n  The pages work; commands need the lab. Ctrl-C ends it.`);
  }
}

/** A machine without a browser, or without a desktop, is no reason to fail: the link is printed. */
async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    const child = await open(url);
    child.on('error', () => {});
  } catch {
    // The learner opens the printed link.
  }
}
