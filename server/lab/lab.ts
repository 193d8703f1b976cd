/** One learner's lab: where its cluster stands, its terminals, and the steps that were run in them. */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Backend } from '../clusters/backend.ts';
import type { BuiltLessons } from '../lessons/built.ts';
import { ResetAndApply, runTool } from '../lessons/checkpoints.ts';
import { Lessons } from '../lessons/lessons.ts';
import type { Do } from '../lessons/tasks.ts';
import type { LabReport } from '../protocol.ts';
import { terminalEnvironment } from '../terminal/environment.ts';
import type { Isolation } from '../terminal/isolate/isolation.ts';
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
  /** Sets the terminals' shells apart; the lab closes it. */
  isolation?: Isolation;
  /** Finds tools and starts the cluster; `progress` takes one short sentence for the learner, `signal` breaks it off. */
  bringUp: (progress: (message: string) => void, signal: AbortSignal) => Promise<Backend>;
  /** The lessons of the build, and who does their work; left out, the lab has none. */
  lessons?: { built: BuiltLessons; do: Do };
}

export class Lab {
  readonly changed = new Signal<LabReport>();
  readonly terminals: Terminals;
  readonly runs: Runs;
  readonly lessons: Lessons;
  readonly recordings: Recordings;
  /** The size that a browser last asked for: a terminal that a step opens starts with it. */
  lastSize: Size = DEFAULT_SIZE;

  #report: LabReport;
  #backend: Backend | undefined;
  #started: Promise<void> | undefined;
  #stopping = new AbortController();

  constructor(private readonly options: LabOptions) {
    const { home, version, env, isolation } = options;
    mkdirSync(home.workspace, { recursive: true });
    this.#report = { name: 'malha', version, phase: 'starting', workspace: home.workspace };
    if (isolation) this.#report.isolated = true;
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
      enclose: isolation && ((launch, name) => isolation.enclose(launch, name)),
    });
    this.recordings = new Recordings({
      folder: path.join(home.root, 'recordings'),
      screen: (session) => session.screen(),
    });
    this.runs = new Runs({
      terminals: this.terminals,
      // A step that is run while its lesson is being prepared waits for that.
      whenReady: async () => {
        await this.#whenReady();
        await this.lessons.settled();
      },
      size: () => this.lastSize,
    });
    const perform = options.lessons?.do ?? (() => Promise.reject(new Error('This lab has no lessons.')));
    this.lessons = new Lessons({
      home,
      built: options.lessons?.built,
      do: perform,
      checkpoints: new ResetAndApply({
        home,
        reset: async (progress) => {
          const { kind, label } = this.#backend?.report() ?? {};
          if (kind === 'context') {
            throw new Error(
              `Lessons empty the cluster first, and ${label} is a cluster of your own: start the lab with --backend kind or --backend embedded.`,
            );
          }
          if (this.#backend?.renew) await this.#backend.renew(home.kubeconfig);
          else await perform('reset', { kubeconfig: home.kubeconfig }, { progress });
        },
        installIstio: (progress, signal) => {
          const profile = 'demo';
          return this.#backend?.report().kind === 'embedded'
            ? perform('istio', { kubeconfig: home.kubeconfig, profile }, { progress })
            : runTool(home, 'istioctl', ['install', '--set', `profile=${profile}`, '-y'], progress, signal);
        },
      }),
      whenReady: () => this.#whenReady(),
      runs: this.runs,
      signal: this.#stopping.signal,
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
    await this.options.isolation?.close();
    await this.recordings.stopAll();
    await this.#started;
    await this.lessons.stop();
    await this.#backend?.stop();
    this.#backend = undefined;
  }

  async #bringUp(): Promise<void> {
    try {
      const backend = await this.options.bringUp((message) => this.#change({ message }), this.#stopping.signal);
      this.#backend = backend;
      this.options.isolation?.admit(this.options.home.kubeconfig);
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
