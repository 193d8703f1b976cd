/** Reads and writes what the learner has done: at the lab, and in this browser as long as there is none. */
import type { PageProgress, Progress, ServerMessage } from '../../server/protocol';
import { loadConnection } from '../lab/lab';
import { labState } from '../lab/state';
import { forget, keep, loadKept, onOtherTab } from './browser';
import { mergePart, missingParts, withoutPage } from './merge';
import { progressState } from './state';

let started = false;

/** Called once a page is there; later calls do nothing. */
export function findProgress(): void {
  if (started) return;
  started = true;
  const look = () => {
    const { presence } = labState.get();
    if (presence === 'absent' || presence === 'locked') void takeKept();
  };
  labState.subscribe(look);
  onOtherTab(() => progressState.get().kept === 'browser' && void takeKept(true));
  look();
}

async function takeKept(again = false): Promise<void> {
  if (progressState.get().kept !== 'unknown' && !again) return;
  const { progress, setAside } = await loadKept();
  if (progressState.get().kept === 'lab') return;
  progressState.set((s) => ({
    kept: 'browser',
    // What was answered while the record was read stands beside it.
    progress: withAll(progress ?? { version: 1, pages: {} }, again ? undefined : s.progress),
    setAside: setAside ?? s.setAside,
  }));
}

/** The lab's messages of lessons; the connection hands them on. */
export function receiveLessons(
  message: Extract<ServerMessage, { type: 'lessons' | 'check.changed' | 'lesson.changed' | 'progress' }>,
): void {
  switch (message.type) {
    case 'lessons':
      progressState.set({
        kept: 'lab',
        progress: message.progress,
        lesson: message.current,
        setAside: message.setAside,
        checks: Object.fromEntries(message.checks.map((check) => [`${check.page}!${check.name}`, check])),
      });
      void handOver(message.progress);
      break;
    case 'check.changed': {
      const { check } = message;
      progressState.set(({ checks }) => ({ checks: { ...checks, [`${check.page}!${check.name}`]: check } }));
      break;
    }
    case 'lesson.changed':
      // While it looks what would be lost, nothing is.
      if (message.lesson.phase === 'working' && message.lesson.stage !== 'looking') forgetRuns(message.lesson.page);
      progressState.set({ lesson: message.lesson });
      break;
    case 'progress': {
      const { pages } = progressState.get().progress;
      progressState.set({ progress: message.progress });
      // Erased in another tab.
      for (const page of Object.keys(pages)) if (message.progress.pages[page] === undefined) forgetRuns(page);
      break;
    }
  }
}

/** A lesson that starts anew, or whose progress is erased, has nothing run yet. `page`: all of them where it is left out. */
function forgetRuns(page?: string): void {
  const others = <T>(states: Readonly<Record<string, T>>) =>
    Object.fromEntries(
      Object.entries(states).filter(
        ([name]) => page !== undefined && !name.startsWith(`${page}#`) && !name.startsWith(`${page}!`),
      ),
    );
  labState.set(({ runs }) => ({ runs: others(runs) }));
  progressState.set(({ checks }) => ({ checks: others(checks) }));
}

/** What this browser has kept goes to the lab, which keeps it from then on. */
async function handOver(lab: Progress): Promise<void> {
  const { progress } = await loadKept();
  if (progress === undefined) return;
  const { send } = await loadConnection();
  const sent = missingParts(progress, lab).every(([page, part]) => send({ type: 'progress.set', page, part }));
  if (sent) forget();
}

/** Writes a part of a page's progress where the progress is kept; shown at once. */
export function setPart(page: string, part: PageProgress): void {
  progressState.set(({ progress }) => ({ progress: mergePart(progress, page, part) }));
  void (async () => {
    if (await tell({ type: 'progress.set', page, part })) return;
    const { progress } = await loadKept();
    keep(mergePart(progress ?? { version: 1, pages: {} }, page, part));
  })();
}

/** Forgets one page, or everything. What runs in the cluster stays. */
export function erase(page?: string): void {
  progressState.set(({ progress }) => ({ progress: withoutPage(progress, page) }));
  forgetRuns(page);
  void (async () => {
    const { progress } = await loadKept();
    if (progress !== undefined) page === undefined ? forget() : keep(withoutPage(progress, page));
    await tell({ type: 'progress.erase', page });
  })();
}

/** False where no lab heard it. */
async function tell(message: Parameters<Awaited<ReturnType<typeof loadConnection>>['send']>[0]): Promise<boolean> {
  if (labState.get().presence !== 'present') return false;
  const { send } = await loadConnection();
  return send(message);
}

export const runCheck = (page: string, name: string): Promise<boolean> => tell({ type: 'check', page, name });

/** `discard`: the learner has seen what will be lost. */
export const startLesson = (page: string, kind: 'start' | 'reset', discard: boolean): Promise<boolean> =>
  tell({ type: kind === 'start' ? 'lesson.start' : 'lesson.reset', page, discard });

function withAll(one: Progress, other: Progress | undefined): Progress {
  return Object.entries(other?.pages ?? {}).reduce((sum, [page, part]) => mergePart(sum, page, part), one);
}
