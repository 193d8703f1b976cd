/** `malha test` on a project of one small page, which is broken in one place after the other. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prepareLessons } from '../../bin/prepare/lessons.mjs';
import { toolCache } from '../../tests/kubectl.ts';
import { startCluster } from '../embedded/cluster.ts';
import { bundle, projectRoot } from '../lessons/testing.ts';
import { runTest } from './test.ts';

const PAGE = (words: { title: string; says: string }) => `---
title: ${words.title}
sidebar_position: 1
description: ${words.title}.
lesson:
  minutes: 1
  needs: empty
---

## One {/* #one */}

\`\`\`sh run
kubectl create namespace shop
\`\`\`

\`\`\`text output
namespace/shop created
\`\`\`

<Check name="shop-is-there">

${words.says}

</Check>

\`\`\`sh run expect-exit=1
kubectl get namespace no-such-shop
\`\`\`

\`\`\`sh run
kubectl delete namespace shop
\`\`\`
`;
const CHECKS = `import { type Check, fail, pass } from '../../../server/lessons/lab.ts';

export const shopIsThere: Check = async (lab) =>
  (await lab.get('Namespace', 'shop'))
    ? pass({ en: 'There it is.', 'pt-BR': 'Está lá.' })
    : fail({ expected: { en: 'A shop.', 'pt-BR': 'Uma loja.' }, saw: { en: 'None.', 'pt-BR': 'Nenhuma.' } });
`;

const ENGLISH = 'docs/tutorials/tiny/index.mdx';
const PORTUGUESE = 'i18n/pt-BR/docusaurus-plugin-content-docs/current/tutorials/tiny/index.mdx';
const CHECKS_FILE = 'docs/tutorials/tiny/checks.ts';

let root: string;
let worker: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  worker = await bundle('server/lessons/worker.ts');
  root = mkdtempSync(path.join(tmpdir(), 'malha-author-'));
  for (const name of ['server', 'src', 'node_modules'])
    symlinkSync(path.join(projectRoot, name), path.join(root, name));
  cpSync(path.join(projectRoot, 'package.json'), path.join(root, 'package.json'));
});
afterAll(() => {
  worker.remove();
  rmSync(root, { recursive: true, force: true });
});

