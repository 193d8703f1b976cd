/** The dock's terminal in a browser page, as a reader has it: what it shows, and keys pressed in it. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const PATIENCE = { timeout: 30_000 };

export class TerminalPage {
  /** Another window may show the answers of this one. */
  private questions = Math.floor(Math.random() * 1e6);

  constructor(readonly page: Page) {}

  /** Opens the dock where it is closed, with the terminal's text readable, and waits for a prompt. */
  async open(): Promise<void> {
    const toggle = this.page.locator('[data-toggle]');
    await toggle.waitFor();
    if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
    await this.readable();
    await this.seen(/\$ $|# $|% $/m);
  }

  /** Waits until the terminal is there again, after the page was loaded anew. */
  async back(): Promise<void> {
    await this.page.locator('.xterm').waitFor();
  }

  /** Turns on screen-reader mode, which puts the terminal's text into the page whichever renderer draws it. */
  private async readable(): Promise<void> {
    await this.page.locator('.xterm').waitFor();
    if ((await this.page.locator('.xterm-accessibility-tree').count()) > 0) return;
    await this.page
      .getByRole('button', { name: /screen reader mode|leitor de tela/i })
      .first()
      .click();
    await this.page.locator('.xterm-accessibility-tree').waitFor();
  }

  /** The lines in view. */
  rows(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('.xterm-accessibility-tree > div')].map((row) =>
        (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd(),
      ),
    );
  }

  async text(): Promise<string> {
    // A prompt ends in a space, of which the trimmed rows know nothing.
    return (await this.rows()).map((row) => row.replace(/([$#%])$/, '$1 ')).join('\n');
  }

  async seen(pattern: RegExp): Promise<void> {
    await expect.poll(() => this.text(), PATIENCE).toMatch(pattern);
  }

  /** Waits for a prompt as the last that is in view. What is typed before it may be lost with the program that ends. */
  async prompt(): Promise<void> {
    await this.seen(/[$#%] \n*$/);
  }

  /** Waits for the lab's cluster, which comes up after the lab has let its readers in. */
  async cluster(): Promise<void> {
    await this.page.locator('section[data-place] [data-phase=ready]').waitFor({ timeout: 120_000 });
  }

  /** Types a line and presses Enter. */
  async type(line: string): Promise<void> {
    await this.focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  async press(...keys: string[]): Promise<void> {
    await this.focus();
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async focus(): Promise<void> {
    await this.page.locator('.xterm-helper-textarea').focus();
  }

  /** An image of the screen: letters, colours, cursor. The page must prefer reduced motion, or the cursor blinks. */
  async picture(): Promise<string> {
    await this.focus();
    return (await this.page.locator('.xterm-screen').screenshot()).toString('base64');
  }

  /** Waits until the screen looks like a picture of before. */
  async looksLike(picture: string): Promise<void> {
    await expect.poll(async () => (await this.picture()) === picture, PATIENCE).toBe(true);
  }

  /** Waits until the screen no longer changes, and returns its picture. */
  async settled(): Promise<string> {
    let last = '';
    await expect
      .poll(async () => {
        const before = last;
        last = await this.picture();
        return before === last;
      }, PATIENCE)
      .toBe(true);
    return last;
  }

  /** The shell's own idea of its size, as `rows columns`. */
  async shellSize(): Promise<string> {
    const question = ++this.questions;
    await this.type(`clear; echo "size ${question} is $(stty size)."`);
    const answer = new RegExp(`size ${question} is (\\d+ \\d+)\\.`);
    await this.seen(answer);
    return answer.exec(await this.text())![1]!;
  }
}
