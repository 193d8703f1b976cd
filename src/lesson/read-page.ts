/** Reads one page, in one language, out of its syntax tree: the same tree whether Docusaurus or `readLessons` parsed it. */
import type { Code, Root } from 'mdast';
import { CHECKPOINTS } from '../../server/lessons/schema';
import type { Problems } from './errors';
import type { Page, PageCheck, PageFacts, PageManifest, PageQuestion, PageStep } from './page';
import { readCheck, readDiagram, readManifest, readQuestion } from './read-elements';
import { readStep } from './read-steps';
import { childrenOf, type Element, isElement, isFence, lineOf, type Node, walk } from './tree';

/** The nodes that became parts of the page, so that a plugin can hand each to its component. */
export interface ReadPage {
  page: Page;
  steps: { step: PageStep; block: Code }[];
  checks: { check: PageCheck; element: Element }[];
  questions: { question: PageQuestion; element: Element }[];
  manifests: { manifest: PageManifest; element: Element }[];
  diagrams: { title: string; words: string; element: Element }[];
}

interface Source {
  tree: Root;
  frontMatter: Record<string, unknown>;
  /** Of `lesson:` in the file, from 1. */
  factsLine: number;
  problems: Problems;
}

/** Takes each output block out of the tree: its step shows it. What is wrong goes into `problems`. */
export function readPage({ tree, frontMatter, factsLine, problems }: Source): ReadPage {
  const page: Page = {
    file: problems.file,
    title: typeof frontMatter.title === 'string' ? frontMatter.title : '',
    factsLine,
    ...readFacts(frontMatter.lesson, factsLine, problems),
    steps: [],
    checks: [],
    questions: [],
    manifests: [],
  };
  const read: ReadPage = { page, steps: [], checks: [], questions: [], manifests: [], diagrams: [] };
  visit(tree, read, problems);
  for (const [index, check] of page.checks.entries()) {
    const first = page.checks.findIndex(({ name }) => name === check.name);
    if (first < index) {
      problems.add(check.line, `a check ${check.name} stands in line ${page.checks[first]!.line} already`);
    }
  }
  return read;
}

function visit(parent: Node, read: ReadPage, problems: Problems): void {
  const children = childrenOf(parent);
  for (let i = 0; i < children.length; i++) {
    const node = children[i]!;
    if (isFence(node, 'run')) {
      const next = children[i + 1];
      const output = next !== undefined && isFence(next, 'output') ? next : undefined;
      if (output !== undefined) children.splice(i + 1, 1);
      const step = readStep(node, output, read.page.steps.length + 1, problems);
      read.page.steps.push(step);
      read.steps.push({ step, block: node });
    } else if (isFence(node, 'output')) {
      problems.add(lineOf(node), 'an output block stands directly under its `sh run` block');
    } else if (isFence(node, 'solution')) {
      problems.add(lineOf(node), '`sh solution` belongs into the <Solution> of a <Check>');
    } else if (!isElement(node) || !visitElement(node, read, problems)) {
      visit(node, read, problems);
    }
  }
}

const ELEMENTS = new Set(['Check', 'Quiz', 'Predict', 'Manifest', 'Diagram', 'Hint', 'Solution']);

/** Whether the element is one of a lesson's: what is in it was read with it. */
function visitElement(element: Element, read: ReadPage, problems: Problems): boolean {
  const { page } = read;
  if (!ELEMENTS.has(element.name ?? '')) return false;
  for (const node of walk(element)) {
    if (isFence(node, 'run') || isFence(node, 'output')) {
      problems.add(lineOf(node), `a block to run stands on the page itself, not in <${element.name}>`);
    }
  }
  const after = page.steps.length;
  switch (element.name) {
    case 'Check': {
      const check = readCheck(element, after, problems);
      page.checks.push(check);
      read.checks.push({ check, element });
      return true;
    }
    case 'Quiz':
    case 'Predict': {
      const question = readQuestion(element, page.questions.length + 1, after, problems);
      page.questions.push(question);
      read.questions.push({ question, element });
      return true;
    }
    case 'Manifest': {
      const manifest = readManifest(element, problems);
      page.manifests.push(manifest);
      read.manifests.push({ manifest, element });
      return true;
    }
    case 'Diagram':
      read.diagrams.push({ ...readDiagram(element, problems), element });
      return true;
    default:
      problems.add(lineOf(element), `<${element.name}> belongs into a <Check>`);
      return true;
  }
}

const FACTS = ['minutes', 'needs', 'after'];

function readFacts(value: unknown, line: number, problems: Problems): PageFacts {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.add(line, `\`lesson:\` has ${FACTS.join(', ')} under it`);
    return {};
  }
  const facts = value as Record<string, unknown>;
  for (const name of Object.keys(facts)) {
    if (!FACTS.includes(name)) problems.add(line, `unknown ${name} under \`lesson:\`; known are ${FACTS.join(', ')}`);
  }
  const { minutes, needs, after } = facts;
  const result: PageFacts = {};
  if (Number.isInteger(minutes) && (minutes as number) > 0) result.minutes = minutes as number;
  else if (minutes !== undefined) problems.add(line, `minutes is a whole number, not ${String(minutes)}`);
  const checkpoint = CHECKPOINTS.find((known) => known === needs);
  if (checkpoint !== undefined) result.needs = checkpoint;
  else if (needs !== undefined) {
    problems.add(line, `unknown checkpoint ${String(needs)}; known are ${CHECKPOINTS.join(', ')}`);
  }
  if (Array.isArray(after) && after.every((id) => typeof id === 'string')) result.after = after;
  else if (after !== undefined) problems.add(line, '`after:` is a list of lessons: [first-sidecar]');
  return result;
}
