/** What a second start asks of the lab that runs. */

import type { RunningLab } from '../lab/lock.ts';
import { readToken } from '../lab/token.ts';
import { SIGN_IN_LINKS_PATH } from '../protocol.ts';

/** Milliseconds. A busy machine is slow; a lab that was stopped with Ctrl-Z never answers. */
const PATIENCE = 10_000;

/** Resolves with a new sign-in link; `shown`: other users may see it, as an argument of a process. Rejects with an Error for the learner where the lab does not answer. */
export async function askForLink({ pid, url }: RunningLab, tokenFile: string, { shown = false } = {}): Promise<string> {
  const what = `Malha is running already (process ${pid}), but gives no link`;
  const advice = `End it with Ctrl-C where it runs, or with \`kill ${pid}\`, then start again.`;
  const token = readToken(tokenFile);
  if (!url || !token) throw new Error(`${what}: it has not got that far. ${advice}`);
  try {
    const answer = await fetch(`${url}${SIGN_IN_LINKS_PATH}${shown ? '?shown=1' : ''}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, origin: url },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    return ((await answer.json()) as { url: string }).url;
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}. ${advice}`);
  }
}
