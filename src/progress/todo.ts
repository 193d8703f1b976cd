/** What there is to do on a page that is not shown: from what the build knows of it. */
import type { LessonSummary } from '../lesson/plugin';
import type { Todo } from './count';

export const todoOf = ({ steps, checks, questions }: LessonSummary): Todo => ({
  steps: upTo(steps),
  checks,
  questions: upTo(questions),
});

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
