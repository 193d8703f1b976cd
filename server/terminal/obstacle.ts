/** Whether a terminal can take a command; where it can be freed for one, frees it. */

import type { RunReason, RunState } from '../protocol.ts';
import type { Session } from './session.ts';
import { interrupt, waitForPrompt } from './typing.ts';

/** Why not; `message` in English. */
export interface Obstacle extends Pick<RunState, 'busyWith'> {
  reason: RunReason;
  message: string;
}

export interface ObstacleOptions {
  /** The program that runs there may be sent Ctrl-C. */
  mayInterrupt: boolean;
  /** Milliseconds. */
  interruptTimeout: number;
  promptTimeout: number;
}

/** Undefined when the terminal is at its prompt, with an empty line. Nothing is ever typed into a running program. */
export async function runObstacle(session: Session, options: ObstacleOptions): Promise<Obstacle | undefined> {
  const { tab, state, command } = session.info;
  if (state === 'running' && !session.isReturning) {
    if (!session.hasMarks) {
      const message = `Terminal ${tab} runs ${command}, which cannot tell when a command ends. Install bash or zsh, or type the commands yourself.`;
      return { reason: 'no-marks', message };
    }
    const busyWith = command;
    if (!options.mayInterrupt) {
      const message = `Terminal ${tab} is busy with \`${command ?? 'a program'}\`. End it there (Ctrl-C, or q) and run the step again.`;
      return { reason: 'busy', busyWith, message };
    }
    if (await interrupt(session, options.interruptTimeout)) return undefined;
    if (!session.hasExited) {
      const message = `Terminal ${tab} still runs \`${command ?? ''}\`, which did not stop on Ctrl-C.`;
      return { reason: 'still-busy', busyWith, message };
    }
  }
  if (await waitForPrompt(session, options.promptTimeout)) return undefined;
  return session.hasExited
    ? { reason: 'shell-ended', message: `The shell of terminal ${tab} has ended.` }
    : {
        reason: 'no-prompt',
        message: `Terminal ${tab} shows no prompt. Look there, or close it and run the step again.`,
      };
}
