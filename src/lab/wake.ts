/** The moments at which a connection is worth a look: the network is back, or the reader is. */

/** Calls back on each of them, and whenever the page comes back from the browser's cache of left pages. */
export function onWake(look: () => void): void {
  window.addEventListener('online', look);
  window.addEventListener('focus', look);
  window.addEventListener('pageshow', ({ persisted }) => persisted && look());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
}
