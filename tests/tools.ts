/** Fetches the tools that unit tests run, before the first of them: a download takes longer than a test may. */
import { stage } from '../bin/stages.mjs';
import { findHelm, findKubectl } from './kubectl.ts';

export async function setup(): Promise<void> {
  try {
    await stage('Tools for the tests', async (detail) => {
      await findKubectl(detail);
      await findHelm(detail);
    });
  } catch (error) {
    // Most tests need none; those that do fail with this reason.
    console.warn((error as Error).message);
  }
}
