/** A lesson as a learner does it, in Portuguese and by clicking only; and what is left of it after closing and crashing. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Faults, launch, watchFaults } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { TerminalPage } from './terminal-page.ts';

const LESSON = '/tutorials/first-sidecar/';
/** The cluster's own work (images, restarts) takes its time on a busy machine. Milliseconds. */
const PATIENCE = { timeout: 120_000 };

let home: string;
let lab: Lab;
let browser: Browser;
let page: Page;
let faults: Faults;

const step = (number: number, on = page) => on.locator(`[data-step="${LESSON}#${number}"]`);
const check = (name: string, on = page) => on.locator(`[data-check="${name}"]`);
const question = (number: number, on = page) => on.locator(`[data-question="${number}"]`);
const press = (within: Locator, action: string) => within.locator(`[data-action="${action}"]`).click(PATIENCE);
const becomes = (what: Locator, phase: string) => what.and(page.locator(`[data-phase="${phase}"]`)).waitFor(PATIENCE);

async function run(number: number, on = page): Promise<void> {
  await press(step(number, on), 'run');
  await step(number, on).and(on.locator('[data-phase="passed"]')).waitFor(PATIENCE);
}

/** What the page says of everything that was done on it. */
async function read(on: Page) {
  const all = async (selector: string, name: string, value: string) =>
    Object.fromEntries(
      await on
        .locator(selector)
        .evaluateAll(
          (elements, [key, seen]) => elements.map((e) => [e.getAttribute(key!), e.getAttribute(seen!)]),
          [name, value],
        ),
    );
  return {
    steps: await all('[data-step]', 'data-step', 'data-phase'),
    checks: await all('[data-check]', 'data-check', 'data-phase'),
    questions: await all('[data-question]', 'data-question', 'data-answered'),
    chosen: await on.locator('[data-question] input:checked').count(),
    parts: await all('.table-of-contents [data-part]', 'data-part', 'data-done'),
    inSidebar: await on.locator(`.menu [data-page="${LESSON}"]`).getAttribute('data-done'),
    done: await on.locator('[data-lesson] [data-done]').getAttribute('data-done'),
  };
}

async function openLesson(): Promise<void> {
  await page.goto(`${lab.origin}/pt-BR/`);
  await page.getByRole('link', { name: 'Lições' }).first().click();
  await page.locator('main').getByRole('link', { name: 'Seu primeiro sidecar' }).first().click();
  await page.waitForURL(`**/pt-BR${LESSON}`);
}

const start = async () => {
  lab = await startLab([], { MALHA_HOME: home });
};

/** A browser of its own, as after closing the last one: nothing is left in it. */
async function openBrowser(): Promise<void> {
  browser = await launch();
  await openPage();
}

async function openPage(): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  faults = watchFaults(context, lab.origin);
  page = await context.newPage();
  await signIn(page, lab);
}

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'malha-lesson-'));
  await start();
  await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
  rmSync(home, { recursive: true, force: true });
});

it('brings the lab to the checkpoint', async () => {
  await openLesson();
  await press(page.locator('[data-lesson]'), 'start-lesson');
  await page.locator('[data-lesson-phase="ready"]').waitFor(PATIENCE);
});

it('takes a prediction first, and tells how it was once the step has run', async () => {
  await run(1);
  await run(2);
  // By itself: nobody pressed its button.
  await becomes(check('namespace-labelled'), 'passed');
  await question(1).getByLabel(/^2\/2/).check();
  await press(question(1), 'answer');
  await question(1).getByText('Anotado').waitFor();
  expect(await question(1).locator('[data-right]').count()).toBe(0);
  await run(3);
  await question(1).getByText('Não foi como você previu.').waitFor();
  expect(await question(1).locator('label[data-right="true"]').textContent()).toContain('1/1');
});

