/** The ways in which a person or a system ends a command. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first signal. A second one, after half a second at least, ends the process at once. */
export function endRequested(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = 0;
    const onSignal = (signal: NodeJS.Signals) => {
      const now = performance.now();
      // One Ctrl-C may come twice: from the terminal, and from npm which passes it on.
      if (first > 0 && now - first > 500) process.exit(130);
      if (first === 0) first = now;
      resolve(signal);
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}
