/**
 * Whose program is at the other end of a connection, where that is on this machine. A link that opens the browser is an
 * argument of the browser's process for a moment, which every user of the machine can see.
 */

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');

/**
 * False where the peer is a program of another user than ours and root, who may anyway; true where nobody can tell: on
 * systems without proc(5), from other machines and from behind a forwarder outside of this one.
 */
export function isOwnUser(socket: Socket): boolean {
  const { remotePort, localPort } = socket;
  const own = process.getuid?.();
  if (remotePort === undefined || localPort === undefined || own === undefined) return true;
  for (const table of TABLES) {
    let rows: string[];
    try {
      rows = readFileSync(table, 'utf8').split('\n').slice(1);
    } catch {
      continue;
    }
    for (const row of rows) {
      // proc_net_tcp: number, local address, remote address, state, queues, timers, retransmits, uid.
      const [, local = '', remote = '', , , , , uid] = row.trim().split(/\s+/);
      const isPeer = local.endsWith(`:${hex(remotePort)}`) && remote.endsWith(`:${hex(localPort)}`);
      if (isPeer && ![0, own].includes(Number(uid))) return false;
    }
  }
  return true;
}