const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
};
const change = (name: string, from: string | RegExp, to: string) => {
  const before = readFileSync(path.join(root, name), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  write(name, after);
};
beforeEach(() => {
  rmSync(path.join(root, 'static'), { recursive: true, force: true });
  write(ENGLISH, PAGE({ title: 'Tiny', says: 'There is a namespace.' }));
  write(PORTUGUESE, PAGE({ title: 'Pequena', says: 'Existe um namespace.' }));
  write(CHECKS_FILE, CHECKS);
});

async function test(more: { record?: boolean; json?: boolean; what?: string } = {}) {
  await prepareLessons(root);
  const printed: string[] = [];
  const code = await runTest({
    backend: 'embedded',
    record: false,
    json: false,
    env: { PATH: process.env.PATH, HOME: root, MALHA_CACHE: toolCache },
    version: '0.0.0',
    root,
    lessonsFolder: path.join(root, 'dist', 'lessons'),
    lessonsWorker: worker.url,
    ownIstioctl: ['/bin/false'],
    workspaceFiles: () => [],
    launch: startCluster,
    print: (line) => printed.push(line),
    ended: new Promise(() => {}),
    ...more,
  });
  return { code, text: printed.join('\n') };
}

/** Each run has a cluster and a shell of its own; some tests have two or three. */
const LIMIT = 120_000;

const lineOf = (name: string, text: string) =>
  readFileSync(path.join(root, name), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

describe('malha test', { timeout: LIMIT }, () => {
  it('passes a page that holds, and says so in a table', async () => {
    const { code, text } = await test();
    expect(text).toMatch(/^page +steps +checks +seconds/m);
    expect(text).toMatch(/^\/tutorials\/tiny\/ +3\/3 +1\/1 +\d.*✔$/m);
    expect(code).toBe(0);
  });

  it('tells the same as JSON', async () => {
    const { code, text } = await test({ json: true, what: ENGLISH });
    expect(JSON.parse(text)).toMatchObject({
      passed: true,
      pages: [{ page: '/tutorials/tiny/', steps: { passed: 3, all: 3 }, checks: { proved: 1, all: 1 }, failures: [] }],
    });
    expect(code).toBe(0);
  });

  it('knows no other page, and says which there are', async () => {
    await expect(test({ what: 'docs/nothing' })).rejects.toThrow(/no page with steps.*\/tutorials\/tiny\//);
  });

  it('fails for a broken block, with file, line, command and what was seen', async () => {
    for (const file of [ENGLISH, PORTUGUESE]) change(file, 'delete namespace shop', 'delete namespaces/chop');
    const { code, text } = await test();
    const line = lineOf(ENGLISH, 'chop') - 1;
    expect(text).toContain('✖ /tutorials/tiny/: ended with exit code 1');
    expect(text).toContain(`  ${ENGLISH}:${line}\n  ${PORTUGUESE}:${line}\n`);
    expect(text).toContain('command:\n    kubectl delete namespaces/chop');
    expect(text).toContain('namespaces "chop" not found');
    expect(text).toMatch(/^\/tutorials\/tiny\/ +2\/3/m);
    expect(code).toBe(1);
  });

  it('fails for a broken output, with what was expected and what was seen', async () => {
    for (const file of [ENGLISH, PORTUGUESE]) change(file, 'namespace/shop created', 'namespace/shop configured');
    const { code, text } = await test();
    expect(text).toContain(`${ENGLISH}:${lineOf(ENGLISH, 'configured') - 1}\n`);
    expect(text).toContain('expected:\n    namespace/shop configured');
    expect(text).toContain('    - namespace/shop configured\n    + namespace/shop created');
    expect(code).toBe(1);
  });

  it('fails for a step that takes longer than it may, and stops it', async () => {
    for (const file of [ENGLISH, PORTUGUESE])
      change(file, '```sh run\nkubectl delete', '```sh run timeout=1s\necho begun; sleep 1000; kubectl delete');
    const { code, text } = await test();
    expect(text).toContain('✖ /tutorials/tiny/: did not end within 1 s');
    expect(text).toContain(`${ENGLISH}:${lineOf(ENGLISH, 'timeout=1s')}\n`);
    expect(text).toMatch(/seen:[\s\S]*begun[\s\S]*\^C/);
    expect(code).toBe(1);
  });

  it('fails for a check that holds before its step, and for one that never does', async () => {
    change(CHECKS_FILE, "'shop'", "'default'");
    const early = await test();
    const place = `${ENGLISH}:${lineOf(ENGLISH, '<Check')}\n`;
    expect(early.text).toContain('the check shop-is-there passes before its step, so it proves nothing');
    expect(early.text).toContain(place);
    expect(early.code).toBe(1);
    change(CHECKS_FILE, "'default'", "'chop'");
    const never = await test();
    expect(never.text).toContain('the check shop-is-there fails after its step');
    expect(never.text).toContain(place);
    expect(never.text).toContain('expected:\n    A shop.\n  seen:\n    None.');
    expect(never.code).toBe(1);
  });

  it('fails for a check that throws, with its reason', async () => {
    change(
      CHECKS_FILE,
      /async \(lab\) =>\n/,
      "async (lab) => lab.files.read('../secret') as never;\nexport const rest = async (lab: never) =>\n",
    );
    await expect(test()).rejects.toThrow(/exports rest, which no <Check>/);
    change(CHECKS_FILE, 'export const rest', 'const rest');
    const { code, text } = await test();
    expect(text).toContain('has no verdict before its step');
    expect(text).toContain('../secret is not in the workspace');
    expect(code).toBe(1);
  });

  it('is not reached by a page with a check that is none, or a translation whose steps differ', async () => {
    change(CHECKS_FILE, 'shopIsThere', 'shopIsGone');
    await expect(test()).rejects.toThrow(`${ENGLISH}:${lineOf(ENGLISH, '<Check')}: unknown check shop-is-there`);
    write(CHECKS_FILE, CHECKS);
    change(PORTUGUESE, 'create namespace shop', 'create namespace loja');
    await expect(test()).rejects.toThrow(`${PORTUGUESE}:${lineOf(PORTUGUESE, 'loja') - 1}: `);
  });

  it('lists what a page leaves in the cluster', async () => {
    for (const file of [ENGLISH, PORTUGUESE])
      change(file, 'kubectl delete namespace shop', 'kubectl get namespace shop');
    const { code, text } = await test();
    expect(text).toContain('/tutorials/tiny/ leaves the cluster otherwise than it found it:\n  + Namespace shop');
    expect(code).toBe(0);
  });
});

describe('malha test --record', { timeout: LIMIT }, () => {
  it('keeps what each block printed, which a later run holds against the page', async () => {
    expect((await test({ record: true })).code).toBe(0);
    const index = JSON.parse(readFileSync(path.join(root, 'static/recordings/index.json'), 'utf8'));
    const day = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);
    const how = {
      at: day,
      backend: 'embedded cluster (simulated)',
      versions: { kubernetes: expect.any(String), istio: expect.any(String), malha: '0.0.0' },
    };
    expect(index.tested).toEqual({ '/tutorials/tiny/': how });
    expect(Object.keys(index.recordings)).toEqual([1, 2, 3].map((number) => `/tutorials/tiny/#${number}`));
    expect(index.recordings['/tutorials/tiny/#1']).toEqual({
      cast: '/recordings/tutorials/tiny/1.cast',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      ...how,
    });

    const [header, ...events] = readFileSync(path.join(root, 'static/recordings/tutorials/tiny/1.cast'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ version: 3, term: { cols: 120, type: 'xterm-256color' } });
    const shown = events.map(([, , data]: [number, string, string]) => data).join('');
    expect(shown).toMatch(/^\$ kubectl create namespace shop\r\n[\s\S]*namespace\/shop created\r\n[\s\S]*\$ $/);
    expect(shown).not.toContain('633;');
    expect(shown).not.toContain(tmpdir());

    expect((await test()).code).toBe(0);
    // Alike, and yet not what was recorded.
    for (const file of [ENGLISH, PORTUGUESE]) change(file, 'namespace/shop created', '...');
    const { code, text } = await test();
    expect(text).toContain('the recording is of another block than the page has now');
    expect(text).toContain(`${ENGLISH}:${lineOf(ENGLISH, 'create namespace') - 1}\n`);
    expect(code).toBe(1);
  });

  it('fails where its list is broken', async () => {
    write('static/recordings/index.json', '{"version":1');
    await expect(test()).rejects.toThrow(/record again/);
    expect((await test({ record: true })).code).toBe(0);
  });

  it('keeps nothing of a page that fails', async () => {
    for (const file of [ENGLISH, PORTUGUESE]) change(file, 'delete namespace shop', 'delete namespace chop');
    expect((await test({ record: true })).code).toBe(1);
    const index = JSON.parse(readFileSync(path.join(root, 'static/recordings/index.json'), 'utf8'));
    expect(index).toEqual({ version: 1, recordings: {}, tested: {} });
  });
});
