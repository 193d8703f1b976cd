/** Why a step was not run, or not to its end, in the reader's language: a sentence for each of the server's reasons. */
import { translate } from '@docusaurus/Translate';
import type { RunState } from '../../../server/protocol';

/** Characters of a program's command line that are told. */
const LONGEST = 60;

/** Undefined where the server gave no reason. `tab`: the terminal's number for the learner. */
export function reasonOf(run: RunState, tab: number): string | undefined {
  switch (run.reason) {
    case 'busy':
      return run.busyWith
        ? translate(
            { id: 'run.reason.busyWith', message: 'Terminal {tab} is running “{program}”.' },
            { tab, program: shortened(run.busyWith) },
          )
        : translate({ id: 'run.reason.busy', message: 'A program is running in terminal {tab}.' }, { tab });
    case 'still-busy':
      return translate(
        { id: 'run.reason.stillBusy', message: 'The program in terminal {tab} did not stop on Ctrl-C.' },
        { tab },
      );
    case 'no-marks':
      return translate(
        {
          id: 'run.reason.noMarks',
          message:
            'The shell of terminal {tab} cannot tell when a command ends. Install bash or zsh, or type the commands yourself.',
        },
        { tab },
      );
    case 'no-prompt':
      return translate(
        {
          id: 'run.reason.noPrompt',
          message: 'Terminal {tab} shows no prompt. Look there, or close it and run again.',
        },
        { tab },
      );
    case 'shell-ended':
      return translate({ id: 'run.reason.shellEnded', message: 'The shell of terminal {tab} has ended.' }, { tab });
    case 'unfinished':
      return translate({
        id: 'run.reason.unfinished',
        message: 'The shell waits for more: a quote, a bracket or a here-document is not closed.',
      });
    case 'not-accepted':
      return translate({
        id: 'run.reason.notAccepted',
        message: 'The shell did not accept the command; what it said is in the terminal.',
      });
    case 'terminals-full':
      return translate({ id: 'run.reason.terminalsFull', message: 'No tab is free: close a terminal first.' });
    case 'lab-failed':
      return translate(
        { id: 'run.reason.labFailed', message: 'The cluster is not there. {message}' },
        { message: run.message ?? '' },
      ).trim();
    case 'interrupted':
      return translate({ id: 'run.reason.interrupted', message: 'Ended by Ctrl-C' });
    case 'other':
    case undefined:
      return run.message;
  }
}

function shortened(command: string): string {
  const line = command.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
