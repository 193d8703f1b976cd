/** A container's own view of the network: calls carry its pod's name, and what it listens on ends with it. */
import type { Caller, Network } from '../network/network.ts';

export function scopedNetwork(network: Network, caller: Caller): { network: Network; close(): void } {
  const open = new Set<() => void>();
  return {
    network: {
      listen(ip, port, onConnection) {
        const stop = network.listen(ip, port, onConnection);
        open.add(stop);
        return () => {
          open.delete(stop);
          stop();
        };
      },
      dial: (host, port, from = caller) => network.dial(host, port, from),
      resolve: (name, from = caller) => network.resolve(name, from),
    },
    close() {
      for (const stop of open) stop();
      open.clear();
    },
  };
}
