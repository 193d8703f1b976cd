/** The built site alone, as a plain file server shows it: every page in both languages, without a lab. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { launch, watchFaults } from './browser.ts';
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

describe.each(['', 'pt-BR'])('in %s', (base) => {
  it.each(['light', 'dark'] as const)('shows every page in the %s theme without a fault', async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const faults = watchFaults(page, origin);
    const found: Record<string, string[]> = {};
    for (const url of pathsOf(base)) {
      await page.goto(origin + url, { waitUntil: 'networkidle' });
      const problems = await accessibilityFaults(page);
      if (problems.length) found[url] = problems;
    }
    await context.close();
    expect(found).toEqual({});
    expect(faults.console).toEqual([]);
    expect(faults.foreign).toEqual([]);
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
  const box = page
    .getByRole('searchbox')
    .or(page.getByPlaceholder(/search/i))
    .first();
  await box.click();
  await box.fill('sidecar');
  await page.getByRole('option').or(page.locator('[class*=suggestion]')).first().waitFor();
  await page.close();
});
