/** The dock for every eye: what is drawn can be read, its states say what they are, axe finds nothing. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, accessibilityFaultsByTheme, NO_FAULTS } from './accessibility.ts';
import { watchFaults } from './browser.ts';
import { FINGER, inTerminal, OPEN, Readers, seen, tabs, toTerminal, type, WIDE } from './dock-page.ts';
import { Network } from './network.ts';
import { LOCALES } from './pages.ts';
import { TerminalPage } from './terminal-page.ts';

let readers: Readers;
/** Of a lab with one terminal, which ends once nobody has used it for a minute: the tests in between take longer. */
let limited: Readers;
beforeAll(async () => {
  const limits = ['--max-terminals', '1', '--idle-minutes', '1'];
  [readers, limited] = await Promise.all([Readers.create(), Readers.create(limits)]);
});
afterAll(() => Promise.all([readers?.end(), limited?.end()]));

const DOCK = 'section[data-place]';

it('says that the lab has refused something', async () => {
  await limited.visit({ dock: OPEN }, async (page) => {
    await toTerminal(page);
    await page.getByRole('button', { name: 'New terminal' }).click();
    const complaint = page.locator('[data-notice=complaint]');
    await complaint.getByText('no room for a further terminal').waitFor();
    expect(await accessibilityFaultsByTheme(page, DOCK)).toEqual(NO_FAULTS);
    await complaint.getByRole('button', { name: 'Dismiss' }).click();
    await complaint.waitFor({ state: 'detached' });
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
      await readers.visit({ colorScheme, dock: OPEN, without: 'webgl' }, async (page) => {
        await type(
          page,
          `clear; for b in 49 40 41 42 43 44 45 46 47; do for f in 30 31 32 33 34 35 36 37 90 91 92 93 94 95 96 97; do printf "\\e[$f;\${b}mxx\\e[0m "; done; echo; done; echo drawn`,
        );
        // What can be read is there before it is drawn.
        await expect.poll(async () => (await worstContrast(page)).cells).toBe(16 * 9);
        expect((await worstContrast(page)).worst).toBeGreaterThanOrEqual(4.45);
      });
    },
  );

  it('goes on without WebGL when the browser takes that away', async () => {
    await readers.visit({ dock: OPEN }, async (page) => {
      await type(page, 'clear; echo drawn');
      await seen(page, /^drawn/m);
      const had = await page.evaluate(() => {
        const canvases = [...document.querySelectorAll<HTMLCanvasElement>('.xterm-screen canvas')];
        const contexts = canvases.map((canvas) => canvas.getContext('webgl2')).filter((context) => context !== null);
        for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
        return contexts.length > 0;
      });
      if (had) await expect.poll(() => page.locator('.xterm-rows').textContent()).toContain('drawn');
    });
  });

  it('fits a window zoomed to 200 %', async () => {
    await readers.visit({ viewport: { width: 640, height: 450 }, dock: OPEN }, async (page) => {
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
  await readers.visit({ dock: OPEN }, async (page) => {
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
    expect(await accessibilityFaults(page, DOCK)).toEqual([]);
    const download = list.getByRole('link', { name: /^Download/ });
    const file = await page.request.get(readers.lab.origin + (await download.getAttribute('href')));
    expect(JSON.parse((await file.text()).split('\n')[0]!)).toMatchObject({ version: 3 });
    await list.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await list.getByText('There is none yet').waitFor();
  });
});

describe('its states', () => {
  it('tells that another window types, and that a smaller one holds the size', async () => {
    await readers.visit({ dock: OPEN }, async (page) => {
      await toTerminal(page);
      await readers.visit({ viewport: { width: 1000, height: 500 }, dock: OPEN }, async (other) => {
        await page.locator('[data-notice=smaller]').waitFor();
        // It is said for two seconds: who looks only once all is typed may be late.
        await Promise.all([page.locator('[data-notice=typed]').waitFor(), type(other, 'echo from the other')]);
        await expect.poll(() => page.locator('[data-announcer]').textContent()).toMatch(/smaller window/);
        expect(await accessibilityFaults(page)).toEqual([]);
      });
      await page.locator('[data-notice=smaller]').waitFor({ state: 'detached' });
    });
  });

  it('tells of a lost connection, and keeps what is typed meanwhile', async () => {
    const network = await Network.create();
    await readers.visit({ dock: OPEN, proxy: network.proxy }, async (page) => {
      await type(page, 'clear');
      network.set('refused');
      await page.locator('[data-notice=lost], [data-notice=waiting]').waitFor();
      await page.locator('.xterm-helper-textarea').focus();
      await page.keyboard.type('echo $((40 + 2)) kept\n');
      await page.locator('[data-notice=waiting]').getByText('kept').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await expect.poll(() => page.locator('[data-announcer]').textContent()).toMatch(/waits/);
      network.set('open');
      // Unless the page has just tried by itself.
      await page.locator('[data-action=retry]').evaluateAll(([button]) => (button as HTMLElement | undefined)?.click());
      await seen(page, /^42 kept/m);
      await page.locator('[data-notice]').waitFor({ state: 'detached' });
    });
    await network.close();
  });

  it('stops a command that would never end', async () => {
    await readers.visit({ dock: OPEN }, async (page) => {
      await new TerminalPage(page).cluster();
      await type(page, 'kubectl get pods -A -w');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' });
    });
  });

  it('asks before it closes a terminal that is busy', async () => {
    await readers.visit({ dock: OPEN }, async (page) => {
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
      await readers.visit({ ...options, colorScheme, path: `${base}/concepts/service-mesh/` }, async (page) => {
        const faults = watchFaults(page, readers.lab.origin);
        const found: Record<string, string[]> = {};
        const look = async (state: string) => {
          const problems = await accessibilityFaults(page, DOCK);
          if (problems.length > 0) found[state] = problems;
        };
        const dialog = async (state: string) => {
          // A popover is open before it has its content.
          await page.locator('dialog[open] > *, [popover]:popover-open > *').last().waitFor();
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
        await page.locator('search input:focus').waitFor();
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
        // The next test counts them again.
        await expect.poll(() => tabs(page).count()).toBe(before);
        expect(found).toEqual({});
        expect(faults.console).toEqual([]);
        expect(faults.foreign).toEqual([]);
      });
    });
  });
});

it('says why there can be no further terminal', async () => {
  await readers.visit({ dock: OPEN }, async (page) => {
    await toTerminal(page);
    const add = page.getByRole('button', { name: /^New terminal/ });
    for (let count = await tabs(page).count(); count < 16; count++) {
      await add.click();
      await expect.poll(() => tabs(page).count()).toBe(count + 1);
    }
    expect(await add.getAttribute('aria-disabled')).toBe('true');
    expect(await add.getAttribute('aria-label')).toMatch(/16/);
    await add.focus();
    expect(await accessibilityFaults(page, DOCK)).toEqual([]);
  });
});

it('says that a terminal was ended because nobody used it', async () => {
  await limited.visit({ dock: OPEN }, async (page) => {
    await page.locator('[data-notice=ended]').getByText('nobody had used it').waitFor({ timeout: 120_000 });
    expect(await accessibilityFaultsByTheme(page, DOCK)).toEqual(NO_FAULTS);
  });
});
