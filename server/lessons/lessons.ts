/** The lessons of a lab: their checks, the checkpoint that the cluster was brought to, what the learner has done. */
import path from 'node:path';
import type { Home } from '../lab/home.ts';
import {
  type CheckState,
  LESSON_LIMITS,
  type LessonState,
  type PageProgress,
  type Progress,
  type RunState,
  type ServerMessage,
} from '../protocol.ts';
import { Signal } from '../terminal/signal.ts';
import { BaselineFile } from './baseline.ts';
import { type BuiltCheck, BuiltLessons } from './built.ts';
import type { Checkpoints } from './checkpoints.ts';
import { compare } from './inventory.ts';
import { changedManifests, writeManifests } from './manifests.ts';
import { phaseOf } from './outcome.ts';
import { ProgressFile } from './progress.ts';
import { failedBy, lateVerdict, type Verdict } from './run-check.ts';
import type { Lesson } from './schema.ts';
import type { Do } from './tasks.ts';
import { LateError } from './thread.ts';

/** What was asked for does not exist, or cannot be done now: one sentence for the learner. */
export class LessonError extends Error {}

export interface LessonsOptions {
  home: Home;
  built?: BuiltLessons;
  do: Do;
  checkpoints: Checkpoints;
  /** Resolves when the cluster is there; rejects with an Error whose message the learner gets. */
  whenReady: () => Promise<void>;
  runs: { changed: Signal<RunState>; forget(page: string): void };
  signal: AbortSignal;
}

/** Objects that a warning names; the rest are counted. */
const NAMED_LOSSES = 50;
/** A check that does not even answer for itself gets this much more, in milliseconds, before its thread is ended. */
const GRACE = 1_000;

export class Lessons {
  readonly checkChanged = new Signal<CheckState>();
  readonly lessonChanged = new Signal<LessonState>();
  readonly progress: ProgressFile;
  readonly built: BuiltLessons;

  #checks = new Map<string, CheckState>();
  #current: LessonState | undefined;
  readonly #baseline: BaselineFile;
  #working: Promise<void> | undefined;

  constructor(private readonly options: LessonsOptions) {
    this.built = options.built ?? new BuiltLessons('', []);
    this.progress = new ProgressFile(path.join(options.home.root, 'progress.json'));
    this.#baseline = new BaselineFile(options.home.checkpoint);
    options.runs.changed.on((run) => this.#onRun(run));
  }

  /** What a browser is told first. */
  snapshot(): Extract<ServerMessage, { type: 'lessons' }> {
    const { setAside } = this.progress;
    return {
      type: 'lessons',
      checks: [...this.#checks.values()],
      ...(this.#current && { current: this.#current }),
      progress: this.progress.get(),
      ...(setAside !== undefined && { setAside }),
    };
  }

  /** Resolves when no lesson is being brought to its checkpoint. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Throws a LessonError for a check that no lesson has. What becomes of it is told through `checkChanged`. */
  async check(page: string, name: string): Promise<void> {
    const built = this.built.check(page, name);
    if (!built) throw new LessonError(`There is no check ${name} on ${page}.`);
    const known = this.#checks.get(`${page}!${name}`);
    if (known?.phase === 'running') return this.checkChanged.emit(known);
    this.#setCheck({ page, name, phase: 'running', at: Date.now() });
    const verdict = await this.#verdict(built);
    this.#setCheck({ page, name, ...verdict, at: Date.now() });
    // What could not be looked at says nothing of what the learner did.
    if (verdict.error) return;
    const { phase, expected, saw } = verdict;
    if (phase === 'running') return;
    this.#note(page, { checks: { [name]: { phase, expected, saw, at: Date.now() } } });
  }

  async #verdict({ module, export: name }: BuiltCheck): Promise<Verdict> {
    const { home, whenReady, do: perform } = this.options;
    if (this.#working) {
      return failedBy('unready', {
        en: 'A lesson is just being prepared: check again when it is ready.',
        'pt-BR': 'Uma lição está sendo preparada: verifique de novo quando ela estiver pronta.',
      });
    }
    try {
      await whenReady();
    } catch (error) {
      const { message } = error as Error;
      return failedBy('unready', {
        en: `The lab is not ready: ${message}`,
        'pt-BR': `O laboratório não está pronto: ${message}`,
      });
    }
    const timeout = LESSON_LIMITS.check;
    const place = { kubeconfig: home.kubeconfig, workspace: home.workspace };
    try {
      return await perform('check', { ...place, module, export: name, timeout }, { timeout: timeout + GRACE });
    } catch (error) {
      if (error instanceof LateError) return lateVerdict(timeout);
      const { message } = error as Error;
      return failedBy('broken', {
        en: `The check could not be done: ${message}`,
        'pt-BR': `Não foi possível verificar: ${message}`,
      });
    }
  }

  #setCheck(state: CheckState): void {
    this.#checks.set(`${state.page}!${state.name}`, state);
    this.checkChanged.emit(state);
  }

  /**
   * Brings the cluster to the page's checkpoint, or asks first. Throws a LessonError for a page that is no lesson, or
   * while another is being prepared; the rest is told through `lessonChanged`.
   */
  async start(page: string, { discard, forget }: { discard: boolean; forget: boolean }): Promise<void> {
    const lesson = this.built.page(page);
    if (!lesson) throw new LessonError(`${page} is not a lesson.`);
    if (this.#working)
      throw new LessonError(`${this.#current?.page ?? 'Another lesson'} is being prepared: wait for it.`);
    this.#working = this.#prepare(lesson, discard, forget).finally(() => {
      this.#working = undefined;
    });
    await this.#working;
  }

