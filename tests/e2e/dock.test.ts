/** The dock for every hand and eye: keyboard alone, screen reader, fingers, clipboard, search, recordings, its states. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { launch, watchFaults } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { Network } from './network.ts';
import { LOCALES } from './pages.ts';
import { TerminalPage } from './terminal-page.ts';

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const FINGER: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };

let browser: Browser;
let lab: Lab;
let storage: Awaited<ReturnType<BrowserContext['storageState']>>;
beforeAll(async () => {
  [browser, lab] = await Promise.all([launch(), startLab()]);
  const context = await browser.newContext();
  await signIn(await context.newPage(), lab);
  storage = await context.storageState();
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

interface Options extends BrowserContextOptions {
  path?: string;
  /** How the dock was left. */
  dock?: object;
  /** Something that the browser cannot do. */
  without?: 'webgl';
}

/** A page of a signed-in reader; ends with the test. */
async function visit(
  { path = '/concepts/service-mesh/', dock, without, ...options }: Options,
  test: (page: Page) => Promise<void>,
) {
  const context = await browser.newContext({
    viewport: WIDE,
    storageState: storage,
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
  await page.goto(lab.origin + path);
  try {
    await test(page);
  } finally {
    await context.close();
  }
}

/** Screen reader mode: the terminal's text is in the page, whichever renderer draws it. */
const OPEN = { open: true, screenReader: true, tab: 1 };
const screenText = (page: Page) => new TerminalPage(page).text();
const seen = (page: Page, pattern: RegExp) => new TerminalPage(page).seen(pattern);
const inTerminal = (page: Page) => page.evaluate(() => document.activeElement?.className === 'xterm-helper-textarea');
/** At a prompt: what ran or stood there is interrupted. */
const toTerminal = async (page: Page) => {
  await page.locator('.xterm-accessibility-tree').waitFor();
  await page.locator('[role=tab][aria-selected=true] [data-state=starting]').waitFor({ state: 'detached' });
  await new TerminalPage(page).press('Control+C');
  await seen(page, /[$#%] \n*$/);
};
/** A line typed at a prompt. */
const type = async (page: Page, line: string) => {
  await toTerminal(page);
  await page.keyboard.type(`${line}\n`);
};
const tabs = (page: Page) => page.locator('[role=tab]');
const shownTab = (page: Page) => page.locator('[role=tab][aria-selected=true] > :first-child').textContent();

describe('its code', () => {
  it.each(['/concepts/service-mesh/', '/reference/glossary/'])(
    'stays away from %s until the reader opens it',
    async (path) => {
      await visit({}, async (page) => {
        const scripts: Promise<string>[] = [];
        page.on('response', (response) => {
          if (response.url().endsWith('.js')) scripts.push(response.text());
        });
        await page.goto(lab.origin + path, { waitUntil: 'networkidle' });
        await page.locator('[data-toggle]').waitFor();
        const code = (await Promise.all(scripts)).join('\n');
        for (const part of ['xterm-helper-textarea', 'malha-dock-panel']) expect(code.includes(part), part).toBe(false);
        await page.locator('[data-toggle]').press('Enter');
        await page.locator('.xterm').waitFor();
        expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-toggle'))).toBe(true);
      });
    },
  );
});

describe.each(LOCALES)('by keyboard alone, in $name', ({ base }) => {
  it('runs a step, goes to the terminal and back to the button', async () => {
    await visit({ path: `${base}/install/`, dock: { screenReader: true } }, async (page) => {
      const run = page.locator('[data-action=run]:not(:disabled)').first();
      await run.waitFor();
      await run.focus();
      await page.keyboard.press('Enter');
      await page.locator('.xterm').waitFor();
      await page.keyboard.press('F6');
      await expect.poll(() => inTerminal(page)).toBe(true);
      const description = await page.evaluate(
        () => document.getElementById(document.activeElement?.getAttribute('aria-describedby') ?? '')?.textContent,
      );
      expect(description).toMatch(/F6/);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Escape');
      expect(await inTerminal(page)).toBe(true);
      await page.keyboard.press('F6');
      expect(await page.evaluate(() => document.activeElement?.closest('[data-step]')?.getAttribute('data-step'))).toBe(
        '/install/#1',
      );
      await page.keyboard.press('F6');
      expect(await inTerminal(page)).toBe(true);
    });
  });

  it('moves between terminals, searches, changes the letters', async () => {
    await visit({ path: `${base}/concepts/service-mesh/`, dock: OPEN }, async (page) => {
      await toTerminal(page);
      const before = await tabs(page).count();
      const first = await shownTab(page);
      await page.keyboard.press('Control+Shift+Enter');
      await expect.poll(() => tabs(page).count()).toBe(before + 1);
      await expect.poll(() => shownTab(page)).not.toBe(first);
      await expect.poll(() => inTerminal(page)).toBe(true);
      await type(page, 'clear; echo one two One');
      await seen(page, /^one two One/m);
      await page.keyboard.press('Control+Shift+F');
      await page.keyboard.type('one');
      await expect.poll(() => page.locator('search output').textContent()).toMatch(/ 2$/);
      await page.keyboard.press('Escape');
      await expect.poll(() => inTerminal(page)).toBe(true);
      await page.keyboard.press('Control+Shift+ArrowUp');
      const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem('malha.dock') ?? '{}').fontSize);
      await expect.poll(kept).toBe(14);
      await page.keyboard.press('Control+Shift+ArrowDown');
      await expect.poll(kept).toBe(13);
      await page.keyboard.press('Control+Shift+ArrowLeft');
      await expect.poll(() => shownTab(page)).toBe(first);
      await expect.poll(() => inTerminal(page)).toBe(true);
      await page.keyboard.press('Control+Shift+ArrowRight');
      await expect.poll(() => shownTab(page)).not.toBe(first);
      await page.locator('[role=tab][aria-selected=true]').press('Delete');
      await expect.poll(() => tabs(page).count()).toBe(before);
      await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('tab');
    });
  });
});

it('shows the keys, and Escape leads back to their button', async () => {
  await visit({ dock: OPEN }, async (page) => {
    const help = page.getByRole('button', { name: 'Keys of the terminal' });
    await help.press('Enter');
    await page.getByRole('dialog', { name: 'Keys of the terminal' }).getByText('F6').waitFor();
    await page.keyboard.press('Escape');
    expect(await help.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});

it('searches with case, whole words and expressions', async () => {
  await visit({ dock: OPEN }, async (page) => {
    await type(page, "clear; printf 'mesh Mesh meshes\\nm.sh\\n'");
    await seen(page, /^mesh Mesh meshes/m);
    await page.getByRole('button', { name: 'Search in the terminal' }).click();
    const count = () => page.locator('search output').textContent();
    await page.locator('search input').fill('m.sh');
    await expect.poll(count).toMatch(/of 1$/);
    await page.getByRole('button', { name: 'Regular expression' }).click();
    await expect.poll(count).toMatch(/of 4$/);
    await page.getByRole('button', { name: 'Tell capitals from small letters' }).click();
    await expect.poll(count).toMatch(/of 3$/);
    await page.getByRole('button', { name: 'Whole words only' }).click();
    await expect.poll(count).toMatch(/of 2$/);
    const first = await count();
    await page.keyboard.press('Tab');
    await page.locator('search input').press('Enter');
    await expect.poll(count).not.toBe(first);
    await page.locator('search input').fill('(');
    await expect.poll(count).toBe('Not a regular expression');
    await page.locator('search input').fill('absent');
    await expect.poll(count).toBe('Nothing found');
  });
});

describe('the clipboard', () => {
  const paste = async (page: Page, text: string) => {
    await page.evaluate((t) => navigator.clipboard.writeText(t), text);
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+Shift+V');
  };

  it('asks before several lines, and lets no control character through', async () => {
    await visit({ dock: OPEN }, async (page) => {
      await type(page, 'clear; echo ready; cat -v');
      await seen(page, /^ready/m);
      await paste(page, 'harmless\u001b[201~\ntwo\u0003\n');
      const question = page.getByRole('dialog', { name: 'Paste 2 lines?' });
      expect(await question.getByRole('textbox').inputValue()).toBe('harmless\ntwo\n');
      await question.getByText('runs each line at once').waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => inTerminal(page)).toBe(true);
      await page.keyboard.type('nothing so far\n');
      await seen(page, /nothing so far\n+nothing so far/);
      expect(await screenText(page)).not.toMatch(/harmless/);
      await paste(page, 'harmless\u001b[201~\ntwo\u0003\n');
      await page.keyboard.press('Enter');
      await seen(page, /^harmless\n[\s\S]*^two/m);
      expect(await screenText(page)).not.toMatch(/\^\[|201/);
      await paste(page, 'first \\\n  second\n');
      await page.getByRole('button', { name: 'Paste as one line' }).click();
      await seen(page, /^first second/m);
      await page.keyboard.press('Control+C');
    });
  });

  it('does not ask for one line, brackets it for who wants that, and never presses Enter', async () => {
    await visit({ dock: OPEN }, async (page) => {
      await type(page, "clear; printf '\\e[?2004h'; echo ready; cat -v");
      await seen(page, /^ready/m);
      await paste(page, 'echo pasted\n');
      await seen(page, /echo pasted/);
      expect(await page.getByRole('dialog').count()).toBe(0);
      // The line is not ended yet: only now does cat have it.
      await page.keyboard.press('Enter');
      await seen(page, /\^\[\[200~echo pasted\^\[\[201~/);
      await page.keyboard.press('Control+C');
    });
  });

  it('copies what is selected, what is in view, and all of it', async () => {
    await visit({ dock: OPEN }, async (page) => {
      await type(page, "clear; echo 'to be copied'");
      await seen(page, /^to be copied/m);
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      await page.keyboard.press('Control+Shift+F');
      await page.keyboard.type('be cop');
      await expect.poll(() => page.locator('search output').textContent()).toMatch(/of 1$/);
      await page.locator('.xterm-helper-textarea').focus();
      await page.keyboard.press('Control+Shift+C');
      await expect.poll(clipboard).toBe('be cop');
      await page.keyboard.press('Control+Shift+F');
      await page.keyboard.press('Escape');
      const more = page.getByRole('button', { name: 'More', exact: true });
      await more.click();
      await page.getByRole('button', { name: /^Copy the/ }).click();
      await expect.poll(clipboard).toMatch(/^to be copied$/m);
      await more.click();
      await page.getByRole('button', { name: /^Show as text/ }).click();
      await page.getByRole('button', { name: 'Copy all' }).click();
      await expect.poll(clipboard).toMatch(/^to be copied$/m);
    });
  });

  it('lets the terminal neither read nor write it', async () => {
    await visit({ dock: OPEN }, async (page) => {
      await page.evaluate(() => navigator.clipboard.writeText('kept'));
      await type(page, "clear; printf '\\e]52;c;aGFja2Vk\\a\\e]52;c;?\\a'; cat -v");
      await page.keyboard.type('after\n');
      await seen(page, /after\n+after/);
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('kept');
      expect(await screenText(page)).not.toContain('52;');
      await page.keyboard.press('Control+C');
    });
  });
});

describe('with a finger', () => {
  it('has the keys that a phone lacks, large enough, and the focus stays', async () => {
    await visit({ ...FINGER, dock: OPEN }, async (page) => {
      const keys = page.getByRole('toolbar', { name: 'Keys' }).getByRole('button');
      await keys.first().waitFor();
      for (const key of await keys.all()) {
        const { width, height } = (await key.boundingBox())!;
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
      }
      await type(page, 'clear; echo ready; cat -v');
      await seen(page, /^ready/m);
      await page.getByRole('button', { name: 'Esc' }).tap();
      await page.getByRole('button', { name: 'vertical bar' }).tap();
      await page.getByRole('button', { name: 'Alt' }).tap();
      await page.keyboard.type('x\n');
      await seen(page, /\^\[\|\^\[x/);
      const up = page.getByRole('button', { name: 'up', exact: true });
      await up.dispatchEvent('pointerdown', { button: 0 });
      await seen(page, /(\^\[\[A){3}/);
      await up.dispatchEvent('pointerup', { button: 0 });
      expect(await inTerminal(page)).toBe(true);
      await page.getByRole('button', { name: 'Ctrl', exact: true }).tap();
      expect(await page.getByRole('button', { name: 'Ctrl', exact: true }).getAttribute('aria-pressed')).toBe('true');
      await page.keyboard.type('c');
      await seen(page, /\^C[\s\S]*[$#%] /);
    });
  });

  it('stays above the phone’s own keyboard', async () => {
    await visit({ ...FINGER, dock: OPEN }, async (page) => {
      const keys = page.getByRole('toolbar', { name: 'Keys' });
      await keys.waitFor();
      await page.evaluate(() => {
        const viewport = window.visualViewport!;
        Object.defineProperty(viewport, 'height', { get: () => 500 });
        viewport.dispatchEvent(new Event('resize'));
      });
      await expect
        .poll(async () => {
          const { y, height } = (await keys.boundingBox())!;
          return y + height;
        })
        .toBeLessThanOrEqual(500);
    });
  });
});

describe('what is drawn', () => {
  /** Luminances of both colours of each of the cells `xx`, by WCAG. */
  const worstContrast = (page: Page) =>
    page.evaluate(() => {
      const luminance = (color: string) => {
        const [r, g, b] = color.match(/[\d.]+/g)!.map((text) => {
          const part = Number(text) / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const page = getComputedStyle(document.querySelector('.xterm-scrollable-element')!).backgroundColor;
      const cells = [...document.querySelectorAll<HTMLElement>('.xterm-rows span')].filter((e) =>
        /^(xx)+$/.test(e.textContent!),
      );
      const ratios = cells.map((cell) => {
        const { color, backgroundColor } = getComputedStyle(cell);
        const ground = backgroundColor === 'rgba(0, 0, 0, 0)' ? page : backgroundColor;
        const [light, dark] = [luminance(color), luminance(ground)].sort((a, b) => b - a);
        return (light! + 0.05) / (dark! + 0.05);
      });
      return { cells: cells.length, worst: Math.min(...ratios) };
    });

  it.each(['light', 'dark'] as const)(
    'can be read in all 16 colours on all grounds, %s, without WebGL too',
    async (colorScheme) => {
      await visit({ colorScheme, dock: OPEN, without: 'webgl' }, async (page) => {
        await type(
          page,
          `clear; for b in 49 40 41 42 43 44 45 46 47; do for f in 30 31 32 33 34 35 36 37 90 91 92 93 94 95 96 97; do printf "\\e[$f;\${b}mxx\\e[0m "; done; echo; done; echo drawn`,
        );
        await seen(page, /^drawn/m);
        const { cells, worst } = await worstContrast(page);
        expect(cells).toBe(16 * 9);
        expect(worst).toBeGreaterThanOrEqual(4.45);
      });
    },
  );

  it('goes on without WebGL when the browser takes that away', async () => {
    await visit({ dock: OPEN }, async (page) => {
      await type(page, 'clear; echo drawn');
      await seen(page, /^drawn/m);
      const had = await page.evaluate(() => {
        const canvases = [...document.querySelectorAll<HTMLCanvasElement>('.xterm-screen canvas')];
        const contexts = canvases.map((canvas) => canvas.getContext('webgl2')).filter((context) => context !== null);
        for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
        return contexts.length > 0;
      });
      if (had)
        await expect.poll(() => page.locator('.xterm-rows').textContent(), { timeout: 15_000 }).toContain('drawn');
    });
  });

  it('fits a window zoomed to 200 %', async () => {
    await visit({ viewport: { width: 640, height: 450 }, dock: OPEN }, async (page) => {
      await page.locator('.xterm').waitFor();
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll('section[data-place] :is(button, [role=tab])')]
          .map((element) => ({
            name: element.getAttribute('aria-label') ?? element.textContent,
            box: element.getBoundingClientRect(),
          }))
          .filter(({ box }) => box.width > 0 && (box.left < 0 || box.right > 640 || box.top < 0 || box.bottom > 450))
          .map(({ name }) => name),
      );
      expect(outside).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(640);
      expect((await page.locator('.xterm').boundingBox())!.height).toBeGreaterThan(200);
      for (const name of ['Keys of the terminal', 'More']) {
        await page.getByRole('button', { name, exact: true }).click();
        const { x, y, width, height } = (await page.getByRole('dialog', { name }).boundingBox())!;
        expect(x).toBeGreaterThanOrEqual(0);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(640);
        expect(y + height).toBeLessThanOrEqual(450);
        await page.keyboard.press('Escape');
      }
    });
  });
});

it('records a terminal, plays it, and deletes it after asking', async () => {
  await visit({ dock: OPEN }, async (page) => {
    await toTerminal(page);
    await page.getByRole('button', { name: 'Record this terminal' }).click();
    await page.getByRole('dialog').getByText('tokens and passwords').waitFor();
    await page.getByRole('button', { name: 'Start recording' }).click();
    const stop = page.getByRole('button', { name: 'Stop and save the recording' });
    await stop.waitFor();
    await type(page, 'echo recorded');
    await seen(page, /^recorded/m);
    await stop.click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('button', { name: 'Recordings' }).click();
    const list = page.getByRole('dialog', { name: 'Recordings' });
    await list.getByRole('button', { name: /^Play: Terminal 1/ }).click();
    await list.locator('.xterm').waitFor();
    expect(await accessibilityFaults(page, 'section[data-place]')).toEqual([]);
    const download = list.getByRole('link', { name: /^Download/ });
    const file = await page.request.get(lab.origin + (await download.getAttribute('href')));
    expect(JSON.parse((await file.text()).split('\n')[0]!)).toMatchObject({ version: 3 });
    await list.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await list.getByText('There is none yet').waitFor();
  });
});

describe('its states', () => {
  it('tells that another window types, and that a smaller one holds the size', async () => {
    await visit({ dock: OPEN }, async (page) => {
      await toTerminal(page);
      await visit({ viewport: { width: 1000, height: 500 }, dock: OPEN }, async (other) => {
        await page.locator('[data-notice=smaller]').waitFor();
        await type(other, 'echo from the other');
        await page.locator('[data-notice=typed]').waitFor();
        await expect.poll(() => page.locator('[data-announcer]').textContent()).toMatch(/smaller window/);
        expect(await accessibilityFaults(page)).toEqual([]);
      });
      await page.locator('[data-notice=smaller]').waitFor({ state: 'detached' });
    });
  });

  it('tells of a lost connection, and keeps what is typed meanwhile', async () => {
    const network = await Network.create();
    await visit({ dock: OPEN, proxy: network.proxy }, async (page) => {
      await type(page, 'clear');
      network.set('refused');
      await page.locator('[data-notice=lost], [data-notice=waiting]').waitFor();
      await page.locator('.xterm-helper-textarea').focus();
      await page.keyboard.type('echo $((40 + 2)) kept\n');
      await page.locator('[data-notice=waiting]').getByText('kept').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await expect.poll(() => page.locator('[data-announcer]').textContent()).toMatch(/waits/);
      network.set('open');
      await page.locator('[data-action=retry]').click();
      await seen(page, /^42 kept/m);
      await page.locator('[data-notice]').waitFor({ state: 'detached' });
    });
    await network.close();
  });

  it('stops a command that would never end', async () => {
    await visit({ dock: OPEN }, async (page) => {
      await type(page, 'kubectl get pods -A -w');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' });
    });
  });

  it('asks before it closes a terminal that is busy', async () => {
    await visit({ dock: OPEN }, async (page) => {
      await toTerminal(page);
      const before = await tabs(page).count();
      await page.keyboard.press('Control+Shift+Enter');
      await expect.poll(() => tabs(page).count()).toBe(before + 1);
      await expect.poll(() => inTerminal(page)).toBe(true);
      await type(page, 'sleep 300');
      await page.locator('[role=tab][aria-selected=true] [data-state=running]').waitFor();
      await page.getByRole('button', { name: /^Close terminal/ }).click();
      await page.getByRole('dialog').getByText('sleep 300').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      expect(await tabs(page).count()).toBe(before + 1);
      await page.getByRole('button', { name: /^Close terminal/ }).click();
      await page.getByRole('button', { name: 'End it and close' }).click();
      await expect.poll(() => tabs(page).count()).toBe(before);
    });
  });
});

describe.each(LOCALES)('axe finds nothing that keeps people out, in $name', ({ base }) => {
  const views = [
    { view: 'wide', options: { viewport: WIDE } },
    { view: 'phone', options: FINGER },
  ];
  describe.each(views)('$view', ({ options }) => {
    it.each(['light', 'dark'] as const)('%s', async (colorScheme) => {
      await visit({ ...options, colorScheme, path: `${base}/concepts/service-mesh/` }, async (page) => {
        const faults = watchFaults(page, lab.origin);
        const found: Record<string, string[]> = {};
        const look = async (state: string) => {
          const problems = await accessibilityFaults(page, 'section[data-place]');
          if (problems.length > 0) found[state] = problems;
        };
        const dialog = async (state: string) => {
          await page.locator('dialog[open], [popover]:popover-open').last().waitFor();
          await look(state);
          await page.keyboard.press('Escape');
        };
        await page.locator('[data-toggle]').waitFor();
        await look('closed');
        await page.locator('[data-toggle]').click();
        await page.locator('.xterm').waitFor();
        await look('open');
        await page.locator('button[aria-pressed]:has(+ [class*=anchor])').click();
        await look('screen reader mode');
        await toTerminal(page);
        await page.keyboard.press('Control+Shift+F');
        await page.keyboard.type('bash');
        await look('search');
        await page.keyboard.press('Escape');
        const anchors = page.locator('[class*=anchor] > button');
        await anchors.nth(0).click();
        await dialog('keys');
        await anchors.nth(1).click();
        await dialog('more');
        await page.evaluate(() => navigator.clipboard.writeText('one\ntwo'));
        await page.locator('.xterm-helper-textarea').focus();
        await page.keyboard.press('Control+Shift+V');
        await dialog('paste');
        await page.locator('button[data-record]').click();
        await dialog('record');
        await page.locator('.xterm-helper-textarea').focus();
        const before = await tabs(page).count();
        await page.keyboard.press('Control+Shift+Enter');
        await expect.poll(() => tabs(page).count()).toBe(before + 1);
        await expect.poll(() => page.locator('[role=tab]').last().getAttribute('aria-selected')).toBe('true');
        await expect.poll(() => inTerminal(page)).toBe(true);
        await type(page, 'exit 3');
        await page.locator('[data-notice=ended]').getByText('3').waitFor();
        await look('ended');
        await page.locator('[role=tab][aria-selected=true]').press('Delete');
        expect(found).toEqual({});
        expect(faults.console).toEqual([]);
        expect(faults.foreign).toEqual([]);
      });
    });
  });
});

it('says why there can be no further terminal', async () => {
  await visit({ dock: OPEN }, async (page) => {
    await toTerminal(page);
    const add = page.getByRole('button', { name: /^New terminal/ });
    for (let count = await tabs(page).count(); count < 16; count++) {
      await add.click();
      await expect.poll(() => tabs(page).count()).toBe(count + 1);
    }
    expect(await add.getAttribute('aria-disabled')).toBe('true');
    expect(await add.getAttribute('aria-label')).toMatch(/16/);
    await add.focus();
    expect(await accessibilityFaults(page, 'section[data-place]')).toEqual([]);
  });
});
