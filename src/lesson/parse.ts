/** Parses a page as Docusaurus does, without building the site: its front matter, and its tree with the true lines. */
import type { Root } from 'mdast';
import remarkDirective from 'remark-directive';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { parse as parseYaml } from 'yaml';
import type { Problems } from './errors';

export interface Parsed {
  tree: Root;
  frontMatter: Record<string, unknown>;
  /** Of `lesson:`, from 1; 1 where there is none. */
  factsLine: number;
}

const processor = unified().use(remarkParse).use(remarkMdx).use(remarkGfm).use(remarkDirective).freeze();

/** Undefined where the text is no MDX: why is in `problems`. */
export function parsePage(text: string, problems: Problems): Parsed | undefined {
  const front = /^---\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m.exec(text);
  const head = front?.index === 0 ? front[0] : '';
  const frontMatter = problems.attempt(1, () => {
    const value: unknown = head === '' ? {} : parseYaml(front![1]!);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  });
  if (frontMatter === undefined) return undefined;
  try {
    // Blank lines in the place of the front matter: every line keeps its number.
    const tree = processor.parse(head.replace(/[^\n]/g, '') + text.slice(head.length));
    return { tree, frontMatter, factsLine: factsLineOf(text) };
  } catch (error) {
    const { reason = (error as Error).message, line } = error as { reason?: string; line?: number };
    // A tag that is never closed has its place in the words alone: `(38:1-38:32)`.
    problems.add(line ?? Number(/\((\d+):\d+-/.exec(reason)?.[1] ?? 1), reason);
    return undefined;
  }
}

/** The line of `lesson:` in a page's text, from 1; 1 where there is none. */
export function factsLineOf(text: string): number {
  const index = text.split('\n').findIndex((line) => /^lesson:/.test(line));
  return index < 0 ? 1 : index + 1;
}
