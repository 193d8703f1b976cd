/** The guide as a reader walks it: every Run button of the runnable pages, in order, in both languages. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Faults, launch, watchFaults } from './browser.ts';
import { type Lab, signIn, startLab } from './lab.ts';
import { LOCALES, RUNNABLE_PAGES } from './pages.ts';
import { runStep, stepsOf } from './steps.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

describe.each(LOCALES)('in $name', ({ base }) => {
  let lab: Lab;
  let page: Page;
  let faults: Faults;
  beforeAll(async () => {
    lab = await startLab();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    faults = watchFaults(page, lab.origin);
    await signIn(page, lab);
  });
  afterAll(async () => {
    await page?.close();
    await lab?.stop();
  });

  it.each(RUNNABLE_PAGES)('walks %s to its end', async (path) => {
    await page.goto(lab.origin + base + path);
    const steps = await stepsOf(page).all();
    expect(steps.length).toBeGreaterThan(5);
    for (const block of steps) {
      const outcome = await runStep(page, block);
      expect.soft(['passed', 'listening'], `${outcome.step}: ${outcome.status}`).toContain(outcome.phase);
      // A command that goes on may print the rest later; one that has ended has printed all.
      if (outcome.expects && outcome.phase === 'passed')
        expect.soft(outcome.alike, `${outcome.step} printed otherwise:\n${outcome.difference}`).toBe('true');
      // What follows a step that failed says nothing more.
      if (!['passed', 'listening'].includes(outcome.phase)) break;
    }
  });

  it('broke nothing in the browser and asked no other host', () => {
    expect(faults.foreign).toEqual([]);
    expect(faults.console).toEqual([]);
  });
});
