/** The addresses of the node and its pods: hands out pod IPs and takes them back. */

/** Where a kind node sits in Docker's network. */
export const NODE_IP = '172.18.0.2';
export const NODE_NAME = 'malha-control-plane';
export const POD_CIDR = '10.244.0.0/24';

const PREFIX = '10.244.0.';
/** .0 names the network, .1 is the node's own end of it, .255 is the broadcast address. */
const FIRST = 2;
const LAST = 254;

export class PodAddresses {
  private readonly taken = new Set<number>();
  private last = FIRST - 1;

  /** The next free address, going round, so that one just given back is not reused at once. Undefined: all are taken. */
  allocate(): string | undefined {
    for (let step = 0; step <= LAST - FIRST; step++) {
      const candidate = FIRST + ((this.last + 1 - FIRST + step) % (LAST - FIRST + 1));
      if (this.taken.has(candidate)) continue;
      this.taken.add(candidate);
      this.last = candidate;
      return PREFIX + candidate;
    }
    return undefined;
  }

  /** Keeps an address that a pod has already. */
  reserve(ip: string): void {
    if (ip.startsWith(PREFIX)) this.taken.add(Number(ip.slice(PREFIX.length)));
  }

  release(ip: string): void {
    if (ip.startsWith(PREFIX)) this.taken.delete(Number(ip.slice(PREFIX.length)));
  }
}
