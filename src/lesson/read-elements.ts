/** Reads the elements of a lesson's page: checks, questions, manifests, diagrams. */
import type { Code } from 'mdast';
import { CHECK_NAME } from '../../server/lessons/schema';
import type { Problems } from './errors';
import type { PageCheck, PageManifest, PageQuestion } from './page';
import { readCommands } from './read-steps';
import { attributesOf, childrenOf, type Element, isFence, isNamed, lineOf, type Node, walk, wordsOf } from './tree';

export function readCheck(element: Element, after: number, problems: Problems): PageCheck {
  const line = lineOf(element);
  const { name = '' } = attributesOf(element, { required: ['name'] }, problems);
  if (name !== '' && !CHECK_NAME.test(name)) {
    problems.add(line, `a check's name is lower case letters, digits and dashes, not ${name}`);
  }
  if (after === 0) problems.add(line, 'a check stands after the step that it looks at');
  const says = wordsOf(element, ['Hint', 'Solution']).trim();
  if (says === '') problems.add(line, `the check ${name} does not say what it looks at`);
  const inside = [...walk(element)];
  const hints = inside.filter((node) => isNamed(node, 'Hint'));
  const solutions = inside.filter((node) => isNamed(node, 'Solution'));
  for (const second of [hints[1], solutions[1]]) {
    if (second !== undefined) problems.add(lineOf(second), 'a check has one <Hint> and one <Solution> at most');
  }
  const fences = inside.filter((node): node is Code => isFence(node, 'solution'));
  if (fences[1] !== undefined) problems.add(lineOf(fences[1]), 'a solution has one `sh solution` block');
  const check: PageCheck = { name, line, after, says, hint: hints.length > 0 };
  const [fence] = fences;
  if (fence === undefined) return check;
  if (fence.lang !== 'sh') problems.add(lineOf(fence), 'the commands of a solution are marked `sh solution`');
  if (solutions[0] === undefined || ![...walk(solutions[0])].includes(fence)) {
    problems.add(lineOf(fence), '`sh solution` belongs into <Solution>');
  }
  return { ...check, solution: readCommands(fence, 'solution', problems) };
}

export function readQuestion(element: Element, number: number, after: number, problems: Problems): PageQuestion {
  const line = lineOf(element);
  const kind = element.name === 'Quiz' ? 'quiz' : 'predict';
  const { question = '' } = attributesOf(element, { required: ['question'] }, problems);
  const list = answersOf(element);
  const answers = (list === undefined ? [] : childrenOf(list)).map((item) => {
    const checked = 'checked' in item ? item.checked : null;
    if (checked === null || checked === undefined) {
      problems.add(lineOf(item), 'each answer begins with [x], where it is right, or [ ]');
    }
    return { text: wordsOf(item).trim(), right: checked === true };
  });
  if (answers.length < 2)
    problems.add(line, `<${element.name}> has its answers as a list: two or more, [x] where right`);
  else if (!answers.some(({ right }) => right)) problems.add(line, `<${element.name}> has no right answer, marked [x]`);
  return { number, kind, line, after, asks: question, answers };
}

/** The list of a question's answers; what follows it is the explanation. */
export const answersOf = (element: Element): Node | undefined => element.children.find(({ type }) => type === 'list');

export function readManifest(element: Element, problems: Problems): PageManifest {
  const { file = '', against } = attributesOf(element, { required: ['file'], optional: ['against'] }, problems);
  for (const name of [file, against ?? '']) {
    if (/^\/|\\|(^|\/)\.\.?(\/|$)/.test(name)) problems.add(lineOf(element), `${name} is not in the lesson's folder`);
  }
  return { file, line: lineOf(element), ...(against !== undefined && { against }) };
}

/** A diagram has one drawing, with words for those who do not see it. */
export function readDiagram(element: Element, problems: Problems): { title: string; words: string } {
  const line = lineOf(element);
  attributesOf(element, {}, problems);
  const drawings = [...walk(element)].map(mermaidOf).filter((source) => source !== undefined);
  const source = drawings[0] ?? '';
  if (drawings.length !== 1) problems.add(line, '<Diagram> holds one `mermaid` block');
  const title = /^\s*accTitle:\s*(\S.*)$/m.exec(source)?.[1]?.trim() ?? '';
  const words = (/^\s*accDescr:\s*(\S.*)$/m.exec(source)?.[1] ?? /^\s*accDescr\s*\{([^}]*)\}/m.exec(source)?.[1] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  if (drawings.length === 1 && words === '') {
    problems.add(line, 'the drawing in <Diagram> needs `accDescr: …`, which says in words what it shows');
  }
  return { title, words };
}

/** Docusaurus has turned the fence into an element by the time that its plugins run. */
export function mermaidOf(node: Node): string | undefined {
  if (node.type === 'code' && node.lang === 'mermaid') return node.value;
  const value = node.type === ('mermaidCodeBlock' as string) && 'data' in node && node.data?.hProperties?.value;
  return typeof value === 'string' ? value : undefined;
}
