/** A step's state in words and with its drawing. */
import { translate } from '@docusaurus/Translate';
import type { RunState } from '../../../server/protocol';
import type { Step } from '../../lesson/step';
import type { IconName } from '../Icon';
import { reasonOf } from './reasons';

export interface Status {
  icon: IconName;
  text: string;
}

/** `lateAfter`: the milliseconds that it should have taken, where it runs for longer. */
export function statusOf(run: RunState, step: Pick<Step, 'commands' | 'terminal'>, lateAfter?: number): Status {
  const ofMany =
    run.command !== undefined && step.commands.length > 1
      ? translate(
          { id: 'run.ofMany', message: ' (command {number} of {count})' },
          { number: run.command + 1, count: step.commands.length },
        )
      : '';
  const tab = run.tab ?? step.terminal;
  switch (run.phase) {
    case 'waiting':
      return { icon: 'clock', text: translate({ id: 'run.waiting', message: 'Waiting for a prompt…' }) };
    case 'running':
      return {
        icon: 'spinner',
        text: (lateAfter === undefined || run.reason !== undefined ? running(run) : late(lateAfter)) + ofMany,
      };
    case 'passed':
      return { icon: 'check', text: success(run) };
    case 'failed':
      return { icon: 'cross', text: failure(run, tab) + ofMany };
    case 'listening': {
      const listening = translate({ id: 'run.listening', message: 'Listening in terminal {tab}' }, { tab });
      return { icon: 'listening', text: run.reason === 'still-busy' ? `${listening}. ${notStopped()}` : listening };
    }
    case 'ended':
      return { icon: 'stop', text: translate({ id: 'run.ended', message: 'Ended' }) };
    case 'refused':
      return { icon: 'blocked', text: notRun(run, tab) };
  }
}

function success({ exitCode = 0 }: RunState): string {
  return exitCode === 0
    ? translate({ id: 'run.passed', message: 'Passed' })
    : translate({ id: 'run.passedWith', message: 'Passed: exit code {code}, as it should be' }, { code: exitCode });
}

function running(run: RunState): string {
  const text = run.endless
    ? translate({ id: 'run.endless', message: 'Running until you stop it' })
    : translate({ id: 'run.running', message: 'Running…' });
  if (run.reason === 'still-busy') return `${text} · ${notStopped()}`;
  return run.reason === 'terminals-full' ? `${text} · ${reasonOf(run, run.tab ?? 1)}` : text;
}

const late = (milliseconds: number) =>
  translate(
    { id: 'run.late', message: 'Still running, though {seconds} s should do. Look at the terminal: wait, or stop it.' },
    { seconds: milliseconds / 1000 },
  );

const notStopped = () => translate({ id: 'run.notStopped', message: 'It did not stop on Ctrl-C.' });

function failure(run: RunState, tab: number): string {
  const reason = reasonOf(run, tab);
  if (run.exitCode === undefined || run.reason === 'interrupted' || run.reason === 'shell-ended') {
    return reason ?? translate({ id: 'run.failed', message: 'Failed' });
  }
  return translate({ id: 'run.failedWith', message: 'Failed with exit code {code}' }, { code: run.exitCode });
}

function notRun(run: RunState, tab: number): string {
  if (run.reason === 'interrupted') return translate({ id: 'run.cancelled', message: 'Not run: cancelled.' });
  const reason = reasonOf(run, tab);
  const refused = translate({ id: 'run.refused', message: 'Not run.' });
  return reason === undefined ? refused : `${refused} ${reason}`;
}
