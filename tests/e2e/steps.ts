/** Presses a page's Run buttons as a reader does, and reads what the page then says of each step. */
import type { Locator, Page } from 'playwright-core';

export interface Outcome {
  step: string;
  /** passed, listening, failed, refused or ended. */
  phase: string;
  /** The status line, in the page's language. */
  status: string;
  /** The page shows what to expect of it. */
  expects: boolean;
  /** What the page says of the output: like the expected (`true`), not (`false`), or nothing. */
  alike: string | null;
  /** Where it differs: − expected, + seen. */
  difference: string;
}

/** Commands that wait for a cluster's work take their time; a step that ends in no state by then is a defect. */
const PATIENCE_MS = 180_000;

export const stepsOf = (page: Page): Locator => page.locator('[data-step]');

export async function runStep(page: Page, block: Locator): Promise<Outcome> {
  const step = (await block.getAttribute('data-step'))!;
  const button = block.locator('[data-action=run]');
  await button.scrollIntoViewIfNeeded();
  // The lab enables the button once its cluster is ready.
  await page.waitForFunction(
    (name) => {
      const run = document.querySelector<HTMLButtonElement>(`[data-step="${name}"] [data-action=run]`);
      return run !== null && !run.disabled;
    },
    step,
    { timeout: PATIENCE_MS },
  );
  await button.click();
  await page.waitForFunction(
    (name) => {
      const phase = document.querySelector(`[data-step="${name}"]`)?.getAttribute('data-phase') ?? '';
      return ['passed', 'listening', 'failed', 'refused', 'ended'].includes(phase);
    },
    step,
    { timeout: PATIENCE_MS },
  );
  const expected = block.locator('[data-alike]');
  const alike = (await expected.count()) > 0 ? await expected.getAttribute('data-alike') : null;
  return {
    step,
    phase: (await block.getAttribute('data-phase'))!,
    status: ((await block.locator('[role=status]').textContent()) ?? '').trim(),
    // Beside the commands themselves.
    expects: (await block.locator('pre').count()) > 1,
    alike,
    difference: alike === 'false' ? ((await block.locator('details pre').textContent()) ?? '') : '',
  };
}
