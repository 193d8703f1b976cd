/** The plugin on the tree of a real Markdown parser: what a page gets, and what an author is told. */

import { createProcessor } from '@mdx-js/mdx';
import type { Code, Root } from 'mdast';
import { VFile } from 'vfile';
import { describe, expect, it } from 'vitest';
import { remarkLesson } from './remark-lesson';
import { type Step, stepName } from './step';

async function stepsOf(source: string): Promise<{ steps: Step[]; blocks: number }> {
  const steps: Step[] = [];
  let blocks = 0;
  const collect = () => (tree: Root) => {
    const visit = (node: { type: string; children?: unknown[] }): void => {
      if (node.type === 'code') {
        blocks++;
        const step = (node as Code).data?.hProperties?.step;
        if (typeof step === 'string') steps.push(JSON.parse(step));
      }
      for (const child of node.children ?? []) visit(child as { type: string });
    };
    visit(tree);
  };
  const file = new VFile({ value: source, path: 'docs/install.mdx' });
  await createProcessor({ remarkPlugins: [remarkLesson, collect] }).process(file);
  return { steps, blocks };
}

const fence = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n`;

describe('remarkLesson', () => {
  it('numbers the run blocks of a page, also inside other blocks, and takes their outputs', async () => {
    const { steps, blocks } = await stepsOf(
      [
        fence('sh', 'general <form>'),
        fence('sh run', '# all of them\nkubectl get ns'),
        fence('text output', 'NAME\n...'),
        '- item\n\n  ```sh run terminal=2 background ready="Forwarding from"\n  kubectl port-forward svc/web 8080:80\n  ```\n',
        '<details>\n\n```sh run timeout=90s\nls\npwd\n```\n\n</details>\n',
      ].join('\n'),
    );
    expect(blocks).toBe(4);
    expect(steps).toEqual([
      {
        number: 1,
        source: '# all of them\nkubectl get ns',
        commands: ['kubectl get ns'],
        terminal: 1,
        background: false,
        timeout: 120_000,
        expected: 'NAME\n...',
      },
      {
        number: 2,
        source: 'kubectl port-forward svc/web 8080:80',
        commands: ['kubectl port-forward svc/web 8080:80'],
        terminal: 2,
        background: true,
        ready: 'Forwarding from',
        timeout: 120_000,
      },
      { number: 3, source: 'ls\npwd', commands: ['ls', 'pwd'], terminal: 1, background: false, timeout: 90_000 },
    ]);
  });

  it.each([
    ['an unknown option', `# T\n\n${fence('sh run colour=red', 'ls')}`, 'docs/install.mdx:3: unknown option colour'],
    ['an option twice', fence('sh run terminal=1 terminal=2', 'ls'), ':1: option terminal is given twice'],
    [
      'a tab that cannot be',
      fence('sh run terminal=x', 'ls'),
      ':1: option terminal takes a number from 1 to 16, not x',
    ],
    ['ready without background', fence('sh run ready="x"', 'ls'), ':1: option ready needs background'],
    ['a quote that does not end', fence('sh run ready="x', 'ls'), ':1: cannot read the options'],
    ['an empty block', fence('sh run', '# nothing'), ':1: this run block has no command'],
    ['an empty output', fence('sh run', 'ls') + fence('text output', ''), ':4: this output block is empty'],
    ['an output alone', `words\n\n${fence('text output', 'x')}`, ':3: an output block stands directly under'],
    [
      'an output in another language',
      fence('sh run', 'ls') + fence('json output', '{}'),
      ':4: an output block is marked',
    ],
    ['another language', fence('bash run', 'ls'), ':1: a block to run is marked `sh run`, not `bash run`'],
    ['an unfinished command', fence('sh run', "ls\necho 'x"), ":3: this command is not finished: a ' is open"],
    ['a prompt', fence('sh run', '$ ls'), ':1: write the command without the prompt'],
    ['a placeholder', fence('sh run', 'kubectl get pods -n <namespace>'), ':1: <namespace> is a placeholder'],
  ])('%s is an error with file and line', async (_name, source, message) => {
    await expect(stepsOf(source)).rejects.toThrow(message);
  });
});

describe('stepName', () => {
  it.each([
    ['/install/', '/', '/install/#1'],
    ['/install', '/', '/install/#1'],
    ['/pt-BR/install/', '/pt-BR/', '/install/#1'],
    ['/pt-BR/reference/commands/index.html', '/pt-BR/', '/reference/commands/#1'],
    ['/', '/', '/#1'],
    ['/pt-BR/', '/pt-BR/', '/#1'],
  ])('%s on %s is %s', (pathname, baseUrl, name) => {
    expect(stepName(pathname, baseUrl, 1)).toBe(name);
  });
});
