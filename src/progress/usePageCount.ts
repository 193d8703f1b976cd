/** How much of the page in front of the reader, or of a part of it, is done: by what runs now and by what was kept. */
import { useMemo } from 'react';
import { hasPassed } from '../../server/lessons/outcome';
import { useStore } from '../lab/store';
import type { PageData, Section } from '../lesson/step';
import { type Count, countDone } from './count';
import { checkOf, stepPhase, usePageProgress, useRuns } from './hooks';
import { progressState } from './state';

/**
 * `part`: what stands under one of its headings; the whole page where it is left out. Without a lab there is nothing to
 * do but to answer.
 */
export function usePageCount(page: PageData | undefined, part?: Section): Count {
  const runs = useRuns();
  const checks = useStore(progressState, (s) => s.checks);
  const canRun = useStore(progressState, (s) => s.kept !== 'browser');
  const name = page?.page ?? '';
  const progress = usePageProgress(name);
  return useMemo(() => {
    const sections = part === undefined ? (page?.sections ?? []) : [part];
    const todo = {
      steps: sections.flatMap((section) => (canRun ? section.steps : [])),
      checks: sections.flatMap((section) => (canRun ? section.checks : [])),
      questions: sections.flatMap((section) => section.questions),
    };
    const stepState = (number: number) => {
      const step = page?.steps.find((one) => one.number === number);
      const phase = step && stepPhase(name, step, runs, progress);
      if (phase === 'failed') return false;
      return hasPassed(phase) ? true : undefined;
    };
    const checkState = (check: string) => {
      const phase = checkOf(name, check, checks, progress)?.phase;
      return phase === undefined || phase === 'running' ? undefined : phase === 'passed';
    };
    return countDone(todo, stepState, checkState, progress?.answers);
  }, [name, page, part, runs, checks, progress, canRun]);
}
