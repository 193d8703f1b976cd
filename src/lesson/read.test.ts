/** The reader on a whole small project, and on the guide itself: what it makes of a lesson, and what an author is told. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLessons } from './read';

const EN = 'docs/tutorials/first/index.mdx';
const PT = 'i18n/pt-BR/docusaurus-plugin-content-docs/current/tutorials/first/index.mdx';
const CHECKS = 'docs/tutorials/first/checks.ts';

const page = (
  words: { title: string; says: string; hint: string; asks: string; yes: string; no: string },
  facts = '',
) =>
  `---
title: ${words.title}
${facts}---

<Manifest file="10-bank.yaml" />

<Manifest file="20-label.yaml" />

\`\`\`sh run
# ${words.says}
kubectl get pods
\`\`\`

\`\`\`text output
NAME   READY
...
\`\`\`

<Check name="pods-ready">

${words.says}

<Hint>${words.hint}</Hint>

<Solution>

\`\`\`sh solution
kubectl wait pods --all --for=condition=Ready
\`\`\`

</Solution>

</Check>

<Predict question="${words.asks}">

- [x] ${words.yes}
- [ ] ${words.no}

${words.hint}

</Predict>

\`\`\`sh run terminal=2 expect-exit=1 timeout=90s
kubectl get nothing
\`\`\`

\`\`\`text output contains
error
\`\`\`
`;

const FACTS = 'lesson:\n  minutes: 6\n  needs: bank\n';
const ENGLISH = {
  title: 'First',
  says: 'All pods are ready.',
  hint: 'Look',
  asks: 'What then?',
  yes: 'This',
  no: 'That',
};
const PORTUGUESE = {
  title: 'Primeira',
  says: 'Os pods estão prontos.',
  hint: 'Olhe',
  asks: 'E aí?',
  yes: 'Isto',
  no: 'Isso',
};

let root: string;
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};
/** Replaces `from` in a file of the project; the text must be there. */
const edit = (file: string, from: string, to: string) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  write(file, text.replace(from, to));
};

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'malha-read-'));
  write(EN, page(ENGLISH, FACTS));
  write(PT, page(PORTUGUESE));
  write(CHECKS, 'export const podsReady = async () => ({ passed: true });\n');
  write('docs/tutorials/first/10-bank.yaml', 'kind: Namespace\n');
  write('docs/tutorials/first/20-label.yaml', 'kind: Namespace\nmetadata: {}\n');
  write('docs/words.mdx', '---\ntitle: Words\n---\n\nNothing to do here.\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('readLessons', () => {
  it('makes one description of a page, its translation, its checks and its files', async () => {
    const { lessons } = await readLessons(root);
    expect(lessons).toEqual([
      {
        id: 'first',
        page: '/tutorials/first/',
        isTutorial: true,
        checksFile: CHECKS,
        sources: { en: EN, 'pt-BR': PT },
        title: { en: 'First', 'pt-BR': 'Primeira' },
        minutes: 6,
        needs: 'bank',
        after: [],
        steps: [
          {
            number: 1,
            lines: { en: 12, 'pt-BR': 9 },
            commands: ['kubectl get pods'],
            terminal: 1,
            background: false,
            expectExit: 0,
            timeout: 120_000,
            output: { text: 'NAME   READY\n...', match: 'like', lines: { en: 17, 'pt-BR': 14 } },
          },
          {
            number: 2,
            lines: { en: 47, 'pt-BR': 44 },
            commands: ['kubectl get nothing'],
            terminal: 2,
            background: false,
            expectExit: 1,
            timeout: 90_000,
            output: { text: 'error', match: 'contains', lines: { en: 51, 'pt-BR': 48 } },
          },
        ],
        checks: [
          {
            name: 'pods-ready',
            after: 1,
            lines: { en: 22, 'pt-BR': 19 },
            says: { en: 'All pods are ready.', 'pt-BR': 'Os pods estão prontos.' },
            hint: true,
            solution: ['kubectl wait pods --all --for=condition=Ready'],
          },
        ],
        questions: [
          {
            number: 1,
            kind: 'predict',
            after: 1,
            lines: { en: 38, 'pt-BR': 35 },
            asks: { en: 'What then?', 'pt-BR': 'E aí?' },
            answers: [
              { text: { en: 'This', 'pt-BR': 'Isto' }, right: true },
              { text: { en: 'That', 'pt-BR': 'Isso' }, right: false },
            ],
          },
        ],
        manifests: [
          { file: '10-bank.yaml', content: 'kind: Namespace\n', lines: { en: 8, 'pt-BR': 5 } },
          {
            file: '20-label.yaml',
            content: 'kind: Namespace\nmetadata: {}\n',
            against: '10-bank.yaml',
            lines: { en: 10, 'pt-BR': 7 },
          },
        ],
      },
    ]);
  });

  it.each<[string, () => void, string]>([
    ['an unknown option', () => edit(EN, 'terminal=2', 'colour=2'), `${EN}:47: unknown option colour`],
    ['a time without a unit', () => edit(EN, 'timeout=90s', 'timeout=90'), `${EN}:47: option timeout takes a time`],
    ['an impossible exit code', () => edit(EN, 'exit=1', 'exit=256'), `${EN}:47: option expect-exit takes a number`],
    [
      'an unknown way to compare',
      () => edit(EN, 'output contains', 'output alike'),
      `${EN}:51: unknown option behind output`,
    ],
    [
      'a pattern that is none',
      () => edit(EN, 'output contains\nerror', 'output regex\n(error'),
      `${EN}:51: Invalid regular`,
    ],
    [
      'an unknown attribute',
      () => edit(EN, 'pods-ready">', 'pods-ready" when="now">'),
      `${EN}:22: <Check> has no attribute when`,
    ],
    ['a missing attribute', () => edit(EN, '<Check name="pods-ready">', '<Check>'), `${EN}:22: <Check> needs name="…"`],
    ['an expression', () => edit(EN, 'name="pods-ready"', 'name={1 + 1}'), `${EN}:22: <Check> takes texts in quotes`],
    ['a name that cannot be', () => edit(EN, 'pods-ready', 'PodsReady'), `${EN}:22: a check's name is lower case`],
    [
      'an unknown check',
      () => edit(EN, 'pods-ready', 'pods-gone'),
      `${EN}:22: unknown check pods-gone: ${CHECKS} does not export podsGone`,
    ],
    [
      'a check that no page names',
      () => write(CHECKS, 'export const podsReady = 1, more = 2;\n'),
      `${CHECKS}:1: exports more, which no <Check> of ${EN} names`,
    ],
    [
      'checks that are no TypeScript',
      () => write(CHECKS, 'export const a = 1;\nexport const = 2;\n'),
      `${CHECKS}:2: Expected identifier`,
    ],
    ['no checks.ts', () => rmSync(path.join(root, CHECKS)), `${EN}:22: there is no checks.ts beside this page`],
    [
      'a check that says nothing',
      () => edit(EN, '\nAll pods are ready.\n\n<Hint>', '\n<Hint>'),
      `${EN}:22: the check pods-ready does not say what it looks at`,
    ],
    [
      'two checks of one name',
      () => edit(EN, '<Predict', '<Check name="pods-ready">\n\nTwice.\n\n</Check>\n\n<Predict'),
      `${EN}:38: a check pods-ready stands in line 22 already`,
    ],
    [
      'a check before any step',
      () => edit(EN, '<Manifest file="10', '<Check name="x">\n\nx\n\n</Check>\n\n<Manifest file="10'),
      `${EN}:8: a check stands after the step`,
    ],
    [
      'a block to run in a check',
      () => edit(EN, 'sh solution', 'sh run'),
      `${EN}:30: a block to run stands on the page itself, not in <Check>`,
    ],
    [
      'a solution without a check',
      () => edit(EN, '<Predict', '```sh solution\nls\n```\n\n<Predict'),
      `${EN}:38: \`sh solution\` belongs into`,
    ],
    [
      'a hint without a check',
      () => edit(EN, '<Predict', '<Hint>\n\nx\n\n</Hint>\n\n<Predict'),
      `${EN}:38: <Hint> belongs into a <Check>`,
    ],
    [
      'a missing manifest',
      () => edit(EN, '20-label.yaml', '30-gone.yaml'),
      `${EN}:10: there is no file docs/tutorials/first/30-gone.yaml`,
    ],
    [
      'a manifest elsewhere',
      () => edit(EN, '20-label.yaml', '../x.yaml'),
      `${EN}:10: ../x.yaml is not in the lesson's folder`,
    ],
    ['a question without a right answer', () => edit(EN, '- [x]', '- [ ]'), `${EN}:38: <Predict> has no right answer`],
    ['an answer without its box', () => edit(EN, '- [ ] That', '- That'), `${EN}:41: each answer begins with [x]`],
    ['one answer', () => edit(EN, '- [ ] That\n', ''), `${EN}:38: <Predict> has its answers as a list`],
    [
      'a drawing without words',
      () => edit(EN, '<Predict', '<Diagram>\n\n```mermaid\nflowchart LR\n  a --> b\n```\n\n</Diagram>\n\n<Predict'),
      `${EN}:38: the drawing in <Diagram> needs`,
    ],
    [
      'an unknown checkpoint',
      () => edit(EN, 'needs: bank', 'needs: castle'),
      `${EN}:3: unknown checkpoint castle; known are empty, istio-demo, bank`,
    ],
    [
      'an unknown lesson before',
      () => edit(EN, 'needs: bank', 'after: [zeroth]'),
      `${EN}:3: unknown lesson zeroth under`,
    ],
    ['an unknown fact', () => edit(EN, 'minutes: 6', 'hours: 6'), `${EN}:3: unknown hours under \`lesson:\``],
    [
      'minutes that are no number',
      () => edit(EN, 'minutes: 6', 'minutes: six'),
      `${EN}:3: minutes is a whole number, not six`,
    ],
    [
      'a page elsewhere',
      () => edit(EN, 'title: First', 'title: First\nslug: /else'),
      `${EN}:1: a page with steps stands where its file stands`,
    ],
    ['no translation', () => rmSync(path.join(root, PT)), `${EN}:1: this page has no translation: ${PT}`],
    [
      'a translated command',
      () => edit(PT, 'kubectl get pods', 'kubectl get nos'),
      `${PT}:9: step 1 differs from the original (${EN}:12) in its commands: \`kubectl get nos\` here, \`kubectl get pods\` there`,
    ],
    ['a command less', () => edit(PT, 'kubectl get pods', 'ls\nkubectl get pods'), `${PT}:9: step 1 differs`],
    [
      'a translated option',
      () => edit(PT, 'timeout=90s', 'timeout=80s'),
      `${PT}:44: step 2 differs from the original (${EN}:47) in its timeout`,
    ],
    [
      'a translated output',
      () => edit(PT, 'NAME   READY', 'NOME   PRONTO'),
      `${PT}:9: step 1 differs from the original (${EN}:12) in its output`,
    ],
    [
      'another way to compare',
      () => edit(PT, 'output contains', 'output'),
      `${PT}:44: step 2 differs from the original (${EN}:47) in its way to compare`,
    ],
    [
      'a step less',
      () => edit(PT, 'sh run terminal=2 expect-exit=1 timeout=90s', 'sh'),
      `${PT}:48: an output block stands directly under`,
    ],
    [
      'a step more',
      () => write(PT, `${page(PORTUGUESE)}\n\`\`\`sh run\nls\n\`\`\`\n`),
      `${PT}:52: step 3 is not in the original (${EN})`,
    ],
    [
      'a check less',
      () => edit(PT, /<Check[\s\S]*<\/Check>\n/.exec(page(PORTUGUESE))![0], ''),
      `${PT}:1: after this, check 1 of the original (${EN}:22) is missing`,
    ],
    [
      'another solution',
      () => edit(PT, 'kubectl wait pods', 'kubectl wait pod'),
      `${PT}:19: check 1 differs from the original (${EN}:22) in its solution`,
    ],
    [
      'another answer marked right',
      () => edit(PT, '- [ ] Isso', '- [x] Isso'),
      `${PT}:35: question 1 differs from the original (${EN}:38) in its answers marked [x]`,
    ],
    [
      'another fact',
      () => edit(PT, 'title: Primeira', 'title: Primeira\nlesson:\n  minutes: 7'),
      `${PT}:3: minutes differs from the original's (${EN}:3)`,
    ],
    ['a page that is no MDX', () => edit(EN, '</Predict>', ''), `${EN}:38: Expected a closing tag for \`<Predict>\``],
  ])('%s is an error with file and line', async (_name, spoil, message) => {
    spoil();
    await expect(readLessons(root)).rejects.toThrow(message);
  });

  it('names all mistakes at once', async () => {
    edit(EN, 'terminal=2', 'terminal=99');
    edit(EN, 'needs: bank', 'needs: castle');
    const error: unknown = await readLessons(root).catch((thrown) => thrown);
    expect((error as Error).message.split('\n')).toHaveLength(2);
  });

  it('reads the guide', async () => {
    const { lessons } = await readLessons(path.resolve(import.meta.dirname, '../..'));
    expect(lessons.map(({ id }) => id)).toContain('first-sidecar');
  });
});
