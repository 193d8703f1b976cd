/** Runs the steps of a page in the lab's terminals: which terminal, when it is free, and what became of each step. */

import type { RunRequest, RunState } from '../protocol.ts';
import { noteEndless } from './endless-note.ts';
import { type Obstacle, runObstacle } from './obstacle.ts';
import type { Session } from './session.ts';
import { Signal } from './signal.ts';
import { PROMPT_TIMEOUT, StepRun } from './step-run.ts';
import { TerminalError, type Terminals } from './terminals.ts';
import { Turns } from './turns.ts';
import { interrupt, TypedCommand, waitForPrompt } from './typing.ts';
import type { Size } from './viewer.ts';

const INTERRUPT_TIMEOUT = 5_000;
/** Steps whose last state is kept. */
const KEPT_STEPS = 1000;

const isUnderWay = (state: RunState | undefined) => state?.phase === 'waiting' || state?.phase === 'running';

export interface RunsOptions {
  terminals: Terminals;
  /** Resolves when commands can be typed; rejects with an Error whose message the learner gets. */
  whenReady: () => Promise<void>;
  /** The size of a terminal that no browser shows yet. */
  size: () => Size;
}

/** A step that was asked for. */
interface Job {
  request: RunRequest;
  /** Taken back while it waited. */
  isCancelled: boolean;
  run?: StepRun;
}

export class Runs {
  readonly changed = new Signal<RunState>();
  #states = new Map<string, RunState>();
  #jobs = new Map<string, Job>();
  /** Steps of one tab run one after another. */
  #turns = new Turns();
  /** What goes on in a terminal's background. */
  #listening = new Map<number, StepRun>();

  constructor(private readonly options: RunsOptions) {
    options.terminals.opened.on(noteEndless);
  }

  /** The last state of each step. */
  states(): RunState[] {
    return [...this.#states.values()];
  }

  /** Drops the last states of a page's steps and solutions; those that are under way stay. */
  forget(page: string): void {
    for (const [step, state] of this.#states) {
      const isOfPage = step.startsWith(`${page}#`) || step.startsWith(`${page}!`);
      if (isOfPage && !isUnderWay(state)) this.#states.delete(step);
    }
  }

  /** Never rejects: what becomes of it is told through `changed`. A step that is under way is not run twice. */
  async request(request: RunRequest): Promise<void> {
    const known = this.#states.get(request.step);
    if (known && isUnderWay(known)) {
      this.changed.emit(known);
      return;
    }
    const job: Job = { request, isCancelled: false };
    this.#jobs.set(request.step, job);
    this.#set({ step: request.step, phase: 'waiting', tab: request.tab });
    await this.#run(job).catch((error: Error) => this.#refuse(job, obstacleOf(error), request.tab));
  }

  /** Presses Ctrl-C for a step that runs or listens; takes back one that waits. */
  async stop(step: string): Promise<void> {
    const job = this.#jobs.get(step);
    const state = this.#states.get(step);
    if (!job || !state) return;
    if (state.phase === 'waiting') {
      job.isCancelled = true;
      this.#refuse(job, { reason: 'interrupted', message: 'Taken back before it was typed.' }, state.tab);
    } else if (job.run && (state.phase === 'running' || state.phase === 'listening')) {
      job.run.stopped = true;
      if (!(await interrupt(job.run.session, INTERRUPT_TIMEOUT))) this.#tellStillBusy(job);
    }
  }

  /** Stops a step's endless command and runs it again in the background of another tab; then goes on with the others. */
  async move(step: string): Promise<void> {
    const job = this.#jobs.get(step);
    const run = job?.run;
    if (!job || !run?.isEndless || run.moving || run.stopped || !this.#goesOn(step)) return;
    try {
      const target = this.#otherTerminal(run.session);
      run.moving = true;
      this.#listening.delete(run.session.info.terminal);
      if (await interrupt(run.session, INTERRUPT_TIMEOUT)) await this.#moveTo(target, job, run);
      else {
        run.moving = false;
        this.#tellStillBusy(job);
      }
    } catch (error) {
      const state = this.#states.get(step);
      if (state) this.#set({ ...state, ...obstacleOf(error as Error) });
    }
  }

  #goesOn(step: string): boolean {
    const phase = this.#states.get(step)?.phase;
    return phase === 'running' || phase === 'listening';
  }

  #tellStillBusy({ request, run }: Job): void {
    const state = this.#states.get(request.step);
    if (run) run.stopped = false;
    if (state && this.#goesOn(request.step)) {
      this.#set({ ...state, reason: 'still-busy', message: 'It did not stop on Ctrl-C.' });
    }
  }

  async #run(job: Job): Promise<void> {
    const { terminals, whenReady, size } = this.options;
    const { request } = job;
    await whenReady().catch((error: Error) => {
      throw new LabError(error.message);
    });
    let release = await this.#turns.take(request.tab);
    try {
      if (job.isCancelled) return;
      let session = terminals.byTab(request.tab) ?? terminals.open(size(), request.tab);
      this.#set({ step: request.step, phase: 'waiting', terminal: session.info.terminal, tab: request.tab });
      let obstacle = await this.#obstacle(session, request.ifBusy);
      if (obstacle?.reason === 'busy' && request.ifBusy === 'new-tab') {
        release();
        const before = session;
        session = this.#otherTerminal(before);
        release = await this.#turns.take(session.info.tab);
        obstacle = (await this.#obstacle(session)) ?? (await this.#goWhere(before, session));
      }
      if (job.isCancelled) return;
      if (obstacle) return this.#refuse(job, obstacle, session.info.tab, session.info.terminal);
      await this.#type(job, { session, release, from: 0 });
    } finally {
      release();
    }
  }

