/** What components ask of the progress: the state of a step, a check, a question; how much of a page is done. */
import { useLocation } from '@docusaurus/router';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import { useCallback, useEffect } from 'react';
import { phaseOf, type StepPhase } from '../../server/lessons/outcome';
import type { CheckState, PageProgress, RunState } from '../../server/protocol';
import { wantLab } from '../lab/lab';
import { type LabState, labState } from '../lab/state';
import { useStore } from '../lab/store';
import { pageName, type Step } from '../lesson/step';
import { type ProgressState, progressState } from './state';

/** The name of the page that is shown, without its language. */
export function usePageName(): string {
  const { pathname } = useLocation();
  const { siteConfig } = useDocusaurusContext();
  return pageName(pathname, siteConfig.baseUrl);
}

/** Where there is a lab, it knows: a component that shows progress connects to it. */
export function usePageProgress(page: string): PageProgress | undefined {
  useEffect(wantLab, []);
  return useStore(
    progressState,
    useCallback((s: ProgressState) => s.progress.pages[page], [page]),
  );
}

type StepAsked = Pick<Step, 'number' | 'commands' | 'expectExit'>;

/** What is known of a step: from this run of the lab, else from what was kept. Undefined where it never ran. */
export function stepPhase(
  page: string,
  step: StepAsked,
  runs: Readonly<Record<string, RunState>>,
  progress: PageProgress | undefined,
): StepPhase | undefined {
  const run = runs[`${page}#${step.number}`];
  return run === undefined ? keptPhase(progress?.steps?.[String(step.number)]?.phase) : phaseOf(run, step);
}

/** What listened in a lab that has ended listens no more. */
export const keptPhase = (phase: StepPhase | undefined) => (phase === 'listening' ? 'ended' : phase);

/** The last word on a check: the lab's since it started, else the one that was kept. */
export function checkOf(
  page: string,
  name: string,
  checks: ProgressState['checks'],
  progress: PageProgress | undefined,
): CheckState | undefined {
  const live = checks[`${page}!${name}`];
  if (live !== undefined) return live;
  const kept = progress?.checks?.[name];
  return kept === undefined ? undefined : { page, name, ...kept };
}

export function useCheck(page: string, name: string): CheckState | undefined {
  const checks = useStore(progressState, (s) => s.checks);
  return checkOf(page, name, checks, usePageProgress(page));
}

/** Runs that go on in the lab, for what looks at many steps at once. */
export const useRuns = (): LabState['runs'] => useStore(labState, (s) => s.runs);
