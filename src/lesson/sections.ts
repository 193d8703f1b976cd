/** Which steps, checks and questions stand under which heading: the table of contents shows their state. */
import type { Root } from 'mdast';
import type { ReadPage } from './read-page';
import type { Section } from './step';
import { type Node, walk } from './tree';

/** Headings that the table of contents lists; set in docusaurus.config.ts, too. */
const LISTED = [2, 3];

export function sectionsOf(tree: Root, { steps, checks, questions }: ReadPage): Section[] {
  const parts = new Map<Node, (section: Section) => void>([
    ...steps.map(({ step, block }) => [block, (s: Section) => s.steps.push(step.number)] as const),
    ...checks.map(({ check, element }) => [element as Node, (s: Section) => s.checks.push(check.name)] as const),
    ...questions.map(
      ({ question, element }) => [element as Node, (s: Section) => s.questions.push(question.number)] as const,
    ),
  ]);
  const sections: Section[] = [empty('')];
  for (const node of walk(tree)) {
    if (node.type === 'heading' && LISTED.includes(node.depth)) sections.push(empty(anchorOf(node)));
    parts.get(node)?.(sections.at(-1)!);
  }
  return sections.filter((s) => s.steps.length + s.checks.length + s.questions.length > 0);
}

const empty = (heading: string): Section => ({ heading, steps: [], checks: [], questions: [] });

/** Docusaurus has named the headings by the time that its plugins run. */
function anchorOf(heading: Node): string {
  const data =
    'data' in heading ? (heading.data as { id?: string; hProperties?: { id?: string } } | undefined) : undefined;
  return data?.hProperties?.id ?? data?.id ?? '';
}
