/** The built site alone, as a plain file server shows it: every page in both languages, without a lab. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { type Faults, launch, watchFaults } from './browser.ts';
import { serveSite, site } from './static.ts';

let browser: Browser;
let server: Awaited<ReturnType<typeof serveSite>>;
let origin = '';

/** The paths of a language's sitemap; pages that only exist for machines or errors are not in it. */
const pathsOf = (base: string) =>
  [...readFileSync(path.join(site, base, 'sitemap.xml'), 'utf8').matchAll(/<loc>https?:\/\/[^/]+([^<]*)<\/loc>/g)]
    .map((match) => match[1]!)
    .filter((url) => !url.endsWith('/search') && !url.endsWith('/search/'));

beforeAll(async () => {
  server = await serveSite();
  origin = server.origin;
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.each(['', 'pt-BR'])('in %j', (base) => {
  describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
    let page: Page;
    let faults: Faults;
    beforeAll(async () => {
      page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
    });
    afterAll(() => page?.close());
    beforeEach(() => {
      page.removeAllListeners();
      faults = watchFaults(page, origin);
    });

    it.each(pathsOf(base))('shows %s without a fault', async (url) => {
      // Diagrams, and what there is where no lab answers, come after `load`.
      await page.goto(origin + url, { waitUntil: 'networkidle' });
      // Code and diagrams have the colours of the light theme at first, and diagrams are drawn anew in their own time.
      await page.locator('html[data-has-hydrated=true]').waitFor();
      await expect.poll(() => accessibilityFaults(page)).toEqual([]);
      expect(faults.console).toEqual([]);
      expect(faults.foreign).toEqual([]);
    });
  });

  it('fits a phone without scrolling sideways', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const wide: string[] = [];
    for (const url of pathsOf(base)) {
      await page.goto(origin + url);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > 390) wide.push(`${url}: ${width}`);
    }
    await context.close();
    expect(wide).toEqual([]);
  });

  it('says in one line how to start a lab, and offers no Run button', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}${base ? `/${base}` : ''}/install/`);
    // Offered instead, once it is known that no lab answers.
    await page.locator('[data-action=play]').first().waitFor();
    await page.getByText('npm start').first().waitFor();
    expect(await page.locator('[data-action=run]').count()).toBe(0);
    await page.close();
  });

  it('loads no terminal code where nothing runs', async () => {
    const page = await browser.newPage();
    const scripts: Promise<Buffer>[] = [];
    const keep = (response: Response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body());
    };
    page.on('response', keep);
    await page.goto(`${origin}${base ? `/${base}` : ''}/concepts/service-mesh/`, { waitUntil: 'networkidle' });
    // What a page fetches ahead for the next one may still be under way when this one is closed.
    page.off('response', keep);
    const code = (await Promise.all(scripts)).join('\n');
    expect(code).not.toContain('xterm-helper-textarea');
    await page.close();
  });
});

it('finds a word in the local search', async () => {
  const page = await browser.newPage();
  await page.goto(`${origin}/concepts/service-mesh/`);
  // The field is there before, and forgets what was typed.
  await page.locator('html[data-has-hydrated=true]').waitFor();
  const box = page
    .getByRole('searchbox')
    .or(page.getByPlaceholder(/search/i))
    .first();
  await box.click();
  await box.fill('sidecar');
  await page.getByRole('option').or(page.locator('[class*=suggestion]')).first().waitFor();
  await page.close();
});
