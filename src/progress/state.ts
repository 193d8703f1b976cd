/** What the learner has done, as this page knows it: from the lab where there is one, else from this browser's own store. */
import type { CheckState, LessonState, Progress } from '../../server/protocol';
import { createStore } from '../lab/store';

export interface ProgressState {
  /** Where it is kept: `unknown` until the page has found out whether there is a lab. */
  kept: 'unknown' | 'browser' | 'lab';
  progress: Progress;
  /** The lab's last word on each check since it started, by `<page>!<name>`. */
  checks: Readonly<Record<string, CheckState>>;
  /** The lesson that the lab was last brought to, or is being brought to. */
  lesson: LessonState | undefined;
  /** The record, the lab's or the browser's, could not be read, and was set aside under this name. */
  setAside: string | undefined;
}

export const progressState = createStore<ProgressState>({
  kept: 'unknown',
  progress: { version: 1, pages: {} },
  checks: {},
  lesson: undefined,
  setAside: undefined,
});
