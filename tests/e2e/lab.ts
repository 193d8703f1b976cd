/** A lab for a browser test: started as a user starts it, with a home of its own, and ended by its process. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { SIGN_IN_LINKS_PATH } from '../../server/protocol.ts';

export const root = path.resolve(import.meta.dirname, '../..');

/** Milliseconds. A lab that is not there, or not gone, by then is a defect: the test says so, and does not hang. */
const START = 60_000;
const END = 30_000;

export interface Lab {
  /** The link that was printed: signs in one browser, once. `freshLink` gives more. */
  url: string;
  origin: string;
  home: string;
  pid: number;
  /** What the command printed so far. */
  printed(): string;
  stop(): Promise<number | null>;
}

/**
 * Starts `malha start --no-open` on a free port; rejects with its output if it prints no URL, in time or before it ends.
 * A home that `env` names stays when the lab is stopped.
 */
export async function startLab(args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Lab> {
  const home = env.MALHA_HOME ?? mkdtempSync(path.join(tmpdir(), 'malha-e2e-'));
  // The tools are fetched once for all labs: a new home each would fetch them again.
  const cache = process.env.MALHA_CACHE ?? path.join(root, 'node_modules', '.cache', 'malha-tools');
  const child = spawn(
    process.execPath,
    ['bin/malha.mjs', 'start', '--no-open', '--backend', 'embedded', '--port', '0', ...args],
    {
      cwd: root,
      env: { ...process.env, MALHA_CACHE: cache, ...env, MALHA_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const failure = (what: string) => new Error(`malha start ${what}. It printed:\n${printed}`);
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(failure(`printed no URL for ${START / 1000} s`));
    }, START);
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /https?:\/\/\S+\/sign-in\S+/.exec(printed);
      if (!found) return;
      clearTimeout(late);
      resolve(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    // On `exit` something of what it printed may still be on its way.
    child.on('close', (code) => {
      clearTimeout(late);
      reject(failure(`ended with ${code} before it printed a URL`));
    });
  });
  return {
    url,
    origin: new URL(url).origin,
    home,
    pid: child.pid!,
    printed: () => printed,
    async stop() {
      child.kill('SIGINT');
      let isLate = false;
      const late = setTimeout(() => {
        isLate = true;
        child.kill('SIGKILL');
      }, END);
      const code = await exited;
      clearTimeout(late);
      if (env.MALHA_HOME === undefined) rmSync(home, { recursive: true, force: true });
      if (isLate) throw failure(`did not end for ${END / 1000} s after Ctrl-C`);
      return code;
    },
  };
}

/** A new sign-in link, as a second `malha start` gets it: with the token from the lab's own folder. */
export async function freshLink(lab: Pick<Lab, 'origin' | 'home'>): Promise<string> {
  const token = readFileSync(path.join(lab.home, 'run', 'token'), 'utf8').trim();
  const answer = await fetch(lab.origin + SIGN_IN_LINKS_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, origin: lab.origin },
  });
  if (!answer.ok) throw new Error(`The lab gives no sign-in link: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { url: string }).url;
}

/** Opens a sign-in link, as a reader does, and waits for the home page that it leads to. */
export async function signIn(page: Page, lab: Lab): Promise<void> {
  await page.goto(await freshLink(lab));
  await page.waitForURL(`${lab.origin}/`);
  await page.waitForLoadState('load');
}
