/** What the real istioctl has and Malha's has not: each is refused by name, never ignored. */
import { type Command, Option } from 'commander';
import { CommandError } from './io.ts';

/** Commands of Istio 1.31's istioctl that are not here. */
export const OTHER_COMMANDS = [
  'admin',
  'authz',
  'bug-report',
  'completion',
  'create-remote-secret',
  'experimental',
  'kube-inject',
  'manifest',
  'options',
  'proxy-config',
  'remote-clusters',
  'tag',
  'validate',
  'waypoint',
  'ztunnel-config',
];
export const OTHER_ALIASES: Record<string, string> = {
  x: 'experimental',
  exp: 'experimental',
  pc: 'proxy-config',
  istiod: 'admin',
  zc: 'ztunnel-config',
  v: 'validate',
};

export const notPart = (what: string): CommandError =>
  new CommandError(
    `${what} is not part of Malha's istioctl, which has install, upgrade, uninstall, version, dashboard, proxy-status and analyze. ` +
      'Istio’s own istioctl has it, on a real cluster.',
  );

/** Options that are known and refused. */
export function refuse(command: Command, ...flags: string[]): Command {
  for (const text of flags) {
    const option = new Option(text).hideHelp();
    option.argParser(() => {
      throw notPart(`--${option.name()}`);
    });
    command.addOption(option);
    // A flag without a value never reaches its parser.
    if (!option.required && !option.optional) {
      command.on(`option:${option.name()}`, () => {
        throw notPart(`--${option.name()}`);
      });
    }
  }
  return command;
}