  /** Why the terminal cannot take a command; undefined when it is at its prompt. Ends a background step there. */
  #obstacle(session: Session, ifBusy?: RunRequest['ifBusy']): Promise<Obstacle | undefined> {
    const isOurs = this.#listening.has(session.info.terminal);
    return runObstacle(session, {
      mayInterrupt: isOurs || ifBusy === 'interrupt',
      interruptTimeout: INTERRUPT_TIMEOUT,
      promptTimeout: PROMPT_TIMEOUT,
    });
  }

  async #type(
    job: Job,
    { release, ...where }: { session: Session; release: () => void; from: number; printed?: Buffer[] },
    tell: (state: RunState) => void = (state) => this.#set(state),
  ): Promise<void> {
    let free = release;
    const run = new StepRun({
      request: job.request,
      ...where,
      tell: (state) => {
        const { terminal } = where.session.info;
        if (state.phase === 'listening') this.#listening.set(terminal, run);
        else if (this.#listening.get(terminal) === run) this.#listening.delete(terminal);
        // A step that was asked for again meanwhile has a story of its own.
        if (this.#jobs.get(job.request.step) === job) tell(state);
      },
      release: () => free(),
      reclaim: async () => {
        free = await this.#turns.take(where.session.info.tab);
      },
    });
    job.run = run;
    await run.run().finally(() => free());
  }

  /** A terminal at its prompt that nobody has use for, or a new one. Throws a TerminalError where all are taken. */
  #otherTerminal(than: Session): Session {
    const { terminals, size } = this.options;
    const isFree = (session: Session | undefined): session is Session =>
      session !== undefined &&
      session !== than &&
      session.info.state === 'prompt' &&
      !session.lineTouched &&
      !this.#turns.isTaken(session.info.tab);
    const sessions = terminals.list().map(({ terminal }) => terminals.get(terminal));
    return sessions.find(isFree) ?? terminals.open(size());
  }

  /** Goes to the folder of the terminal in whose stead the other one is used: the page's commands count on it. */
  async #goWhere(one: Session, other: Session): Promise<Obstacle | undefined> {
    const { cwd } = one.info;
    if (cwd === undefined || cwd === other.info.cwd) return undefined;
    await new TypedCommand(other, `cd '${cwd.replaceAll("'", `'\\''`)}'`).outcome;
    if (await waitForPrompt(other, PROMPT_TIMEOUT)) return undefined;
    return { reason: 'no-prompt', message: `Terminal ${other.info.tab} shows no prompt.` };
  }

  async #moveTo(target: Session, job: Job, old: StepRun): Promise<void> {
    const { request } = job;
    const { command, session: home } = old;
    const { tab, terminal } = target.info;
    this.#set({ step: request.step, phase: 'waiting', terminal, tab });
    const release = await this.#turns.take(tab);
    const obstacle = (await this.#obstacle(target)) ?? (await this.#goWhere(home, target));
    if (obstacle || job.isCancelled) {
      release();
      if (obstacle) this.#refuse(job, obstacle, tab, terminal);
      return;
    }
    const commands = request.commands.slice(0, command + 1);
    const isLast = command === request.commands.length - 1;
    const ready = isLast ? request.ready : undefined;
    const moved: Job = { ...job, request: { ...request, commands, background: true, ready } };
    this.#jobs.set(request.step, moved);
    await this.#type(moved, { session: target, release, from: command, printed: old.printed(false) });
    if (isLast || this.#states.get(request.step)?.phase !== 'listening') return;
    await this.#goOn(request, moved, home, command + 1);
  }

  /** The commands after one that was moved away; once they have passed, the step listens still. */
  async #goOn(request: RunRequest, moved: Job, home: Session, from: number): Promise<void> {
    const listening = this.#states.get(request.step);
    const background = moved.run;
    const rest: Job = { request, isCancelled: false };
    this.#jobs.set(request.step, rest);
    const release = await this.#turns.take(home.info.tab);
    const obstacle = await this.#obstacle(home);
    if (obstacle) {
      release();
      return this.#refuse(rest, obstacle, home.info.tab, home.info.terminal);
    }
    const printed = background?.printed(true);
    await this.#type(rest, { session: home, release, from, printed }, (state) => {
      const isStill = background !== undefined && this.#listening.get(background.session.info.terminal) === background;
      if (state.phase !== 'passed' || !listening || !isStill) return this.#set(state);
      this.#jobs.set(request.step, moved);
      this.#set({ ...listening, output: state.output });
    });
  }

  #refuse({ request }: Job, obstacle: Obstacle, tab?: number, terminal?: number): void {
    this.#set({ step: request.step, phase: 'refused', tab, terminal, ...obstacle });
  }

  #set(state: RunState): void {
    this.#states.delete(state.step);
    this.#states.set(state.step, state);
    for (const [step, old] of this.#states) {
      if (this.#states.size <= KEPT_STEPS) break;
      if (isUnderWay(old)) continue;
      this.#states.delete(step);
      this.#jobs.delete(step);
    }
    this.changed.emit(state);
  }
}

/** The cluster is not there. */
class LabError extends Error {}

function obstacleOf(error: Error): Obstacle {
  if (error instanceof LabError) return { reason: 'lab-failed', message: error.message };
  if (error instanceof TerminalError && error.code === 'terminals-full') {
    return { reason: 'terminals-full', message: error.message };
  }
  return { reason: 'other', message: error.message };
}

/** The size of a terminal before any browser has said its own. */
export const DEFAULT_SIZE: Size = { columns: 100, rows: 24 };