it('is told off by the check when the restart is skipped, and gets a hint and the solution on demand', async () => {
  await run(4);
  await new TerminalPage(page).type('sleep 600');
  await page.locator('[role=tab][aria-selected=true] [data-state=running]').waitFor(PATIENCE);
  const restarted = check('sidecars-injected');
  await press(restarted, 'check');
  await becomes(restarted, 'failed');
  const seen = await restarted.locator('dl').textContent();
  expect(seen).toContain('Esperado');
  expect(seen).toContain('2/2');
  expect(seen).toContain('web 1/1');
  expect(await restarted.locator('[data-help]').count()).toBe(0);
  await press(restarted, 'hint');
  const hint = restarted.locator('[data-help="hint"]');
  await expect.poll(() => hint.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await restarted.locator('[data-help="solution"]').count()).toBe(0);
  await press(restarted, 'solution');
  await restarted.locator('[data-help="solution"] code').waitFor();
  // Typed where the learner sees it; what was left running there can be ended first. Then the check looks again.
  await press(restarted, 'solve');
  await press(restarted, 'interrupt');
  await becomes(restarted, 'passed');
});

it('runs all that is left, up to a step, in order', async () => {
  await press(step(10), 'run-all');
  await becomes(step(10), 'passed');
  for (const number of [5, 6, 7, 8, 9]) expect(await step(number).getAttribute('data-phase')).toBe('passed');
  await becomes(check('sidecars-injected'), 'passed');
});

it('finishes', async () => {
  await question(2).getByLabel('nada', { exact: true }).check();
  await press(question(2), 'answer');
  await question(2).getByText('Isso mesmo.').waitFor();
  await run(11);
  await becomes(check('bank-without-sidecars'), 'passed');
  await page.getByText('16 de 16 concluídos').first().waitFor();
  await page.locator('[data-finished="true"]').waitFor();
});

it('shows the same in a second tab, also what changes there', async () => {
  const second = await page.context().newPage();
  await second.goto(`${lab.origin}${LESSON}`);
  await second.locator('[data-lesson] [data-done="16"]').waitFor(PATIENCE);
  await second.locator('[data-check="namespace-labelled"] [data-action="check"]').click();
  // Cleaned up since: the check says so, in both.
  await second.locator('[data-check="namespace-labelled"][data-phase="failed"]').waitFor(PATIENCE);
  await becomes(check('namespace-labelled'), 'failed');
  await second.close();
});

it('finds everything as it was after closing the browser', async () => {
  await page.evaluate(() => document.fonts.ready);
  const before = await read(page);
  await browser.close();
  await openBrowser();
  await openLesson();
  await page.locator(`[data-lesson] [data-done="${before.done}"]`).waitFor(PATIENCE);
  await expect.poll(() => read(page)).toEqual(before);
});

it('finds it also after the lab was killed and started again', async () => {
  const before = await read(page);
  process.kill(lab.pid, 'SIGKILL');
  await lab.stop();
  await start();
  await page.context().close();
  await openPage();
  await openLesson();
  await page.locator(`[data-lesson] [data-done="${before.done}"]`).waitFor(PATIENCE);
  await expect.poll(() => read(page)).toEqual(before);
});

it('saves the progress as a file, and erases it', async () => {
  await page.goto(`${lab.origin}/pt-BR/progress/`);
  await page.locator(`li[data-page="${LESSON}"]`).waitFor(PATIENCE);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-action="export"]').click()]);
  const file = await download.createReadStream();
  const chunks: Buffer[] = [];
  file.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(file, 'end');
  expect(JSON.parse(Buffer.concat(chunks).toString()).pages[LESSON].answers['2'].right).toBe(true);
  const second = await page.context().newPage();
  await second.goto(`${lab.origin}${LESSON}`);
  // It counts as passed from before; that it has run again is seen by its output.
  await run(1, second);
  await step(1, second)
    .locator('[data-alike]')
    .and(second.locator('[data-alike="true"], [data-alike="false"]'))
    .waitFor(PATIENCE);
  await page.locator('[data-action="erase"]').click();
  await page.locator('[data-action="erase-sure"]').click();
  await second.locator(`[data-step="${LESSON}#1"][data-phase="not-run"]`).waitFor(PATIENCE);
  await second.close();
  await page.locator(`li[data-page="${LESSON}"]`).waitFor({ state: 'detached' });
  await openLesson();
  await page.locator('[data-lesson] [data-done="0"]').waitFor(PATIENCE);
});

