/** Lessons on a plain file server: every block plays its recording, and what is answered stays in the browser. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Lessons } from '../../server/lessons/schema.ts';
import { type Faults, launch, watchFaults } from './browser.ts';
import { root } from './lab.ts';

const LESSON = '/tutorials/first-sidecar/';

const { lessons } = v.parse(Lessons, JSON.parse(readFileSync(path.join(root, 'dist/lessons/lessons.json'), 'utf8')));
let browser: Browser;
let server: FastifyInstance;
let origin: string;
let context: BrowserContext;
let page: Page;
let faults: Faults;

beforeAll(async () => {
  server = fastify();
  await server.register(fastifyStatic, { root: path.join(root, 'build') });
  server.setNotFoundHandler((_request, reply) => reply.code(404).sendFile('404.html'));
  await server.listen({ port: 0, host: '127.0.0.1' });
  origin = `http://127.0.0.1:${(server.server.address() as { port: number }).port}`;
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async () => {
  // The end of each recording at once: nobody waits for the film.
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  faults = watchFaults(page, origin);
});
afterEach(async () => {
  expect(faults.foreign).toEqual([]);
  expect(faults.console).toEqual([]);
  await context.close();
});

describe.each(['', '/pt-BR'])('in %j', (base) => {
  it.each(lessons.filter(({ steps }) => steps.length > 0).map((lesson) => [lesson.page, lesson.steps.length] as const))(
    '%s plays all of its %i blocks',
    async (name, count) => {
      await page.goto(origin + base + name);
      const blocks = page.locator('[data-step]');
      expect(await blocks.count()).toBe(count);
      for (const block of await blocks.all()) {
        await block.locator('[data-action="play"]').click();
        await block.locator('[data-recording="open"] .xterm').waitFor();
        // Of when, where and what it is.
        expect(await block.locator('[data-recorded]').textContent()).toMatch(/Kubernetes \d/);
        await block.locator('[data-action="play"]').first().click();
      }
    },
  );
});

/** Opens the lesson. What is chosen before React has taken over the page is lost: only then is there a play button. */
const openLesson = async () => {
  await page.goto(origin + LESSON);
  await page.locator('[data-step] [data-action=play]').first().waitFor();
};

it('keeps answers over a reload, tells two tabs, and erases them', async () => {
  await openLesson();
  const first = page.locator('[data-question="1"]');
  await first.locator('input').first().check();
  await first.locator('[data-action="answer"]').click();
  // Nothing can be run here, so the answer is told at once.
  await first.locator('label[data-right="true"]').waitFor();
  const second = await context.newPage();
  await second.goto(origin + LESSON);
  await second.locator('[data-question="1"][data-answered="true"]').waitFor();
  await second.locator('[data-question="2"] input').first().check();
  await second.locator('[data-question="2"] [data-action="answer"]').click();
  await page.locator('[data-question="2"][data-answered="true"]').waitFor();
  await page.reload();
  await page.locator('[data-lesson] [data-done="2"]').waitFor();
  await page.goto(`${origin}/progress/`);
  await page.locator('[data-action="erase"]').click();
  await page.locator('[data-action="erase-sure"]').click();
  await second.locator('[data-question="1"][data-answered="false"]').waitFor();
});

it('sets a broken record aside and goes on', async () => {
  await openLesson();
  await page.evaluate(() => localStorage.setItem('malha.progress', '{"version":1,"pages":7'));
  await page.goto(`${origin}/progress/`);
  await page.getByText('malha.progress.broken').waitFor();
  expect(await page.evaluate(() => localStorage.getItem('malha.progress.broken'))).toContain('"pages":7');
  await openLesson();
  await page.locator('[data-question="1"] input').first().check();
  await page.locator('[data-question="1"] [data-action="answer"]').click();
  await expect.poll(() => page.evaluate(() => localStorage.getItem('malha.progress'))).toContain('answers');
  await page.reload();
  await page.locator('[data-question="1"][data-answered="true"]').waitFor();
});
