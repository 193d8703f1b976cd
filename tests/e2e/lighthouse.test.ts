/** Lighthouse's accessibility score of the pages that the guide is about, as readers without a lab see them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBrowser } from '../../scripts/browser.mjs';
import { BROWSER_ARGS } from './browser.ts';
import { serveSite } from './static.ts';

const PAGES = ['/concepts/service-mesh/', '/tutorials/first-sidecar/'];

let server: Awaited<ReturnType<typeof serveSite>>;
let browser: Awaited<ReturnType<typeof chromium.launchPersistentContext>>;
let profile = '';
let port = 0;

beforeAll(async () => {
  server = await serveSite();
  profile = mkdtempSync(path.join(tmpdir(), 'malha-lighthouse-'));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: await findBrowser(),
    args: [...BROWSER_ARGS, '--remote-debugging-port=0'],
  });
  port = Number(readFileSync(path.join(profile, 'DevToolsActivePort'), 'utf8').split('\n')[0]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(profile, { recursive: true, force: true });
});

it.each(PAGES.flatMap((page) => [page, `/pt-BR${page}`]))('gives %s 100 for accessibility', async (page) => {
  const result = await lighthouse(`${server.origin}${page}`, {
    port,
    onlyCategories: ['accessibility'],
    logLevel: 'silent',
  });
  const { categories, audits } = result!.lhr;
  const failed = categories
    .accessibility!.auditRefs.filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
    .map(({ id }) => `${id}: ${audits[id]?.title}`);
  expect(failed).toEqual([]);
  expect(categories.accessibility!.score).toBe(1);
});