it('warns before it throws away what the learner has made, and can be told no', async () => {
  await press(page.locator('[data-lesson]'), 'start-lesson');
  await page.locator('[data-lesson-phase="ready"]').waitFor(PATIENCE);
  await run(2);
  await press(page.locator('[data-lesson]'), 'reset-lesson');
  const warning = page.locator('[data-lesson-phase="asking"]');
  await warning.waitFor(PATIENCE);
  expect(await warning.textContent()).toContain('ucontas-app');
  await press(warning, 'cancel');
  await warning.waitFor({ state: 'detached' });
  // Nothing was touched: neither what the page shows of the step, nor what it did.
  expect(await step(2).locator('[data-alike]').getAttribute('data-alike')).toBe('true');
  await press(check('namespace-labelled'), 'check');
  await becomes(check('namespace-labelled'), 'passed');
  await press(page.locator('[data-lesson]'), 'reset-lesson');
  await press(page.locator('[data-lesson-phase="asking"]'), 'discard');
  await page.locator('[data-lesson-phase="ready"]').waitFor(PATIENCE);
  await becomes(step(2), 'not-run');
  await becomes(check('namespace-labelled'), 'not-run');
});

it('shows what the cluster says as text, never as HTML', async () => {
  const text = '<img src=x onerror="window.taken=1"><b>bold</b>';
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const victim = await context.newPage();
  // Names in a cluster are tamer than this; what a check, a question and a failure say may be anything.
  await victim.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((data) => {
      const message = typeof data === 'string' ? JSON.parse(data) : undefined;
      if (message?.check?.saw) message.check.saw = { en: text, 'pt-BR': text };
      if (message?.lesson?.losses) message.lesson.losses.objects = [text];
      if (message?.run?.output !== undefined) message.run.output = text;
      socket.send(message === undefined ? data : JSON.stringify(message));
    });
  });
  await signIn(victim, lab);
  await victim.goto(`${lab.origin}/pt-BR${LESSON}`);
  await press(check('namespace-labelled', victim), 'check');
  await check('namespace-labelled', victim).getByText(text).waitFor(PATIENCE);
  await press(step(2, victim), 'run');
  await step(2, victim).locator('[data-alike="false"] summary').click(PATIENCE);
  await step(2, victim).getByText(text).waitFor(PATIENCE);
  await press(victim.locator('[data-lesson]'), 'reset-lesson');
  await victim.locator('[data-lesson-phase="asking"]').getByText(text).waitFor(PATIENCE);
  expect(await victim.locator('img[src="x"]').count()).toBe(0);
  expect(await victim.evaluate(() => 'taken' in window)).toBe(false);
  await press(victim.locator('[data-lesson-phase="asking"]'), 'discard');
  await victim.locator('[data-lesson-phase="ready"]').waitFor(PATIENCE);
  await context.close();
});

it('brings nothing back that a reset has thrown away when the lab crashes; sets a broken record aside', async () => {
  const crash = async (meanwhile = () => {}) => {
    process.kill(lab.pid, 'SIGKILL');
    await lab.stop();
    meanwhile();
    await start();
    await page.context().close();
    await openPage();
    await openLesson();
  };
  await crash();
  await press(check('namespace-labelled'), 'check');
  await becomes(check('namespace-labelled'), 'failed');
  // Looked at, and not there: the cluster answers, with the bank of the checkpoint and without the label of before.
  expect(await check('namespace-labelled').locator('dt').allTextContents()).toContain('Encontrado');
  await crash(() => writeFileSync(path.join(home, 'progress.json'), '{"version":1,"pages":{'));
  // What the lab itself has put there is nothing that the learner would lose: it does not ask.
  await press(page.locator('[data-lesson]'), 'start-lesson');
  await page.locator('[data-lesson-phase="ready"], [data-lesson-phase="asking"]').waitFor(PATIENCE);
  expect(await page.locator('[data-lesson-phase]').getAttribute('data-lesson-phase')).toBe('ready');
  await page.locator('[data-lesson] [data-done] a').click();
  await page.getByText('progress.json.broken-').waitFor(PATIENCE);
});

it('broke nothing in the browser and asked no other host', () => {
  expect(faults.foreign).toEqual([]);
  expect(faults.console).toEqual([]);
});
