/** What axe finds on a page that keeps people out. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Serious and critical findings, one line each. `within`: a selector, for a part of the page. */
export async function accessibilityFaults(page: Page, within?: string): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (selector) =>
      (window as unknown as { axe: typeof axe }).axe.run(selector ?? document, { resultTypes: ['violations'] }),
    within,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** The same in light and in dark, by theme, of a page that follows the system's. */
export async function accessibilityFaultsByTheme(page: Page, within: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
    // On their way from one theme to the other colours have any contrast.
    await page.waitForFunction(() => !document.getAnimations().some((one) => one instanceof CSSTransition));
    found[colorScheme] = await accessibilityFaults(page, within);
  }
  return found;
}

export const NO_FAULTS = { light: [], dark: [] };
