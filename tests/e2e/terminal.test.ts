/** The dock's terminal as a reader uses it: typing, another language, a phone, no mouse, the end of a shell. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launch } from './browser.ts';
import { inTerminal } from './dock-page.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { TerminalPage } from './terminal-page.ts';

let browser: Browser;
let lab: Lab;
let page: Page;
let terminal: TerminalPage;
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
  terminal = new TerminalPage(page);
  await signIn(page, lab);
  return () => context.close();
});

it('reaches a prompt whose kubectl talks to the lab’s cluster', async () => {
  await terminal.open();
  await terminal.cluster();
  await terminal.type('kubectl get ns default -o name; echo "$KUBECONFIG"');
  await terminal.seen(/namespace\/default/);
  await terminal.seen(new RegExp(lab.home));
});

it('keeps the shell, its screen and its tab when the language changes', async () => {
  await page.goto(`${lab.origin}/concepts/service-mesh/`);
  await terminal.open();
  await page.getByRole('button', { name: 'New terminal' }).click();
  await expect.poll(() => page.getByRole('tab').count()).toBe(2);
  // Until the new one is in the page, it is the old one that is typed into.
  await expect.poll(() => inTerminal(page)).toBe(true);
  await terminal.prompt();
  await terminal.type('clear; name=malha; echo "set $name"');
  await terminal.seen(/set malha/);
  await page.goto(`${lab.origin}/pt-BR/concepts/service-mesh/`);
  await terminal.back();
  await terminal.seen(/set malha/);
  expect(await page.locator('[role=tab][aria-selected=true]').textContent()).toMatch(/^2/);
  await terminal.type('echo "still $name"');
  await terminal.seen(/still malha/);
});

it('is a full-screen sheet on a phone, and there again after a reload', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${lab.origin}/install/`);
  await terminal.open();
  const box = await page.locator('section[data-place]').boundingBox();
  expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 844 });
  await terminal.type('clear; seq 1 500 > numbers; less numbers');
  await terminal.seen(/^numbers$/m);
  await terminal.type('250g');
  await page.reload();
  await terminal.back();
  // Enter has led one line on.
  await terminal.seen(/^251$/m);
  await terminal.press('q');
  await terminal.prompt();
  await terminal.type('clear; echo "on a phone $((20 + 3))"');
  await terminal.seen(/on a phone 23/);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(390);
});

it('is opened, used, resized and left without a mouse', async () => {
  await page.goto(`${lab.origin}/install/`);
  const toggle = page.locator('[data-toggle]');
  await toggle.waitFor();
  const link = page.locator('main a').first();
  await link.focus();
  // Backwards from the start of the page to its end, where the dock is.
  await page.locator('a, button').first().focus();
  for (let presses = 0; presses < 20; presses++) {
    if (await toggle.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Shift+Tab');
  }
  await page.keyboard.press('Enter');
  await page.locator('.xterm').waitFor();
  await link.focus();
  await page.keyboard.press('F6');
  await expect.poll(() => inTerminal(page)).toBe(true);
  await page.keyboard.type('touch made-by-keyboard');
  await page.keyboard.press('Enter');
  await page.keyboard.press('F6');
  expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
  const dock = page.locator('section[data-place]');
  const before = (await dock.boundingBox())!.height;
  await page.getByRole('separator').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect.poll(async () => (await dock.boundingBox())!.height).toBeGreaterThan(before);
  await terminal.open();
  await terminal.type('clear; ls');
  await terminal.seen(/made-by-keyboard/);
});

it('draws at the size that the shell knows', async () => {
  await terminal.open();
  const [rows, columns] = (await terminal.shellSize()).split(' ').map(Number) as [number, number];
  await expect.poll(async () => (await terminal.rows()).length).toBe(rows);
  await page.setViewportSize({ width: 1100, height: 900 });
  await expect.poll(async () => Number((await terminal.shellSize()).split(' ')[1])).toBeLessThan(columns);
  await page.setViewportSize({ width: 1280, height: 900 });
  await expect.poll(() => terminal.shellSize()).toBe(`${rows} ${columns}`);
});

it('says how a shell ended, and starts another', async () => {
  await terminal.open();
  await terminal.type('exit 3');
  const ended = page.locator('[data-notice=ended]');
  await ended.waitFor();
  expect(await ended.textContent()).toMatch(/3/);
  await ended.locator('[data-action=restart]').click();
  await ended.waitFor({ state: 'detached' });
  await terminal.prompt();
  await terminal.type('clear; echo "again $((1 + 1))"');
  await terminal.seen(/again 2/);
});
