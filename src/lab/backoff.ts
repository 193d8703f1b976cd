/** How long to wait between tries to reach the lab. */

/** Milliseconds: the first wait, and the longest. */
export const RETRY = { first: 250, longest: 5000 } as const;

/**
 * Milliseconds before try number `attempt` (from 0): doubled each time, and up to a fifth more or less, so that the
 * pages of a server that comes back do not all knock at once. `random` is in [0, 1).
 */
export function backOff(attempt: number, random: number): number {
  const doubled = Math.min(RETRY.longest, RETRY.first * 2 ** attempt);
  return Math.min(RETRY.longest, Math.max(RETRY.first, Math.round(doubled * (0.8 + 0.4 * random))));
}
