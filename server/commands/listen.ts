/** Opens the lab's door on the port that the learner asked for, or on the first free one from the usual port on. */

import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Door, type DoorOptions, openDoor } from '../http/app.ts';
import { DEFAULT_PORT } from '../versions.ts';

const TRIED_PORTS = 20;

export interface ListenOptions extends Omit<DoorOptions, 'port' | 'extraHosts'> {
  /** As the learner gave it; 0 for any free one. */
  port?: number;
}

/** Rejects with an Error for the learner where the port is taken or the address is not this machine's. */
export async function listen({ port, host, ...rest }: ListenOptions): Promise<Door> {
  // Node would take an empty one for all addresses.
  if (host?.trim() === '') throw new Error('--host needs an address: leave it out to listen on this machine alone.');
  const options = { ...rest, host, extraHosts: host ? namesOf(host) : undefined };
  if (port !== undefined) return openDoor({ ...options, port }).catch((error) => explain(error, port, host));
  for (let tried = DEFAULT_PORT; tried < DEFAULT_PORT + TRIED_PORTS; tried++) {
    try {
      return await openDoor({ ...options, port: tried });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return explain(error, tried, host);
    }
  }
  throw new Error(
    `Ports ${DEFAULT_PORT} to ${DEFAULT_PORT + TRIED_PORTS - 1} are all taken: give a free one with --port.`,
  );
}

function explain(error: unknown, port: number, host = '127.0.0.1'): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    throw new Error(`Port ${port} is taken by another program: end it, or give another port with --port.`);
  }
  if (code === 'EACCES')
    throw new Error(`Port ${port} needs more rights than you have: give one above 1023 with --port.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    throw new Error(`--host ${host} is not an address of this machine: leave it out to listen on this machine alone.`);
  }
  throw error;
}

/** What the learner must know of a door that others can reach: every address, who gets in, how to stop it. */
export function openWarning(host: string, port: number): string {
  return [
    `WARNING: --host ${host} opens this lab, with a shell of yours, to other machines, at:`,
    ...namesOf(host).map((name) => `  http://${name}:${port}`),
    'Nothing is encrypted. Whoever has a sign-in link, or can read the traffic, can run commands as you.',
    'Ctrl-C stops it. Without --host, the lab listens on this machine alone.',
  ].join('\n');
}

/** The names under which browsers reach `host`; for all addresses (`0.0.0.0`, `::`), each address of the machine. */
function namesOf(host: string): string[] {
  const written = (address: string) => (address.includes(':') ? `[${address}]` : address);
  if (host !== '0.0.0.0' && host !== '::') return [written(host)];
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => written(address));
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** A name that is not `localhost` may be anybody's, also one that begins with `127.`. */
export function isLoopback(host: string | undefined): boolean {
  if (host === undefined || host.toLowerCase() === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
