/** Docusaurus plugin: holds all lessons together while the site is built, and tells every page which lessons there are. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LoadContext, Plugin } from '@docusaurus/types';
import * as v from 'valibot';
import { RECORDINGS_INDEX, RecordingsIndex } from '../../server/lessons/recordings';
import type { Checkpoint, Lessons, Locale } from '../../server/lessons/schema';
import { LessonError } from './errors';
import { readLessons } from './read';

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
      recordings: await readRecordings(siteDir),
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

/** A site without recordings is a whole site; an index that does not fit is a mistake. */
async function readRecordings(root: string): Promise<RecordingsIndex> {
  const text = await readFile(path.join(root, RECORDINGS_INDEX), 'utf8').catch(() => undefined);
  if (text === undefined) return { version: 1, recordings: {}, tested: {} };
  try {
    return v.parse(RecordingsIndex, JSON.parse(text));
  } catch (error) {
    throw new LessonError([{ file: RECORDINGS_INDEX, line: 1, reason: (error as Error).message }]);
  }
}
