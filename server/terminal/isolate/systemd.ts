/** Limits by systemd: each shell becomes a transient scope of the user's own service manager (systemd-run(1)). */

import type { Limiter, Limits, Room } from './limits.ts';

export class SystemdScopes implements Limiter {
  readonly by = 'systemd scopes';

  /** `program`: path of systemd-run. A user's manager holds that user's scopes, the system's holds root's. */
  constructor(
    private readonly program: string,
    private readonly manager: '--user' | '--system',
  ) {}

  room(name: string, { memory, tasks, cpu }: Limits): Room {
    const properties = [`MemoryMax=${memory}M`, 'MemorySwapMax=0', `TasksMax=${tasks}`, `CPUQuota=${cpu}%`];
    return {
      prefix: [
        this.program,
        ...[this.manager, '--scope', '--quiet', '--collect', `--unit=${name}`],
        ...properties.flatMap((property) => ['-p', property]),
        '--',
      ],
      // systemd takes a scope away with its last process.
      release: async () => {},
    };
  }

  sweep(): void {}
}
