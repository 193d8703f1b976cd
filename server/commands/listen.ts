/** Opens the lab's door on the port that the learner asked for, or on the first free one from the usual port on. */

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

/** The names under which browsers reach `host`; for all addresses (`0.0.0.0`, `::`), each address of the machine. */
function namesOf(host: string): string[] {
  const written = (address: string) => (address.includes(':') ? `[${address}]` : address);
  if (host !== '0.0.0.0' && host !== '::') return [written(host)];
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => written(address));
}

export const isLoopback = (host: string | undefined): boolean =>
  host === undefined || host === 'localhost' || host === '::1' || /^127\./.test(host);
