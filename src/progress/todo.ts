/** What there is to do on a page that is not shown: from what the build knows of it. */
import type { LessonSummary } from '../lesson/plugin';
import type { Todo } from './count';
import type { ProgressState } from './state';

/** `kept`: where the progress is; without a lab there is nothing to do but to answer. */
export const todoOf = ({ steps, checks, questions }: LessonSummary, kept: ProgressState['kept']): Todo => ({
  steps: kept === 'browser' ? [] : upTo(steps),
  checks: kept === 'browser' ? [] : checks,
  questions: upTo(questions),
});

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
