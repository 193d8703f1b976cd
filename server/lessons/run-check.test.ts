import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from './run-check.ts';
import { bundle, type TestCluster, testCluster } from './testing.ts';
import { LateError, LessonThread } from './thread.ts';

let lab: TestCluster;
let folder: string;
let worker: Awaited<ReturnType<typeof bundle>>;
let count = 0;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'malha-checks-'));
  [lab, worker] = await Promise.all([testCluster(), bundle('server/lessons/worker.ts')]);
});
afterAll(async () => {
  worker.remove();
  await lab.end();
  rmSync(folder, { recursive: true, force: true });
});

const words = (en: string) => ({ en, 'pt-BR': `pt: ${en}` });
const task = (body: string, more: { kubeconfig?: string; timeout?: number } = {}) => {
  const module = path.join(folder, `${count++}.mjs`);
  writeFileSync(module, `export const check = ${body};`);
  const { kubeconfig, workspace } = lab;
  return { kubeconfig, workspace, module, export: 'check', timeout: 10_000, ...more };
};
const run = (...args: Parameters<typeof task>) => runCheck(task(...args));

describe('a check', () => {
  it('says what it saw, in both languages', async () => {
    const passed = `async (lab) => ({ passed: true, saw: { en: (await lab.get('Node', 'malha-control-plane')).kind, 'pt-BR': 'nó' } })`;
    expect(await run(passed)).toEqual({ phase: 'passed', saw: { en: 'Node', 'pt-BR': 'nó' } });
    const failed = `async () => (${JSON.stringify({ passed: false, expected: words('more'), saw: words('less') })})`;
    expect(await run(failed)).toEqual({ phase: 'failed', expected: words('more'), saw: words('less') });
  });

  it('that throws has failed, with its reason', async () => {
    const verdict = await run(`async () => { throw new TypeError('no such field'); }`);
    expect(verdict).toMatchObject({ phase: 'failed', error: { kind: 'broken' } });
    expect(verdict.error?.text.en).toContain('no such field');
    expect(verdict.error?.text['pt-BR']).toMatch(/^Não foi possível.*no such field/);
  });

  it.each([
    ['nothing', 'async () => undefined'],
    ['a word', `async () => 'passed'`],
    ['one language', `async () => ({ passed: true, saw: { en: 'yes' } })`],
    ['a failure without what was expected', `async () => ({ passed: false, saw: { en: 'no', 'pt-BR': 'não' } })`],
  ])('that returns %s has failed', async (_, body) => {
    expect(await run(body)).toMatchObject({ phase: 'failed', error: { kind: 'broken' } });
  });

  it('that is no function has failed', async () => {
    expect((await run('42')).error?.text.en).toContain('no function check');
  });

  it('that never ends is broken off at its time, and told so', async () => {
    const aborted = path.join(folder, 'aborted');
    const body = `(lab) => new Promise(() => lab.signal.addEventListener('abort', async () =>
      (await import('node:fs')).writeFileSync(${JSON.stringify(aborted)}, '')))`;
    const verdict = await run(body, { timeout: 200 });
    expect(verdict).toMatchObject({ phase: 'failed', error: { kind: 'late' } });
    expect(verdict.error?.text.en).toContain('0.2 s');
  });

  it('cuts a text that is endless', async () => {
    const body = `async () => ({ passed: true, saw: { en: 'x'.repeat(1e6), 'pt-BR': 'y' } })`;
    expect((await run(body)).saw?.en.length).toBeLessThan(3000);
  });

  it('says that the cluster is lost where its API server does not answer', async () => {
    const kubeconfig = path.join(folder, 'lost');
    writeFileSync(kubeconfig, lab.cluster.kubeconfig.replace(/https:\/\/127\.0\.0\.1:\d+/, 'https://127.0.0.1:1'));
    const verdict = await run(`async (lab) => lab.list('Pod')`, { kubeconfig });
    expect(verdict).toMatchObject({ phase: 'failed', error: { kind: 'cluster' } });
    expect(verdict.error?.text['pt-BR']).toContain('não responde');
  });
});

describe('the thread', () => {
  it('ends for a check that does not let go of it, and works on afterwards', async () => {
    const thread = new LessonThread(worker.url);
    try {
      const endless = thread.do('check', task('(() => { for (;;); })()', { timeout: 100 }), { timeout: 500 });
      await expect(endless).rejects.toThrow(LateError);
      const next = await thread.do('check', task(`async () => { throw new Error('still here') }`));
      expect(next.error?.text.en).toContain('still here');
    } finally {
      await thread.stop();
    }
  });
});
