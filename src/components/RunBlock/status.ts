/** The words and the drawing for each state of a step. */
import { translate } from '@docusaurus/Translate';
import type { RunState } from '../../../server/protocol';
import type { Step } from '../../lesson/step';
import type { IconName } from '../Icon';

export interface Status {
  icon: IconName;
  text: string;
}

export function statusOf(run: RunState, step: Pick<Step, 'commands' | 'terminal'>): Status {
  const ofMany =
    run.command !== undefined && step.commands.length > 1
      ? translate(
          { id: 'run.ofMany', message: ' (command {number} of {count})' },
          { number: run.command + 1, count: step.commands.length },
        )
      : '';
  switch (run.phase) {
    case 'waiting':
      return { icon: 'clock', text: translate({ id: 'run.waiting', message: 'Waiting for a prompt…' }) };
    case 'running':
      return { icon: 'spinner', text: translate({ id: 'run.running', message: 'Running…' }) + ofMany };
    case 'passed':
      return { icon: 'check', text: success(run) };
    case 'failed':
      return { icon: 'cross', text: failure(run) + ofMany };
    case 'listening':
      return {
        icon: 'listening',
        text: translate({ id: 'run.listening', message: 'Listening in terminal {tab}' }, { tab: step.terminal }),
      };
    case 'ended':
      return { icon: 'stop', text: translate({ id: 'run.ended', message: 'Ended' }) };
    case 'refused':
      return {
        icon: 'blocked',
        text: run.message ?? translate({ id: 'run.refused', message: 'Not run.' }),
      };
  }
}

function success({ exitCode = 0 }: RunState): string {
  return exitCode === 0
    ? translate({ id: 'run.passed', message: 'Passed' })
    : translate({ id: 'run.passedWith', message: 'Passed: exit code {code}, as it should be' }, { code: exitCode });
}

function failure(run: RunState): string {
  if (run.exitCode === undefined) return run.message ?? translate({ id: 'run.failed', message: 'Failed' });
  return translate({ id: 'run.failedWith', message: 'Failed with exit code {code}' }, { code: run.exitCode });
}
