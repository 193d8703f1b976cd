/** Steps and the terminal they meet: a busy tab, a command that goes on for ever. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { TerminalPage } from './terminal-page.ts';

const PATIENCE = { timeout: 30_000 };

let browser: Browser;
let lab: Lab;
let page: Page;
let terminal: TerminalPage;
let step: Locator;
beforeAll(async () => {
  [browser, lab] = await Promise.all([launch(), startLab()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const phase = (expected: string, of = step) =>
  expect.poll(() => of.getAttribute('data-phase'), PATIENCE).toBe(expected);
const status = () => step.locator('[role=status]').textContent();
const action = (name: string) => step.locator(`[data-action=${name}]`);

describe.each([
  {
    locale: 'English',
    base: '',
    running: 'Terminal 1 is running “sleep 1000”.',
    stopped: 'Ended',
    late: 'Still running, though 120 s should do.',
  },
  {
    locale: 'Portuguese',
    base: '/pt-BR',
    running: 'O terminal 1 está rodando “sleep 1000”.',
    stopped: 'Encerrado',
    late: 'Ainda rodando, embora 120 s devessem bastar.',
  },
])('in $locale', ({ base, running, stopped, late }) => {
  beforeEach(async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    terminal = new TerminalPage(page);
    await signIn(page, lab);
    await page.goto(`${lab.origin}${base}/install/`);
    step = page.locator('[data-step="/install/#1"]');
    await terminal.open();
    // A step that is run before waits for it.
    await terminal.cluster();
    await page.locator('[data-step="/install/#1"] [data-action=run]:not(:disabled)').waitFor(PATIENCE);
    return async () => {
      // The next test finds the lab without a terminal.
      await send(page, { type: 'terminal.close', all: true });
      await context.close();
    };
  });

  it('says what keeps a tab busy, and runs in another tab or after Ctrl-C', async () => {
    await terminal.type('sleep 1000');
    await expect.poll(() => page.getByRole('tab').first().textContent(), PATIENCE).toMatch(/running|rodando/);
    await action('run').click();
    await phase('refused');
    expect(await status()).toContain(running);
    await action('new-tab').click();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-action'))).toBe('run');
    await phase('passed');
    await expect.poll(() => page.locator('[role=tab][aria-selected=true]').textContent(), PATIENCE).toMatch(/^2/);
    await action('run').click();
    await phase('refused');
    await action('interrupt').click();
    await phase('passed');
  });

  it('says that a step takes longer than it should, stops it on demand, and does not wait for it to run the next', async () => {
    await page.clock.install();
    await page.reload();
    await terminal.open();
    await terminal.type('kubectl() { sleep 1000; }; clear; echo defined');
    await terminal.seen(/^defined\n.*[$#%] /m);
    // The first that is left of the steps before the third: what passed in another test is not run again.
    const all = page.locator('[data-step="/install/#3"] [data-action=run-all]');
    await all.click(PATIENCE);
    await page.locator('[data-step][data-phase=running]').waitFor(PATIENCE);
    const name = await page.locator('[data-step][data-phase=running]').getAttribute('data-step');
    step = page.locator(`[data-step="${name}"]`);
    expect(await status()).not.toContain(late);
    await page.clock.fastForward('02:01');
    await expect.poll(status, PATIENCE).toContain(late);
    await all.waitFor(PATIENCE);
    expect(await step.getAttribute('data-phase')).toBe('running');
    await action('stop').click();
    await phase('ended');
    expect(await status()).not.toContain(late);
    expect(await page.locator('[data-step="/install/#3"]').getAttribute('data-phase')).toBe('not-run');
  });

  it('stops a command that goes on for ever, or moves it to a tab of its own', async () => {
    const request = { step: '/install/#1', commands: ['tail -f /dev/null', 'echo moved'], tab: 1 };
    await send(page, { type: 'run', request });
    await action('move').waitFor(PATIENCE);
    expect(await step.locator('[data-action=run]').getAttribute('aria-disabled')).toBe('true');
    await action('move').click();
    await phase('listening');
    await expect.poll(() => page.getByRole('tab').count(), PATIENCE).toBe(2);
    await action('stop').click();
    await phase('ended');
    expect(await status()).toContain(stopped);
    await send(page, { type: 'run', request });
    await action('move').waitFor(PATIENCE);
    await action('stop').click();
    await phase('ended');
  });
});

/** Says something to the lab over a socket of the page's own, for what no page of the guide does. */
function send(target: Page, message: { type: string; [field: string]: unknown }): Promise<void> {
  return target.evaluate(
    (text) =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(`${window.location.origin.replace('http', 'ws')}/api/socket`);
        socket.onclose = () =>
          reject(new Error('The lab has closed the socket before it said which terminals it has.'));
        socket.onmessage = ({ data }) => {
          const snapshot = typeof data === 'string' ? JSON.parse(data) : {};
          if (snapshot.type !== 'snapshot') return;
          const said = JSON.parse(text);
          const messages = said.all
            ? snapshot.terminals.map((info: { terminal: number }) => ({ type: said.type, terminal: info.terminal }))
            : [said];
          for (const one of messages) socket.send(JSON.stringify(one));
          socket.onclose = () => resolve();
          socket.close();
        };
      }),
    JSON.stringify(message),
  );
}
