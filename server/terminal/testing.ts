/** Terminals with real shells in a temporary folder, for tests. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { LIMITS } from '../protocol.ts';
import { terminalEnvironment } from './environment.ts';
import type { Session } from './session.ts';
import { chooseShell } from './shell/choose.ts';
import { Terminals, type TerminalsOptions } from './terminals.ts';
import type { Sink } from './viewer.ts';

export interface Playground {
  folder: string;
  home: string;
  bin: string;
  terminals: Terminals;
  end(): Promise<void>;
}

export const ZSH = ['/usr/bin/zsh', '/bin/zsh', '/usr/local/bin/zsh'].find((file) => existsSync(file));

/** For a test that opens every terminal there may be: each new zsh reads all of its completions. Milliseconds. */
export const MANY_SHELLS = 90_000;

/** `files` are written into the learner's home, `tools` (scripts) first on PATH, before any shell starts. */
export function playground(
  options: {
    shell?: string;
    files?: Record<string, string>;
    env?: Record<string, string>;
    tools?: Record<string, string>;
  } & Pick<TerminalsOptions, 'patience' | 'idleMinutes' | 'maxTerminals'> = {},
): Playground {
  const folder = mkdtempSync(path.join(tmpdir(), 'malha-terminal-'));
  const home = path.join(folder, 'home');
  const bin = path.join(folder, 'bin');
  for (const name of [home, bin]) mkdirSync(name);
  for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(path.join(home, name), text);
  for (const [name, text] of Object.entries(options.tools ?? {}))
    writeFileSync(path.join(bin, name), text, { mode: 0o755 });
  const source = {
    PATH: process.env.PATH,
    HOME: home,
    SHELL: options.shell ?? '/bin/bash',
    LANG: 'C.UTF-8',
    ...options.env,
  };
  const { patience, idleMinutes, maxTerminals } = options;
  const terminals = new Terminals({
    ...{ patience, idleMinutes, maxTerminals },
    shell: () => chooseShell(source, path.join(folder, 'shell')),
    cwd: home,
    env: () => ({
      ...terminalEnvironment(source, {
        bin,
        kubeconfig: path.join(folder, 'kubeconfig'),
        toolState: path.join(folder, 'tools'),
      }),
      MALHA_BIN: bin,
      MALHA_HISTORY: path.join(folder, 'history'),
    }),
  });
  return {
    folder,
    home,
    bin,
    terminals,
    end: async () => {
      await terminals.closeAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A viewer that acknowledges nothing. */
export const deafSink: Sink = { attached: () => {}, bytes: () => {}, resized: () => {}, typed: () => {} };

/**
 * Has a new shell print more than a page's window, to a page that acknowledges nothing, and end when it is paused:
 * its last words, 001 to 601, then wait in the pty. `type` types a line.
 */
export async function endPaused(session: Session, folder: string, type: (line: string) => void): Promise<void> {
  const [script, paused] = ['last.sh', 'paused'].map((name) => path.join(folder, name)) as [string, string];
  const fill = `head -c ${LIMITS.window + 30_000} /dev/zero | tr '\\0' x`;
  // In small pieces: what comes after the pause must fit into the pty.
  const more = `while [ ! -e ${paused} ]; do printf '%0999d\\n' 0; sleep 0.005; done`;
  writeFileSync(script, `${fill}; ${more}; seq -w 1 601\n`);
  type(`exec sh ${script}\r`);
  while (!session.isPaused) await setImmediate();
  writeFileSync(paused, '');
}

/**
 * Resolves once `condition` gives something, looked at again whenever the terminal prints or changes. Rejects when the
 * shell ends without it: nothing would come any more.
 */
export function until<T>(session: Session, condition: () => T | undefined | false): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      for (const stop of stops) stop();
    };
    const look = () => {
      const value = condition();
      if (value === undefined || value === false) return;
      end();
      resolve(value);
    };
    const onExit = (exitCode: number) => {
      end();
      const { endedBy } = session.info;
      reject(new Error(`The shell has ended (${endedBy ?? exitCode}) before what was waited for.`));
    };
    const stops = [
      ...[session.changed.on(look), session.text.on(look), session.mark.on(look)],
      session.exited.on(onExit),
    ];
    look();
  });
}

/** All that the terminal prints from now on, as text. */
export function transcript(session: Session): () => string {
  const chunks: Buffer[] = [];
  session.text.on((bytes) => chunks.push(Buffer.from(bytes)));
  return () => Buffer.concat(chunks).toString('utf8');
}
