/** The page's way to the lab: looks for one, connects, runs steps. Loads the socket only where the page has a use for it. */
import type { ClientMessage, RunRequest } from '../../server/protocol';
import { probe } from './probe';
import { labState } from './state';
import { onWake } from './wake';

let started = false;
let wanted = false;

/** Called once a page is there; later calls do nothing. */
export function findLab(): void {
  if (started) return;
  started = true;
  void look();
  // Someone who signs in through another tab comes back to this one.
  onWake(() => labState.get().presence === 'locked' && void look());
}

/** Connects as soon as there is a lab: the page has a step to run, or shows a terminal. Later calls do nothing. */
export function wantLab(): void {
  if (wanted) return;
  wanted = true;
  if (labState.get().presence === 'present') void connect();
}

async function look(): Promise<void> {
  const presence = await probe();
  labState.set({ presence });
  if (wanted && presence === 'present') await connect();
}

const connect = async () => (await loadConnection()).connect();

export const loadConnection = () => import('./connection');

/** Tries to connect at once, where the next try is still to come. */
export const retryNow = async () => (await loadConnection()).retryNow();

/** Presses Ctrl-C for a step. Returns false where there is no connection. */
export const stopStep = (step: string) => tell({ type: 'run.stop', step });

/** Lets a step's endless command go on in the background, in a tab of its own. Returns false where there is no connection. */
export const moveStep = (step: string) => tell({ type: 'run.move', step });

const tell = async (message: ClientMessage) => (await loadConnection()).send(message);

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
