/** The dock in a reader's browser, signed in and set up as a test wants it. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launch } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { TerminalPage } from './terminal-page.ts';

export const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
export const FINGER: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

interface Options extends BrowserContextOptions {
  path?: string;
  /** How the dock was left. */
  dock?: object;
  /** Something that the browser cannot do. */
  without?: 'webgl';
}

/** A lab, and readers who visit it in one browser. */
export class Readers {
  private constructor(
    private readonly browser: Browser,
    readonly lab: Lab,
    private readonly storage: Awaited<ReturnType<BrowserContext['storageState']>>,
  ) {}

  /** Starts a lab and a browser that is signed in to it. `args`: for `malha start`. */
  static async create(args: string[] = []): Promise<Readers> {
    const [browser, lab] = await Promise.all([launch(), startLab(args)]);
    const context = await browser.newContext();
    await signIn(await context.newPage(), lab);
    const readers = new Readers(browser, lab, await context.storageState());
    await context.close();
    return readers;
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.lab.stop();
  }

  /** A page of a signed-in reader; ends with the test. */
  async visit(
    { path = '/concepts/service-mesh/', dock, without, ...options }: Options,
    test: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await this.browser.newContext({
      viewport: WIDE,
      storageState: this.storage,
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    if (dock) {
      await context.addInitScript((kept) => {
        localStorage.getItem('malha.dock') ?? localStorage.setItem('malha.dock', kept);
      }, JSON.stringify(dock));
    }
    if (without === 'webgl') {
      await context.addInitScript(() => {
        HTMLCanvasElement.prototype.getContext = () => null;
      });
    }
    const page = await context.newPage();
    await page.goto(this.lab.origin + path);
    try {
      await test(page);
    } finally {
      await context.close();
    }
  }
}

/** Screen reader mode: the terminal's text is in the page, whichever renderer draws it. */
export const OPEN = { open: true, screenReader: true, tab: 1 };
export const screenText = (page: Page) => new TerminalPage(page).text();
export const seen = (page: Page, pattern: RegExp) => new TerminalPage(page).seen(pattern);
export const inTerminal = (page: Page) =>
  page.evaluate(() => document.activeElement?.className === 'xterm-helper-textarea');
/** At a prompt: a test leaves the shell as it found it, for an interrupt here would take what is typed next with it. */
export const toTerminal = async (page: Page) => {
  await page.locator('.xterm-accessibility-tree').waitFor();
  await page.locator('[role=tab][aria-selected=true] [data-state=starting]').waitFor({ state: 'detached' });
  await new TerminalPage(page).prompt();
  await new TerminalPage(page).focus();
};
/** A line typed at a prompt. */
export const type = async (page: Page, line: string) => {
  await toTerminal(page);
  await page.keyboard.type(`${line}\n`);
};
export const tabs = (page: Page) => page.locator('[role=tab]');
export const shownTab = (page: Page) => page.locator('[role=tab][aria-selected=true] > :first-child').textContent();
