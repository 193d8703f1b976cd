/** A terminal whose page and lab lose each other: typing meanwhile, a cut that nobody tells of, a server that crashes. */
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LAB_PATH } from '../../server/protocol.ts';
import { accessibilityFaultsByTheme, NO_FAULTS } from './accessibility.ts';
import { launch } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { Network } from './network.ts';
import { TerminalPage } from './terminal-page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** That the connection is lost, with or without something that waits for the next. */
const LOST = 'lost], [data-notice=waiting';
const DOCK = 'section[data-place]';

const notice = (terminal: TerminalPage, name: string) => terminal.page.locator(`[data-notice=${name}]`);

describe('a network that fails', () => {
  let lab: Lab;
  let network: Network;
  let context: BrowserContext;
  let terminal: TerminalPage;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab?.stop());
  beforeEach(async () => {
    network = await Network.create();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, proxy: network.proxy });
    terminal = new TerminalPage(await context.newPage());
    await signIn(terminal.page, lab);
    await terminal.open();
    return async () => {
      await context.close();
      await network.close();
    };
  });

  it('brings what is typed for ten seconds without a connection, once and in order', async () => {
    await terminal.type('clear; word=; count=0; add() { word="$word$1"; count=$((count + 1)); }');
    network.set('refused');
    const cut = performance.now();
    const said = notice(terminal, LOST);
    for (const [index, letter] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      await terminal.type(`add ${letter}`);
      await expect.poll(() => performance.now() - cut, { interval: 200 }).toBeGreaterThan(2000 * (index + 1));
    }
    await said.waitFor();
    expect(network.refused).toBeGreaterThan(4);
    expect(await notice(terminal, 'waiting').textContent()).toContain('add a⏎add b⏎add c⏎add d⏎add e⏎');
    network.set('open');
    await said.waitFor({ state: 'detached' });
    await terminal.type('echo "$count times: $word"');
    await terminal.seen(/^5 times: abcde$/m);
    expect(await notice(terminal, 'unsent').count()).toBe(0);
  });

  it('notices a cut that nobody tells of by what it typed, and brings it over the next connection', async () => {
    await terminal.type('clear; word=');
    await terminal.seen(/\$ $|# $/m);
    network.set('silent');
    await terminal.type('word=$word"x"');
    // Given up for want of an answer; the next connection is not answered either.
    await notice(terminal, LOST).waitFor();
    await terminal.type('word=$word"y"');
    network.set('open');
    await notice(terminal, LOST).waitFor({ state: 'detached' });
    await terminal.type('echo "word is $word."');
    await terminal.seen(/^word is xy\.$/m);
  });

  it('shows the output of a time without connection', async () => {
    await terminal.type('clear; for i in $(seq 40); do echo "tick $i"; sleep 0.1; done');
    // No certain one: each is in view for seconds only.
    await terminal.seen(/tick \d+$/m);
    network.set('refused');
    await expect.poll(() => network.refused).toBeGreaterThan(2);
    network.set('open');
    await terminal.seen(/tick 40$/m);
    while (!/^tick 1$/m.test(await terminal.text())) await terminal.press('Shift+PageUp');
    const ticks = [...(await terminal.text()).matchAll(/^tick (\d+)$/gm)].map(([, n]) => Number(n));
    expect(ticks).toEqual(Array.from(ticks, (_, index) => index + 1));
  });

  it('comes back at once where the browser says that the network is back', async () => {
    // After each try that failed the page asks whether there is a lab. After the fourth it waits for more than 3 s.
    let tries = 0;
    terminal.page.on('requestfailed', (request) => {
      if (request.url() === lab.origin + LAB_PATH) tries++;
    });
    network.set('refused');
    await expect.poll(() => tries).toBeGreaterThanOrEqual(4);
    network.set('open');
    await terminal.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await notice(terminal, LOST).waitFor({ state: 'detached', timeout: 3000 });
    await terminal.type('clear; echo "back $((1 + 1))"');
    await terminal.seen(/back 2/);
  });

  it('asks for a new sign-in where that is over, and goes on after it', async () => {
    await terminal.type('clear; echo "before $((5 * 5))"');
    await terminal.seen(/before 25/);
    network.set('refused');
    await terminal.type('echo "meanwhile $((6 * 6))"');
    await context.clearCookies();
    network.set('open');
    await notice(terminal, 'locked').waitFor();
    expect(await terminal.text()).toMatch(/before 25/);
    expect(await accessibilityFaultsByTheme(terminal.page, DOCK)).toEqual(NO_FAULTS);
    const other = await context.newPage();
    await signIn(other, lab);
    await other.close();
    await terminal.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await terminal.seen(/before 25[\s\S]*meanwhile 36/);
    expect(await notice(terminal, 'locked').count()).toBe(0);
  });

  it('takes no more than it can keep, and says so', async () => {
    network.set('refused');
    await notice(terminal, LOST).waitFor();
    await terminal.focus();
    await terminal.page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('text/plain', `: ${'x'.repeat(70_000)}`);
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    });
    await notice(terminal, 'full').waitFor();
    await terminal.type('echo "small $((2 + 2))"');
    network.set('open');
    await terminal.seen(/small 4/);
  });
});

describe('a server that crashes', () => {
  it('leaves its last screen readable, says that it is gone, and has another where it is started again', async () => {
    const first = await startLab();
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const terminal = new TerminalPage(await context.newPage());
    await signIn(terminal.page, first);
    await terminal.open();
    await terminal.type('clear; echo "the last $((6 * 7)) words"');
    await terminal.seen(/the last 42 words/);
    process.kill(first.pid, 'SIGKILL');
    await notice(terminal, LOST).waitFor();
    await terminal.type('echo never');
    const second = await startLab(['--port', new URL(first.origin).port], { MALHA_HOME: first.home });
    try {
      expect(second.origin).toBe(first.origin);
      await notice(terminal, 'gone').waitFor();
      expect(await terminal.text()).toMatch(/the last 42 words/);
      expect(await notice(terminal, 'unsent').textContent()).toContain('echo never');
      expect(await accessibilityFaultsByTheme(terminal.page, DOCK)).toEqual(NO_FAULTS);
      await notice(terminal, 'unsent').locator('[data-action=discard]').click();
      await notice(terminal, 'gone').locator('[data-action=restart]').click();
      await notice(terminal, 'gone').waitFor({ state: 'detached' });
      await expect.poll(() => terminal.text()).not.toMatch(/42 words|never/);
      await terminal.prompt();
      await terminal.cluster();
      await terminal.type('kubectl get ns default -o name');
      await terminal.seen(/namespace\/default/);
    } finally {
      await context.close();
      await second.stop();
      await first.stop();
    }
  });
});
