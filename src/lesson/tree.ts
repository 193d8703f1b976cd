/** Small helpers over a page's syntax tree: its elements, their attributes, its words. */
import type { Code, Root, RootContent } from 'mdast';
import type { Problems } from './errors';

/** An element such as `<Check name="…">`; from mdast-util-mdx-jsx, in flow or within a paragraph. */
export interface Element {
  type: 'mdxJsxFlowElement' | 'mdxJsxTextElement';
  name: string | null;
  attributes: Attribute[];
  children: Node[];
  position?: { start: { line: number } };
}

export interface Attribute {
  type: 'mdxJsxAttribute' | 'mdxJsxExpressionAttribute';
  name?: string;
  /** A text; null where only the name stands; an object for an expression in braces. */
  value?: string | null | { type: string; value?: string };
}

export type Node = RootContent | Root | Element;

export const childrenOf = (node: Node): Node[] => ('children' in node ? (node.children as Node[]) : []);

export const lineOf = (node: Node): number => node.position?.start.line ?? 1;

export const isElement = (node: Node): node is Element =>
  node.type === ('mdxJsxFlowElement' as string) || node.type === ('mdxJsxTextElement' as string);

export const isNamed = (node: Node, name: string): node is Element => isElement(node) && node.name === name;

/** A fenced block whose words after the language begin with `word`. */
export const isFence = (node: Node, word: string): node is Code =>
  node.type === 'code' && new RegExp(`^${word}\\b`).test(node.meta ?? '');

/** The node and all under it, in the order of the page. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

/** The words of a node without marks; those of elements named in `without` are left out. */
export function wordsOf(node: Node, without: readonly string[] = []): string {
  if (isElement(node) && without.includes(node.name ?? '')) return '';
  if ('value' in node && typeof node.value === 'string' && node.type !== 'code') return node.value;
  const between = ['paragraph', 'list', 'listItem', 'root'].includes(node.type) ? '' : ' ';
  const parts = childrenOf(node).map((child) => wordsOf(child, without));
  return parts.join(isElement(node) ? between : '').replace(/\s+/g, ' ');
}

/**
 * The attributes of an element by name, all of them texts. What is unknown, missing, given twice or written as an
 * expression becomes a problem.
 */
export function attributesOf(
  element: Element,
  { required = [], optional = [] }: { required?: readonly string[]; optional?: readonly string[] },
  problems: Problems,
): Record<string, string> {
  const found: Record<string, string> = {};
  const line = lineOf(element);
  const known = [...required, ...optional];
  for (const { type, name = '', value } of element.attributes) {
    if (type === 'mdxJsxExpressionAttribute' || (typeof value === 'object' && value !== null)) {
      problems.add(line, `<${element.name}> takes texts in quotes, no {expressions}`);
    } else if (!known.includes(name)) {
      problems.add(line, `<${element.name}> has no attribute ${name}; known are ${known.join(', ') || 'none'}`);
    } else if (name in found) {
      problems.add(line, `<${element.name}> has ${name} twice`);
    } else if (typeof value !== 'string' || value.trim() === '') {
      problems.add(line, `<${element.name}> has an empty ${name}`);
      found[name] = '';
    } else {
      found[name] = value;
    }
  }
  for (const name of required) {
    if (!(name in found)) problems.add(line, `<${element.name}> needs ${name}="…"`);
  }
  return found;
}

/** Hands a value on to the component that the element becomes. */
export function setAttribute(element: Element, name: string, value: string): void {
  element.attributes = [
    ...element.attributes.filter((attribute) => attribute.name !== name),
    { type: 'mdxJsxAttribute', name, value },
  ];
}
