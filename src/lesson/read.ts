/**
 * Reads all lessons of the project into one validated description. Used by the site's build, by the step that prepares
 * the server, and by tests: none of them needs a built site for it.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { exportName, type Lesson, Lessons } from '../../server/lessons/schema';
import { exportsOf } from './checks-file';
import { LessonError, type Problem, Problems } from './errors';
import { joinLanguages } from './join';
import { hasLesson, type Page } from './page';
import { parsePage } from './parse';
import { ORIGINALS, type Place, placeOf, TRANSLATIONS, TUTORIAL } from './place';
import { readPage } from './read-page';

/** `root`: the project's folder. Rejects with a LessonError that names file and line of all that is wrong. */
export async function readLessons(root: string): Promise<Lessons> {
  const problems: Problem[] = [];
  const lessons: Lesson[] = [];
  const orders: Order[] = [];
  for (const name of await pagesUnder(path.join(root, ORIGINALS))) {
    const original = await readFileOf(root, `${ORIGINALS}/${name}`, problems);
    const place = placeOf(root, name);
    orders.push({ id: place.id, page: original });
    if (original === undefined || !hasLesson(original)) continue;
    const file = `${TRANSLATIONS}/${name}`;
    if (!existsSync(path.join(root, file))) {
      problems.push({ file: original.file, line: 1, reason: `this page has no translation: ${file}` });
      continue;
    }
    const translation = await readFileOf(root, file, problems);
    if (translation === undefined) continue;
    const contents = await readManifests(root, name, original, problems);
    const joined = joinLanguages(place, original, translation, contents);
    problems.push(...joined.problems, ...(await checkChecks(root, place, original)));
    lessons.push(joined.lesson);
  }
  problems.push(...checkOrder(orders));
  if (problems.length > 0) throw new LessonError(problems);
  return v.parse(Lessons, { version: 1, lessons: lessons.sort((a, b) => (a.page < b.page ? -1 : 1)) });
}

/** Paths of the pages from `folder`, with `/`, in order. */
async function pagesUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => name.endsWith('.mdx') && !name.split('/').some((part) => part.startsWith('_')))
    .sort();
}

async function readFileOf(root: string, file: string, all: Problem[]): Promise<Page | undefined> {
  const problems = new Problems(file);
  const parsed = parsePage(await readFile(path.join(root, file), 'utf8'), problems);
  const page = parsed && readPage({ ...parsed, problems }).page;
  // The names of steps are made from the file's place: a page elsewhere would have others in the browser.
  for (const name of ['slug', 'id']) {
    if (page && hasLesson(page) && parsed?.frontMatter[name] !== undefined) {
      problems.add(1, `a page with steps stands where its file stands: no ${name}`);
    }
  }
  all.push(...problems.all);
  return problems.all.length > 0 ? undefined : page;
}

async function readManifests(
  root: string,
  name: string,
  page: Page,
  problems: Problem[],
): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>();
  for (const { file, against, line } of page.manifests) {
    if (!TUTORIAL.test(name)) {
      problems.push({
        file: page.file,
        line,
        reason: '<Manifest> is for lessons, which have a folder for their files',
      });
      continue;
    }
    for (const wanted of against === undefined ? [file] : [file, against]) {
      const source = path.posix.join(path.posix.dirname(page.file), wanted);
      const content = await readFile(path.join(root, source), 'utf8').catch(() => undefined);
      if (content === undefined) problems.push({ file: page.file, line, reason: `there is no file ${source}` });
      else contents.set(wanted, content);
    }
  }
  return contents;
}

/** Each check of the page is a function of checks.ts, and each function is a check of the page. */
async function checkChecks(root: string, { checksFile, isTutorial }: Place, page: Page): Promise<Problem[]> {
  if (checksFile === undefined) {
    const reason = isTutorial
      ? `there is no checks.ts beside this page`
      : 'a page outside docs/tutorials has no checks.ts, and so no <Check>';
    return page.checks.map(({ line }) => ({ file: page.file, line, reason }));
  }
  const exported = await exportsOf(root, checksFile);
  if (!Array.isArray(exported)) return [exported];
  const unknown = page.checks
    .filter(({ name }) => !exported.includes(exportName(name)))
    .map(({ name, line }) => ({
      file: page.file,
      line,
      reason: `unknown check ${name}: ${checksFile} does not export ${exportName(name)}`,
    }));
  const wanted = page.checks.map(({ name }) => exportName(name));
  const unused = exported
    .filter((name) => !wanted.includes(name))
    .map((name) => ({ file: checksFile, line: 1, reason: `exports ${name}, which no <Check> of ${page.file} names` }));
  return [...unknown, ...unused];
}

interface Order {
  id: string;
  /** Undefined where the page cannot be read: it may be named all the same. */
  page: Page | undefined;
}

function checkOrder(orders: readonly Order[]): Problem[] {
  return orders.flatMap(({ id, page }) =>
    (page?.after ?? [])
      .filter((before) => before === id || !orders.some((other) => other.id === before))
      .map((before) => ({
        file: page!.file,
        line: page!.factsLine,
        reason: `unknown lesson ${before} under \`after:\``,
      })),
  );
}
