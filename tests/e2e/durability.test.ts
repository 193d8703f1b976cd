/** Programs in a terminal go on through a reload of the page: their screen, colours and cursor, the scrollback, the keys. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launch } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { TerminalPage } from './terminal-page.ts';

let browser: Browser;
let lab: Lab;
let terminal: TerminalPage;
beforeAll(async () => {
  [browser, lab] = await Promise.all([launch(), startLab()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});
beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  terminal = new TerminalPage(await context.newPage());
  await signIn(terminal.page, lab);
  await terminal.open();
  return () => context.close();
});

const reload = async () => {
  await terminal.page.reload();
  await terminal.back();
};

/** Answers to a program's questions, as they look where a shell got them. */
const JUNK = /\?1;2c|0;276;0c|\d+;\d+R|rgb:/;

/** Leaves the screen with a fresh prompt that works, onto which nothing was typed. */
const promptIsClean = async () => {
  await terminal.type('clear; echo "still $((40 + 2))"');
  await terminal.seen(/still 42/);
  expect(await terminal.text()).not.toMatch(JUNK);
};

it('vim', async () => {
  await terminal.type(
    `for i in $(seq 200); do echo "key$i: [1, 'two', true] # words"; done > v.yaml; vim -N -u NONE v.yaml`,
  );
  await terminal.seen(/key1: /);
  await terminal.type(':set ruler | syntax on');
  await terminal.type(':100');
  await terminal.press('w', 'w');
  // Where the cursor stands once vim has read all of it.
  await terminal.seen(/ 100,9 /);
  const before = await terminal.settled();
  await reload();
  await terminal.looksLike(before);
  await terminal.press('i');
  await terminal.page.keyboard.type('HERE');
  await terminal.press('Escape', 'ArrowDown');
  await terminal.type(':wq');
  // The screen of before vim is back, and vim knew where the cursor was.
  await terminal.seen(/vim -N -u NONE v\.yaml/);
  await terminal.prompt();
  await terminal.type('clear; sed -n 100p v.yaml; grep -c key v.yaml');
  await terminal.seen(/^key100: HERE\[1, 'two', true\] # words\n200$/m);
  await promptIsClean();
});

it('less', async () => {
  await terminal.type('seq 1 5000 > numbers; less numbers');
  await terminal.seen(/^numbers$/m);
  await terminal.page.keyboard.type('1000g');
  await terminal.seen(/^1000$/m);
  const before = await terminal.settled();
  await reload();
  await terminal.looksLike(before);
  await terminal.page.keyboard.type('2000g');
  await terminal.seen(/^2000$/m);
  await terminal.press('q');
  await terminal.seen(/less numbers/);
  await terminal.prompt();
  await promptIsClean();
});

it('top', async () => {
  await terminal.type('top -d 0.5');
  await terminal.seen(/load average[\s\S]*PID +USER/);
  await reload();
  await terminal.seen(/load average[\s\S]*PID +USER/);
  const uptime = async () => /top - (\d+:\d+:\d+)/.exec(await terminal.text())?.[1];
  const then = await uptime();
  await expect.poll(uptime).not.toBe(then);
  await terminal.press('q');
  await terminal.prompt();
  await promptIsClean();
});

it('kubectl logs -f, with all lines of before above it', async () => {
  await terminal.cluster();
  await terminal.type(
    `clear; kubectl run counter --image=busybox -- sh -c 'i=0; while true; do i=$((i+1)); echo "line $i of the log"; sleep 0.2; done'`,
  );
  await terminal.type('kubectl wait --for=condition=Ready pod/counter && clear && kubectl logs -f counter');
  const numbers = async () => [...(await terminal.text()).matchAll(/line (\d+) of the log/g)].map(([, n]) => Number(n));
  // No certain line: each is in view for seconds only.
  const newest = async () => (await numbers()).at(-1) ?? 0;
  await expect.poll(newest).toBeGreaterThanOrEqual(12);
  const last = await newest();
  await reload();
  await expect.poll(newest).toBeGreaterThan(last + 20);
  await terminal.press('Control+c');
  await terminal.seen(/\^C[\s\S]*[$#%] $/m);
  const end = await numbers();
  expect(end).toEqual(Array.from(end, (_, index) => end[0]! + index));
  while (((await numbers())[0] ?? 0) > 1) await terminal.press('Shift+PageUp');
  const start = await numbers();
  expect(start).toEqual(Array.from(start, (_, index) => index + 1));
  await promptIsClean();
});

it('where the reader had scrolled to, in another language too', async () => {
  await terminal.type('clear; seq 1 3000');
  await terminal.seen(/^3000$/m);
  await terminal.prompt();
  const end = await terminal.rows();
  const at = end.indexOf('3000');
  await terminal.press('Shift+PageUp', 'Shift+PageUp', 'Shift+PageUp');
  // The text in the page lags behind: only where all three have brought it is it where the reader is.
  await expect.poll(async () => (await terminal.rows())[at]).toBe(String(3000 - 3 * (end.length - 1)));
  const before = await terminal.text();
  await reload();
  await expect.poll(() => terminal.text()).toBe(before);
  await terminal.page.goto(`${lab.origin}/pt-BR/`);
  await terminal.back();
  await expect.poll(() => terminal.text()).toBe(before);
  await promptIsClean();
});

it('no program gets an answer twice, or to a question of the past', async () => {
  // Asks what kind of terminal this is and where the cursor stands; the answers are shown as they were typed.
  const answers = async () => [...(await terminal.text()).matchAll(/\^\[\[\?1;2c|\^\[\[\d+;\d+R/g)].length;
  await terminal.type(`clear; printf '\\033[c\\033[6n'; cat -v`);
  await expect.poll(answers).toBe(2);
  await reload();
  await expect.poll(answers).toBe(2);
  await terminal.page.locator('[data-toggle]').click();
  await terminal.page.locator('.xterm').waitFor({ state: 'detached' });
  await terminal.page.locator('[data-toggle]').click();
  await terminal.type('asked');
  await terminal.seen(/asked\n.*asked/);
  expect(await answers()).toBe(2 + 2);
  await terminal.press('Control+c');
  await terminal.prompt();
  await promptIsClean();
});
