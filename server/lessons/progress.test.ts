import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LESSON_LIMITS } from '../protocol.ts';
import { ProgressFile } from './progress.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'malha-progress-'));
  file = path.join(folder, 'progress.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PAGE = '/tutorials/first/';
const answer = (right: boolean) => ({ chosen: [0], right, at: 1 });

describe('progress', () => {
  it('is merged by name, and there again after a restart', async () => {
    const progress = new ProgressFile(file);
    progress.merge(PAGE, { answers: { '1': answer(false) }, started: 5 });
    progress.merge(PAGE, { answers: { '2': answer(true) }, steps: { '1': { phase: 'passed', at: 2 } } });
    progress.merge(PAGE, { answers: { '1': answer(true) } });
    await progress.settled();
    expect(new ProgressFile(file).get()).toEqual({
      version: 1,
      pages: {
        [PAGE]: {
          started: 5,
          answers: { '1': answer(true), '2': answer(true) },
          steps: { '1': { phase: 'passed', at: 2 } },
        },
      },
    });
    expect(readdirSync(folder)).toEqual(['progress.json']);
  });

  it('is erased by field, by page and whole', async () => {
    const progress = new ProgressFile(file);
    progress.merge(PAGE, { answers: { '1': answer(true) }, steps: { '1': { phase: 'passed', at: 2 } } });
    progress.merge('/install/', { started: 1 });
    progress.erase(PAGE, ['steps']);
    expect(progress.page(PAGE)).toEqual({ answers: { '1': answer(true) } });
    progress.erase(PAGE);
    expect(Object.keys(progress.get().pages)).toEqual(['/install/']);
    progress.erase();
    await progress.settled();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ version: 1, pages: {} });
  });

  it.each([
    ['cut off', '{"version":1,"pages":{"/inst'],
    ['empty', ''],
    ['of another version', '{"version":7,"pages":{}}'],
    ['of other shapes', '{"version":1,"pages":{"/install/":{"steps":{"1":{"phase":"flying"}}}}}'],
    ['with a page that is none', '{"version":1,"pages":{"<b>":{}}}'],
  ])('that is %s is set aside, and a new one begun', async (_, text) => {
    writeFileSync(file, text);
    const progress = new ProgressFile(file);
    expect(progress.get()).toEqual({ version: 1, pages: {} });
    expect(readFileSync(progress.setAside!, 'utf8')).toBe(text);
    expect(path.basename(progress.setAside!)).toMatch(/^progress\.json\.broken-\d{4}-\d\d-\d\dT/);
    progress.merge(PAGE, { started: 1 });
    await progress.settled();
    expect(new ProgressFile(file).page(PAGE)).toEqual({ started: 1 });
  });

  it('does not grow without end', async () => {
    const progress = new ProgressFile(file);
    const fill = () => {
      for (let page = 0; ; page++) {
        const many = Array.from({ length: 500 }, (_, n) => [`question-${n}`, answer(true)] as const);
        progress.merge(`/page-${page}/`, { answers: Object.fromEntries(many) });
      }
    };
    expect(fill).toThrow(/limit/);
    expect(JSON.stringify(progress.get()).length).toBeLessThanOrEqual(LESSON_LIMITS.progress);
    await progress.settled();
  });

  it('gives no name to what JavaScript has already', async () => {
    const progress = new ProgressFile(file);
    progress.merge('__proto__', { started: 1 });
    expect(({} as { started?: number }).started).toBeUndefined();
    await progress.settled();
  });
});