  async #prepare(lesson: Lesson, discard: boolean, forget: boolean): Promise<void> {
    const { home, whenReady, checkpoints, runs, signal, do: perform } = this.options;
    const { page, needs = 'empty' } = lesson;
    const say = (state: Omit<LessonState, 'page' | 'at'>) => {
      if (signal.aborted) return;
      this.#current = { page, ...state, at: Date.now() };
      this.lessonChanged.emit(this.#current);
    };
    try {
      say({ phase: 'working', stage: 'looking' });
      await whenReady();
      if (!discard) {
        const losses = await this.#lossesOf(lesson);
        if (losses) return say({ phase: 'asking', losses });
      }
      for (const [key, check] of this.#checks) if (check.page === page) this.#checks.delete(key);
      runs.forget(page);
      this.progress.erase(page, forget ? undefined : ['started', 'finished', 'steps', 'checks']);
      await checkpoints.reach(needs, (stage, message) => say({ phase: 'working', stage, message }), signal);
      say({ phase: 'working', stage: 'files' });
      const keptAside = await writeManifests(home, lesson);
      await this.#baseline.set(await perform('inventory', { kubeconfig: home.kubeconfig }));
      this.#note(page, { started: Date.now() });
      say({ phase: 'ready', ...(keptAside.length > 0 ? { keptAside } : {}) });
    } catch (error) {
      say({ phase: 'failed', message: (error as Error).message });
    }
  }

  /** Undefined where nothing would be lost. */
  async #lossesOf(lesson: Lesson): Promise<LessonState['losses']> {
    const { home, do: perform } = this.options;
    const now = await perform('inventory', { kubeconfig: home.kubeconfig });
    const { added, changed } = compare(this.#baseline.get(), now);
    const objects = [...added, ...changed];
    const files = await changedManifests(home, lesson);
    if (objects.length === 0 && files.length === 0) return undefined;
    return { objects: objects.slice(0, NAMED_LOSSES), objectCount: objects.length, files };
  }

  /** What a browser says of a page. Throws a LessonError for a page that is no lesson. */
  say(page: string, { started, finished, answers, help }: PageProgress): void {
    if (!this.built.page(page)) throw new LessonError(`${page} is not a lesson.`);
    const said = { started, finished, answers, help };
    const part = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    this.progress.merge(page, part);
  }

  erase(page?: string): void {
    for (const [key, check] of this.#checks) {
      if (page === undefined || check.page === page) this.#checks.delete(key);
    }
    for (const { page: one } of this.built.all()) if (page === undefined || one === page) this.options.runs.forget(one);
    this.progress.erase(page);
  }

  async stop(): Promise<void> {
    await this.#working;
    await this.progress.settled();
  }

  /** Steps are noted when they have ended, by what their block expects. */
  #onRun(run: RunState): void {
    const [, page = '', number = ''] = /^(.*)#(\d+)$/.exec(run.step) ?? [];
    const step = this.built.page(page)?.steps.find((one) => one.number === Number(number));
    if (!step) return;
    const phase = phaseOf(run, step);
    if (phase !== 'passed' && phase !== 'failed' && phase !== 'listening' && phase !== 'ended') return;
    const { exitCode } = run;
    const at = Date.now();
    const { started } = this.progress.page(page);
    const noted = { steps: { [number]: { phase, ...(exitCode === undefined ? {} : { exitCode }), at } } };
    this.#note(page, { ...noted, ...(started === undefined ? { started: at } : {}) });
  }

  /** What the server itself has seen is kept where there is room; the learner's work goes on in any case. */
  #note(page: string, part: PageProgress): void {
    try {
      this.progress.merge(page, part);
    } catch (error) {
      console.error((error as Error).message);
    }
  }
}

/** All of it, as a file to keep. */
export const exported = (progress: Progress): string => `${JSON.stringify(progress, undefined, 2)}\n`;
