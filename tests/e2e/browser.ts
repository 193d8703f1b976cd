/** The browser for the tests: a Chromium that talks to this machine alone. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../scripts/browser.mjs';

export const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launch(): Promise<Browser> {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Error('No Chromium found: run `npm test` once, or set CHROME_PATH.');
  return chromium.launch({ executablePath, args: BROWSER_ARGS });
}

/** What a page did that a reader would call broken: errors in the console, requests to other hosts. */
export interface Faults {
  console: string[];
  foreign: string[];
}

export function watchFaults(target: Page | BrowserContext, origin: string): Faults {
  const faults: Faults = { console: [], foreign: [] };
  target.on('console', (message) => {
    if (message.type() === 'error') faults.console.push(message.text());
  });
  target.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:', 'about:'].includes(url.protocol) && url.host !== new URL(origin).host)
      faults.foreign.push(request.url());
  });
  return faults;
}
