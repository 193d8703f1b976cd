/** One learner's lab: where its cluster stands, its terminals, and the steps that were run in them. */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Backend } from '../clusters/backend.ts';
import type { LabReport } from '../protocol.ts';
import { terminalEnvironment } from '../terminal/environment.ts';
import { Recordings } from '../terminal/recordings.ts';
import { DEFAULT_SIZE, Runs } from '../terminal/runs.ts';
import { chooseShell } from '../terminal/shell/choose.ts';
import { Signal } from '../terminal/signal.ts';
import { Terminals } from '../terminal/terminals.ts';
import type { Size } from '../terminal/viewer.ts';
import type { Home } from './home.ts';

export interface LabOptions {
  home: Home;
  version: string;
  /** The server's own environment; terminals get a scrubbed part of it. */
  env: NodeJS.ProcessEnv;
  /** Marks the processes of this lab's terminals. */
  labId?: string;
  /** How many terminals there may be, and how long one may be idle: see TerminalsOptions. */
  maxTerminals?: number;
  idleMinutes?: number;
  /** Finds tools and starts the cluster; `progress` takes one short sentence for the learner, `signal` breaks it off. */
  bringUp: (progress: (message: string) => void, signal: AbortSignal) => Promise<Backend>;
}

export class Lab {
  readonly changed = new Signal<LabReport>();
  readonly terminals: Terminals;
  readonly runs: Runs;
  readonly recordings: Recordings;
  /** The size that a browser last asked for: a terminal that a step opens starts with it. */
  lastSize: Size = DEFAULT_SIZE;

  #report: LabReport;
  #backend: Backend | undefined;
  #started: Promise<void> | undefined;
  #stopping = new AbortController();

  constructor(private readonly options: LabOptions) {
    const { home, version, env } = options;
    mkdirSync(home.workspace, { recursive: true });
    this.#report = { name: 'malha', version, phase: 'starting', workspace: home.workspace };
    this.terminals = new Terminals({
      shell: () => chooseShell(env, home.shell),
      cwd: home.workspace,
      env: () => ({
        ...terminalEnvironment(env, { bin: home.bin, kubeconfig: home.kubeconfig, toolState: home.tools }),
        MALHA_BIN: home.bin,
        MALHA_HISTORY: path.join(home.shell, 'history'),
      }),
      labId: options.labId,
      maxTerminals: options.maxTerminals,
      idleMinutes: options.idleMinutes,
    });
    this.recordings = new Recordings({
      folder: path.join(home.root, 'recordings'),
      screen: (session) => session.screen(),
    });
    this.runs = new Runs({
      terminals: this.terminals,
      whenReady: () => this.#whenReady(),
      size: () => this.lastSize,
    });
  }

  report(): LabReport {
    return { ...this.#report };
  }

  /** Never rejects: what fails is in the report, and the pages and terminals work without a cluster. */
  start(): Promise<void> {
    this.#started ??= this.#bringUp();
    return this.#started;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.terminals.closeAll();
    await this.recordings.stopAll();
    await this.#started;
    await this.#backend?.stop();
    this.#backend = undefined;
  }

  async #bringUp(): Promise<void> {
    try {
      const backend = await this.options.bringUp((message) => this.#change({ message }), this.#stopping.signal);
      this.#backend = backend;
      backend.onLost?.((error) =>
        this.#change({ phase: 'failed', message: `${error.message} End the lab with Ctrl-C and start it again.` }),
      );
      const { kind, label, simulated, kubernetesVersion, note } = backend.report();
      this.#change({
        phase: 'ready',
        message: undefined,
        backend: { kind, label, simulated, kubernetesVersion, note },
      });
    } catch (error) {
      this.#change({ phase: 'failed', message: (error as Error).message });
    }
  }

  async #whenReady(): Promise<void> {
    await this.start();
    if (this.#report.phase === 'failed') throw new Error(this.#report.message);
  }

  #change(part: Partial<LabReport>): void {
    if (this.#stopping.signal.aborted) return;
    this.#report = { ...this.#report, ...part };
    this.changed.emit(this.report());
  }
}
