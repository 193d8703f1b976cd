/** How much of a page is done: its steps that passed, its checks that passed, its questions that were answered. Pure. */
import type { PageProgress } from '../../server/protocol';

/** What there is to do on a page, or in a part of it. */
export interface Todo {
  steps: readonly number[];
  checks: readonly string[];
  questions: readonly number[];
}

export interface Count {
  done: number;
  of: number;
  /** A step or a check failed when it was last run. */
  failed: boolean;
}

/** `stepOf`, `checkOf`: whether the part has passed, undefined where it never ran. */
export function countDone(
  { steps, checks, questions }: Todo,
  stepOf: (number: number) => boolean | undefined,
  checkOf: (name: string) => boolean | undefined,
  answers: PageProgress['answers'],
): Count {
  const states = [...steps.map(stepOf), ...checks.map(checkOf)];
  const answered = questions.filter((number) => answers?.[String(number)] !== undefined).length;
  return {
    done: states.filter((passed) => passed === true).length + answered,
    of: states.length + questions.length,
    failed: states.includes(false),
  };
}

/** By what was kept alone, for pages that are not shown. */
export function countKept(todo: Todo, progress: PageProgress | undefined): Count {
  const step = (number: number) => {
    const phase = progress?.steps?.[String(number)]?.phase;
    // A program that listened and was stopped since has done its part.
    return phase === undefined ? undefined : phase !== 'failed';
  };
  const check = (name: string) => {
    const phase = progress?.checks?.[name]?.phase;
    return phase === undefined ? undefined : phase === 'passed';
  };
  return countDone(todo, step, check, progress?.answers);
}
