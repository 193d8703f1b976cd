/** The lessons as the build left them: dist/lessons/lessons.json and one module of checks for each lesson. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type Check, exportName, type Lesson, Lessons } from './schema.ts';

export interface BuiltCheck {
  lesson: Lesson;
  check: Check;
  /** The built module, and its export. */
  module: string;
  export: string;
}

export class BuiltLessons {
  readonly #byPage: Map<string, Lesson>;

  constructor(
    readonly folder: string,
    lessons: readonly Lesson[],
  ) {
    this.#byPage = new Map(lessons.map((lesson) => [lesson.page, lesson]));
  }

  all(): Lesson[] {
    return [...this.#byPage.values()];
  }

  page(page: string): Lesson | undefined {
    return this.#byPage.get(page);
  }

  /** Only what the build knows is ever run. */
  check(page: string, name: string): BuiltCheck | undefined {
    const lesson = this.page(page);
    const check = lesson?.checks.find((one) => one.name === name);
    if (!lesson || !check) return undefined;
    return { lesson, check, module: path.join(this.folder, `${lesson.id}.checks.mjs`), export: exportName(name) };
  }
}

/** A build without lessons has none; a file that does not fit the schema is an Error that says to build again. */
export function readBuiltLessons(folder: string): BuiltLessons {
  let text: string;
  try {
    text = readFileSync(path.join(folder, 'lessons.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new BuiltLessons(folder, []);
    throw error;
  }
  const parsed = v.safeParse(Lessons, JSON.parse(text));
  if (!parsed.success) throw new Error(`${folder}/lessons.json is of another version: run \`malha build\` again.`);
  return new BuiltLessons(folder, parsed.output.lessons);
}
