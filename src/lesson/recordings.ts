/** The recorded runs that the site carries, for its build. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { RECORDINGS_INDEX, RecordingsIndex } from '../../server/lessons/recordings';
import { LessonError } from './errors';

/** A site without recordings is a whole site; an index that does not fit is a mistake: throws a LessonError. */
export function readRecordings(root: string): RecordingsIndex {
  const file = path.join(root, RECORDINGS_INDEX);
  if (!existsSync(file)) return { version: 1, recordings: {}, tested: {} };
  try {
    return v.parse(RecordingsIndex, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new LessonError([{ file: RECORDINGS_INDEX, line: 1, reason: (error as Error).message }]);
  }
}
