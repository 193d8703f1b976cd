/** The dock for every hand: keyboard alone, fingers, clipboard, search; and its code only where it is wanted. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FINGER, inTerminal, OPEN, Readers, screenText, seen, shownTab, tabs, toTerminal, type } from './dock-page.ts';
import { LOCALES } from './pages.ts';
import { TerminalPage } from './terminal-page.ts';

let readers: Readers;
beforeAll(async () => {
  readers = await Readers.create();
});
afterAll(() => readers?.end());

describe('its code', () => {
  it.each(['/concepts/service-mesh/', '/reference/glossary/'])(
    'stays away from %s until the reader opens it',
    async (path) => {
      await readers.visit({ path }, async (page) => {
        await page.locator('[data-toggle]').waitFor();
        await page.waitForLoadState('networkidle');
        const scripts = await page.evaluate(() =>
          performance
            .getEntriesByType('resource')
            .map(({ name }) => name)
            .filter((name) => name.endsWith('.js')),
        );
        expect(scripts.length).toBeGreaterThan(5);
        const code = (await Promise.all(scripts.map(async (url) => (await page.request.get(url)).text()))).join('\n');
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
    await readers.visit({ path: `${base}/install/`, dock: { screenReader: true } }, async (page) => {
      await new TerminalPage(page).cluster();
      const run = page.locator('[data-action=run]:not(:disabled)').first();
      await run.waitFor();
      await run.focus();
      await page.keyboard.press('Enter');
      await page.locator('[data-step="/install/#1"]:is([data-phase=passed], [data-phase=failed])').waitFor();
      await page.locator('.xterm').waitFor();
      await page.keyboard.press('F6');
      await expect.poll(() => inTerminal(page)).toBe(true);
      const description = await page.evaluate(
        () => document.getElementById(document.activeElement?.getAttribute('aria-describedby') ?? '')?.textContent,
      );
      expect(description).toMatch(/F6/);
      await new TerminalPage(page).prompt();
      // The shell completes the word.
      await page.keyboard.type('clear; kubect');
      await page.keyboard.press('Tab');
      await page.keyboard.type('version --client');
      await page.keyboard.press('Enter');
      await seen(page, /^Client Version/m);
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Escape');
      expect(await inTerminal(page)).toBe(true);
      await page.keyboard.press('Enter');
      await page.keyboard.press('F6');
      expect(await page.evaluate(() => document.activeElement?.closest('[data-step]')?.getAttribute('data-step'))).toBe(
        '/install/#1',
      );
      await page.keyboard.press('F6');
      expect(await inTerminal(page)).toBe(true);
    });
  });

  it('moves between terminals, searches, changes the letters', async () => {
    await readers.visit({ path: `${base}/concepts/service-mesh/`, dock: OPEN }, async (page) => {
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
      await page.locator('search input:focus').waitFor();
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
  await readers.visit({ dock: OPEN }, async (page) => {
    const help = page.getByRole('button', { name: 'Keys of the terminal' });
    await help.press('Enter');
    await page.getByRole('dialog', { name: 'Keys of the terminal' }).getByText('F6').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => help.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});

it('searches with case, whole words and expressions', async () => {
  await readers.visit({ dock: OPEN }, async (page) => {
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
    await readers.visit({ dock: OPEN }, async (page) => {
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
      await question.waitFor();
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
    await readers.visit({ dock: OPEN }, async (page) => {
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
    await readers.visit({ dock: OPEN }, async (page) => {
      await type(page, "clear; echo 'to be copied'");
      await seen(page, /^to be copied/m);
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      await page.keyboard.press('Control+Shift+F');
      await page.locator('search input:focus').waitFor();
      await page.keyboard.type('be cop');
      await expect.poll(() => page.locator('search output').textContent()).toMatch(/of 1$/);
      await page.locator('.xterm-helper-textarea').focus();
      await page.keyboard.press('Control+Shift+C');
      await expect.poll(clipboard).toBe('be cop');
      await page.keyboard.press('Control+Shift+F');
      await page.locator('search input:focus').press('Escape');
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
    await readers.visit({ dock: OPEN }, async (page) => {
      await page.evaluate(() => navigator.clipboard.writeText('kept'));
      await type(page, "clear; printf '\\e]52;c;aGFja2Vk\\a\\e]52;c;?\\a'; echo ready; cat -v");
      await seen(page, /^ready/m);
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
    await readers.visit({ ...FINGER, dock: OPEN }, async (page) => {
      const keys = page.getByRole('toolbar', { name: 'Keys' }).getByRole('button');
      await keys.first().waitFor();
      for (const key of await keys.all()) {
        const { width, height } = (await key.boundingBox())!;
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
      }
      /** Presses a key that holds for the next one. */
      const hold = async (name: string) => {
        const key = page.getByRole('button', { name, exact: true });
        await key.tap();
        await expect.poll(() => key.getAttribute('aria-pressed')).toBe('true');
      };
      await type(page, 'clear; echo ready; cat -v');
      await seen(page, /^ready/m);
      await page.getByRole('button', { name: 'Esc' }).tap();
      await page.getByRole('button', { name: 'vertical bar' }).tap();
      await hold('Alt');
      await page.keyboard.type('x\n');
      await seen(page, /\^\[\|\^\[x/);
      const up = page.getByRole('button', { name: 'up', exact: true });
      await up.dispatchEvent('pointerdown', { button: 0 });
      await seen(page, /(\^\[\[A){3}/);
      await up.dispatchEvent('pointerup', { button: 0 });
      expect(await inTerminal(page)).toBe(true);
      await hold('Ctrl');
      await page.keyboard.type('c');
      await seen(page, /\^C[\s\S]*[$#%] /);
    });
  });

  it('stays above the phone’s own keyboard', async () => {
    await readers.visit({ ...FINGER, dock: OPEN }, async (page) => {
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
