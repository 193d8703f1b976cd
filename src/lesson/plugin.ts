/** Docusaurus plugin: holds all lessons together while the site is built, and tells every page which lessons there are. */
import path from 'node:path';
import type { LoadContext, Plugin } from '@docusaurus/types';
import type { RecordingsIndex } from '../../server/lessons/recordings';
import type { Checkpoint, Lessons, Locale } from '../../server/lessons/schema';
import { readLessons } from './read';
import { readRecordings } from './recordings';

export const LESSONS_PLUGIN = 'malha-lessons';

/** What a page knows of every other page that has something to do on it: enough to link to it and to count. */
export interface LessonSummary {
  id: string;
  page: string;
  title: string;
  isTutorial: boolean;
  minutes?: number;
  needs?: Checkpoint;
  after: string[];
  steps: number;
  checks: string[];
  questions: number;
}

export interface LessonsData {
  lessons: LessonSummary[];
  /** By page: where, with which versions and on which day it last passed its test. */
  tested: RecordingsIndex['tested'];
}

interface Content extends Lessons {
  recordings: RecordingsIndex;
}

export function lessonsPlugin({ siteDir, i18n }: LoadContext): Plugin {
  return {
    name: LESSONS_PLUGIN,
    getPathsToWatch: () => [path.join(siteDir, 'docs/**/*.{ts,yaml}')],
    loadContent: async (): Promise<Content> => ({
      ...(await readLessons(siteDir)),
      recordings: readRecordings(siteDir),
    }),
    async contentLoaded({ content, actions }) {
      const locale = i18n.currentLocale as Locale;
      const { lessons, recordings } = content as Content;
      const data: LessonsData = {
        tested: recordings.tested,
        lessons: lessons.map(({ steps, checks, questions, ...lesson }) => ({
          id: lesson.id,
          page: lesson.page,
          title: lesson.title[locale],
          isTutorial: lesson.isTutorial,
          minutes: lesson.minutes,
          needs: lesson.needs,
          after: lesson.after,
          steps: steps.length,
          checks: checks.map(({ name }) => name),
          questions: questions.length,
        })),
      };
      actions.setGlobalData(data);
    },
  };
}
