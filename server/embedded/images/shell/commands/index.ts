/** The commands that a container's shell finds, and those that it knows of and does not simulate. */
import type { Command } from '../command.ts';
import { curl } from './curl.ts';
import { fileCommands } from './files.ts';
import { networkCommands } from './network.ts';
import { systemCommands } from './system.ts';
import { textCommands } from './text.ts';

export const COMMANDS: Record<string, Command> = Object.assign(Object.create(null), {
  ...systemCommands,
  ...textCommands,
  ...fileCommands,
  ...networkCommands,
  curl,
});

export const NOT_SIMULATED = new Set(
  (
    'apk apt apt-get awk base64 bash chmod chown cp crond cut dd df dig du find free ftpget hey httpd ip ifconfig ' +
    'iptables jq kill less ln lsof md5sum more mount mv nc netcat netstat openssl pgrep ping pkill python python3 route ' +
    'sed ss ssh strace su sudo tar tcpdump telnet top tr traceroute vi watch xargs yum'
  ).split(' '),
);
