/** The plugin on a lesson's page: what each of its elements hands to the component that shows it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProcessor } from '@mdx-js/mdx';
import type { Root } from 'mdast';
import remarkGfm from 'remark-gfm';
import { VFile } from 'vfile';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blockDigest } from '../../server/lessons/digest';
import { remarkLesson } from './remark-lesson';
import { type Element, isElement, type Node, walk, wordsOf } from './tree';

let cwd: string;
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true });
  writeFileSync(path.join(cwd, file), text);
};

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'malha-remark-'));
  write('docs/tutorials/first/a.yaml', 'kind: A\n');
  write('docs/tutorials/first/b.yaml', 'kind: B\n');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** The page's tree as the plugin leaves it. `file`: from the project. */
async function treeOf(source: string, file = 'docs/tutorials/first/index.mdx'): Promise<Root> {
  let tree: Root | undefined;
  const keep = () => (root: Root) => {
    tree = structuredClone(root);
  };
  const page = new VFile({ value: source, path: path.join(cwd, file), cwd });
  await createProcessor({ remarkPlugins: [remarkGfm, remarkLesson, keep] }).process(page);
  return tree!;
}

const named = (tree: Root, name: string): Element[] =>
  [...walk(tree)].filter((node): node is Element => isElement(node) && node.name === name);
const given = (element: Element | undefined) =>
  Object.fromEntries((element?.attributes ?? []).map(({ name, value }) => [name, value]));
const text = (nodes: readonly Node[]) =>
  nodes
    .map((node) => wordsOf(node))
    .join(' ')
    .trim();

const STEP = '```sh run\nls\n```\n\n';

it('gives a page with something to do its bar and its end, and leaves others alone', async () => {
  const tree = await treeOf(`## One {/* #one */}\n\n${STEP}## Two\n\n<Quiz question="?">\n- [x] a\n- [ ] b\n</Quiz>\n`);
  expect(tree.children[0]).toMatchObject({ name: 'LessonBar' });
  expect(tree.children.at(-1)).toMatchObject({ name: 'LessonEnd' });
  expect(JSON.parse(given(named(tree, 'LessonBar')[0]).lesson as string)).toMatchObject({
    page: '/tutorials/first/',
    sections: [
      { steps: [1], checks: [], questions: [] },
      { steps: [], checks: [], questions: [1] },
    ],
    steps: [{ number: 1, commands: ['ls'] }],
  });
  expect(named(await treeOf('Only words.\n'), 'LessonBar')).toEqual([]);
});

it('tells a check its place, its hint and its solution', async () => {
  const tree = await treeOf(
    `${STEP}<Check name="x">\n\nSays.\n\n<Hint>h</Hint>\n\n<Solution>\n\n\`\`\`sh solution\npwd\n\`\`\`\n\n</Solution>\n\n</Check>\n`,
  );
  expect(JSON.parse(given(named(tree, 'Check')[0]).data as string)).toMatchObject({
    name: 'x',
    after: 1,
    hint: true,
    solution: ['pwd'],
  });
});

it('makes elements of a question’s answers and of what explains them', async () => {
  const tree = await treeOf('<Quiz question="?">\n- [x] one `a`\n- [ ] two\n- [x] three\n\nBecause.\n\n</Quiz>\n');
  expect(named(tree, 'Answer').map((answer) => [given(answer), text(answer.children)])).toEqual([
    [{ number: '0', right: 'yes' }, 'one  a'],
    [{ number: '1' }, 'two'],
    [{ number: '2', right: 'yes' }, 'three'],
  ]);
  expect(text(named(tree, 'Explanation')[0]!.children)).toBe('Because.');
  expect(JSON.parse(given(named(tree, 'Quiz')[0]).data as string)).toEqual({ number: 1, after: 0, several: true });
});

it('gives a manifest its text, and that of the one before, also in a translation', async () => {
  const tree = await treeOf(
    '<Manifest file="a.yaml" />\n\n<Manifest file="b.yaml" />\n',
    'i18n/pt-BR/docusaurus-plugin-content-docs/current/tutorials/first/index.mdx',
  );
  expect(named(tree, 'Manifest').map(given)).toEqual([
    { file: 'a.yaml', content: 'kind: A\n', folder: 'first' },
    { file: 'b.yaml', content: 'kind: B\n', folder: 'first', against: 'a.yaml', base: 'kind: A\n' },
  ]);
});

it('puts a drawing’s words under it', async () => {
  const tree = await treeOf(
    '<Diagram>\n\n```mermaid\nflowchart LR\n  accTitle: T\n  accDescr: From a to b.\n  a --> b\n```\n\nMore.\n\n</Diagram>\n',
  );
  const [diagram] = named(tree, 'Diagram');
  expect(given(diagram)).toEqual({ title: 'T' });
  expect(diagram!.children.map(({ type }) => type)).toEqual(['code', 'mdxJsxFlowElement']);
  expect(given(named(tree, 'DiagramWords')[0])).toEqual({ words: 'From a to b.' });
});

it('hands a recording to the block that it is of, and not to one that has changed since', async () => {
  const recorded = { cast: '/recordings/x/1.cast', at: '2026-01-02', backend: 'kind', versions: { kubernetes: '1' } };
  const recordings = {
    '/tutorials/first/#1': { ...recorded, digest: blockDigest({ commands: ['ls'] }) },
    '/tutorials/first/#2': { ...recorded, digest: blockDigest({ commands: ['ls -l'] }) },
  };
  write('static/recordings/index.json', JSON.stringify({ version: 1, recordings, tested: {} }));
  const tree = await treeOf(STEP + STEP);
  const steps = [...walk(tree)].flatMap((node) => {
    const step = node.type === 'code' ? node.data?.hProperties?.step : undefined;
    return typeof step === 'string' ? [JSON.parse(step)] : [];
  });
  expect(steps.map(({ recording }) => recording)).toEqual([recorded, undefined]);
});

it('refuses an index of recordings that does not fit', async () => {
  write('static/recordings/index.json', '{}');
  await expect(treeOf(STEP)).rejects.toThrow('static/recordings/index.json:1: ');
});
