/** The dock's terminal as a reader uses it: typing, a reload in the middle of a command, another language, a phone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launch } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';

let browser: Browser;
let lab: Lab;
let page: Page;
beforeAll(async () => {
  [browser, lab] = await Promise.all([launch(), startLab()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});
beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  await signIn(page, lab);
  return () => context.close();
});

const openDock = async () => {
  const toggle = page.locator('[data-toggle]');
  if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
  await page.locator('.xterm').waitFor();
};

/** Screen reader mode puts the terminal's text into the page, whichever renderer draws it. */
const screenText = () =>
  page.evaluate(() =>
    [...document.querySelectorAll('.xterm-accessibility-tree > div')].map((row) => row.textContent ?? '').join('\n'),
  );
const readAloud = async () => {
  const button = page.getByRole('button', { name: /screen reader mode|modo leitor de tela|leitor de tela/i });
  if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click();
};
const seen = async (pattern: RegExp) => {
  await expect.poll(screenText, { timeout: 30_000 }).toMatch(pattern);
};
const type = async (text: string) => {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
};

it('reaches a prompt whose kubectl talks to the lab’s cluster', async () => {
  await openDock();
  await readAloud();
  await expect.poll(() => page.locator('[role=tab]').count()).toBeGreaterThan(0);
  await type('kubectl get ns default -o name; echo "$KUBECONFIG"');
  await seen(/namespace\/default/);
  await seen(new RegExp(lab.home));
});

it('goes on through a reload in the middle of a command', async () => {
  await openDock();
  await readAloud();
  await type('clear; for i in $(seq 1 12); do echo "tick $i of 12"; sleep 0.3; done');
  await seen(/tick 3 of 12/);
  await page.reload();
  await page.locator('.xterm').waitFor();
  await seen(/tick 1 of 12[\s\S]*tick 12 of 12/);
});

it('keeps the shell and its screen when the language changes', async () => {
  await page.goto(`${lab.origin}/concepts/service-mesh/`);
  await openDock();
  await readAloud();
  await type('clear; name=malha; echo "set $name"');
  await seen(/set malha/);
  await page.goto(`${lab.origin}/pt-BR/concepts/service-mesh/`);
  await page.locator('.xterm').waitFor();
  await seen(/set malha/);
  await type('echo "still $name"');
  await seen(/still malha/);
});

it('is a full-screen sheet on a phone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${lab.origin}/install/`);
  await openDock();
  const box = await page.locator('section[data-place]').boundingBox();
  expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 844 });
});

it('is resized and left by keyboard', async () => {
  await page.goto(`${lab.origin}/install/`);
  await openDock();
  const dock = page.locator('section[data-place]');
  const before = (await dock.boundingBox())!.height;
  await page.getByRole('separator').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect.poll(async () => (await dock.boundingBox())!.height).toBeGreaterThan(before);
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press('F6');
  expect(await page.evaluate(() => document.activeElement?.className ?? '')).not.toContain('xterm');
});
