/** One terminal in two windows: the same screen in both, at the smaller size, and each knows of the other's typing. */
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { TerminalPage } from './terminal-page.ts';

let browser: Browser;
let lab: Lab;
beforeAll(async () => {
  [browser, lab] = await Promise.all([launch(), startLab()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const WIDE = { width: 1400, height: 900 };
const NARROW = { width: 1000, height: 700 };

async function openWindow(viewport: typeof WIDE): Promise<{ context: BrowserContext; terminal: TerminalPage }> {
  const context = await browser.newContext({ viewport });
  const terminal = new TerminalPage(await context.newPage());
  await signIn(terminal.page, lab);
  await terminal.open();
  return { context, terminal };
}

const columnsOf = (size: string) => Number(size.split(' ')[1]);

it('shows the same, at the smaller size, and says who types', async () => {
  const wide = await openWindow(WIDE);
  const alone = await wide.terminal.shellSize();
  const narrow = await openWindow(NARROW);
  const { page } = wide.terminal;
  await page.locator('[data-notice=smaller]').waitFor();
  expect(await narrow.terminal.page.locator('[data-notice=smaller]').count()).toBe(0);

  // It is said for two seconds: who looks only once the answer is there may be late.
  const [together] = await Promise.all([narrow.terminal.shellSize(), page.locator('[data-notice=typed]').waitFor()]);
  expect(columnsOf(together)).toBeLessThan(columnsOf(alone));
  // A line as wide as the smaller window has no room for one letter more, in either.
  await narrow.terminal.type('clear; printf "%*s\\n" "$(tput cols)" end | tr " " -');
  const line = new RegExp(`^-{${columnsOf(together) - 3}}end$`, 'm');
  await narrow.terminal.seen(line);
  await wide.terminal.seen(line);
  await expect.poll(async () => (await wide.terminal.text()) === (await narrow.terminal.text())).toBe(true);

  // One of the two answers a program's question.
  await wide.terminal.type(`clear; printf '\\033[c'; cat -v`);
  // `cat` gets what it is to repeat with the next Enter.
  await wide.terminal.seen(/\?1;2c/);
  await wide.terminal.type('asked');
  await wide.terminal.seen(/asked\n.*asked/);
  expect((await wide.terminal.text()).match(/\?1;2c/g)?.length).toBe(2);
  await wide.terminal.press('Control+c');
  await wide.terminal.prompt();

  await narrow.context.close();
  await page.locator('[data-notice=smaller]').waitFor({ state: 'detached' });
  await expect.poll(() => wide.terminal.shellSize()).toBe(alone);
  await wide.context.close();
});

it('is not held to a window that does not show it', async () => {
  const wide = await openWindow(WIDE);
  const alone = await wide.terminal.shellSize();
  const narrow = await openWindow(NARROW);
  expect(await narrow.terminal.shellSize()).not.toBe(alone);
  await narrow.terminal.page.locator('[data-toggle]').click();
  await expect.poll(() => wide.terminal.shellSize()).toBe(alone);
  // What happened meanwhile is there when it is shown again.
  await wide.terminal.type('clear; echo "meanwhile $((3 * 3))"');
  await wide.terminal.seen(/meanwhile 9/);
  await narrow.terminal.page.locator('[data-toggle]').click();
  await narrow.terminal.seen(/meanwhile 9/);
  await Promise.all([wide.context.close(), narrow.context.close()]);
});
