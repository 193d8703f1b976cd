/**
 * Remark plugin that reads the lesson out of a page while the site is built, and hands each part to the component that
 * shows it, as JSON in an attribute. A mistake is a build error that names file and line.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Root } from 'mdast';
import type { VFile } from 'vfile';
import { blockDigest } from '../../server/lessons/digest';
import { stepNameOf } from '../../server/lessons/schema';
import { LessonError, Problems } from './errors';
import { hasLesson, type PageStep } from './page';
import { factsLineOf } from './parse';
import { nameOf, ORIGINALS, placeOf } from './place';
import { answersOf, mermaidOf } from './read-elements';
import { type ReadPage, readPage } from './read-page';
import { readRecordings } from './recordings';
import { sectionsOf } from './sections';
import type { PageData, Step } from './step';
import { childrenOf, type Element, type Node, setAttribute } from './tree';

export function remarkLesson(): (tree: Root, file: VFile) => void {
  return (tree, file) => {
    const source = path.relative(file.cwd, file.path).split(path.sep).join('/');
    const problems = new Problems(source);
    const frontMatter = (file.data.frontMatter ?? {}) as Record<string, unknown>;
    const read = readPage({ tree, frontMatter, factsLine: factsLineOf(String(file.value)), problems });
    if (problems.all.length > 0) throw new LessonError(problems.all);
    // Where the sections are counted, their elements are still as their author wrote them.
    const data = pageData(file.cwd, source, read, tree);
    const recordings = read.steps.length > 0 ? readRecordings(file.cwd).recordings : {};
    const recordingOf = (step: PageStep) => {
      const found = recordings[stepNameOf(data.page, step.number)];
      return found?.digest === blockDigest(step) ? { ...found, digest: undefined } : undefined;
    };
    for (const { step, block } of read.steps) {
      block.data = {
        ...block.data,
        hProperties: {
          ...block.data?.hProperties,
          step: JSON.stringify({ ...componentStep(step), recording: recordingOf(step) }),
        },
      };
    }
    for (const { check, element } of read.checks) setAttribute(element, 'data', JSON.stringify(check));
    for (const { question, element } of read.questions) {
      const { number, after } = question;
      const several = question.answers.filter(({ right }) => right).length > 1;
      setAttribute(element, 'data', JSON.stringify({ number, after, several }));
      spreadAnswers(element);
    }
    readContents(file.cwd, data.page, read);
    for (const { element, title, words } of read.diagrams) {
      setAttribute(element, 'title', title);
      const isDrawing = (node: Node) => mermaidOf(node) !== undefined;
      const others = element.children.filter((node) => !isDrawing(node));
      element.children = [...element.children.filter(isDrawing), made('DiagramWords', { words }, others)];
    }
    if (hasLesson(read.page)) frame(tree, data);
  };
}

function componentStep({ line: _line, output, expectExit, ...rest }: PageStep): Step {
  const step: Step = { ...rest, ...(expectExit !== 0 && { expectExit }) };
  if (output === undefined) return step;
  return { ...step, expected: output.text, ...(output.match !== 'like' && { match: output.match }) };
}

function pageData(root: string, source: string, { page, ...read }: ReadPage, tree: Root): PageData {
  return {
    page: placeOf(root, nameOf(source)).page,
    sections: sectionsOf(tree, { page, ...read }),
    steps: page.steps.map(componentStep),
    checks: page.checks.map((check) => ({ name: check.name, after: check.after })),
    manifests: page.manifests.map(({ file }) => file),
  };
}

/** Each answer of the list becomes an element of its own, and what follows the list the explanation. */
function spreadAnswers(element: Element): void {
  const list = answersOf(element)!;
  const index = element.children.indexOf(list);
  const answers = childrenOf(list).map((item, number) => {
    const right = 'checked' in item && item.checked === true;
    return made('Answer', { number: String(number), ...(right && { right: 'yes' }) }, unwrapped(item));
  });
  const explanation = element.children.filter((_, place) => place !== index);
  element.children = [...answers, ...(explanation.length > 0 ? [made('Explanation', {}, explanation)] : [])];
}

/** An answer's words without the paragraph around them: it stands in a label. */
function unwrapped(item: Node): Node[] {
  const children = childrenOf(item);
  const [only] = children;
  return children.length === 1 && only?.type === 'paragraph' ? childrenOf(only) : children;
}

/** Files are shown as they are in the original's folder, in every language. That they exist is checked by the site's plugin. */
function readContents(root: string, page: string, { manifests }: ReadPage): void {
  const folder = path.join(root, ORIGINALS, page);
  let last: string | undefined;
  for (const { manifest, element } of manifests) {
    const { file } = manifest;
    const against = manifest.against ?? last;
    last = file;
    setAttribute(element, 'content', readFileSync(path.join(folder, file), 'utf8'));
    setAttribute(element, 'folder', path.basename(page));
    if (against === undefined || against === file) continue;
    setAttribute(element, 'against', against);
    setAttribute(element, 'base', readFileSync(path.join(folder, against), 'utf8'));
  }
}

function frame(tree: Root, data: PageData): void {
  const lesson = JSON.stringify(data);
  const children = tree.children as Node[];
  // Imports and the page's own title come first.
  const start = children.findIndex(({ type }) => type !== ('mdxjsEsm' as string) && type !== ('yaml' as string));
  children.splice(Math.max(start, 0), 0, made('LessonBar', { lesson }, []));
  children.push(made('LessonEnd', { lesson }, []));
}

function made(name: string, attributes: Record<string, string>, children: Node[]): Element {
  return {
    type: 'mdxJsxFlowElement',
    name,
    attributes: Object.entries(attributes).map(([key, value]) => ({ type: 'mdxJsxAttribute', name: key, value })),
    children,
  };
}
