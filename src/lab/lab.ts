/** The page's way to the lab: looks for one, connects, runs steps. Loads the socket only where there is a lab. */
import type { RunRequest } from '../../server/protocol';
import { probe } from './probe';
import { labState } from './state';

let started = false;

/** Called once a page is there; later calls do nothing. */
export function findLab(): void {
  if (started) return;
  started = true;
  void look();
  // Someone who signs in through another tab comes back to this one.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && labState.get().presence === 'locked') void look();
  });
}

async function look(): Promise<void> {
  const presence = await probe();
  labState.set({ presence });
  if (presence === 'present') (await loadConnection()).connect();
}

export const loadConnection = () => import('./connection');

/** Asks the lab to type a step's commands. Returns false where there is no connection, so that the page can say so. */
export async function runStep(request: RunRequest): Promise<boolean> {
  const { send } = await loadConnection();
  const sent = send({ type: 'run', request });
  if (sent) {
    labState.set(({ runs, started: names }) => ({
      runs: { ...runs, [request.step]: { step: request.step, phase: 'waiting' } },
      started: new Set([...names, request.step]),
    }));
  }
  return sent;
}
