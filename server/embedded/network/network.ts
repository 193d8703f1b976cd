/**
 * The pod network, as its users see it. Addresses and streams are in memory: no port of the host is opened.
 * Implemented in ./fabric.ts; a Node `http.Server` answers on it through `server.emit('connection', stream)`.
 */
import type { Duplex } from 'node:stream';

/** Who is calling: decides how a DNS name is searched, and later which proxy sees the call. */
export interface Caller {
  namespace: string;
  podIP?: string;
}

export interface Network {
  /** Accepts connections to `ip:port`. Returns the function that stops listening. Rejects a port taken (EADDRINUSE). */
  listen(ip: string, port: number, onConnection: (stream: Duplex) => void): () => void;
  /**
   * Opens a stream to `host:port`. `host` is a pod IP, a Service's cluster IP (a ready endpoint is picked, the port is
   * mapped to its target port) or a DNS name as seen from the caller (`web`, `web.ns`, `web.ns.svc.cluster.local`).
   * Rejects with an Error whose `code` is ECONNREFUSED, ENOTFOUND or EHOSTUNREACH, as `net.connect` would.
   */
  dial(host: string, port: number, from?: Caller): Promise<Duplex>;
  /** The addresses that cluster DNS gives for `name` as seen from the caller; empty where there are none. */
  resolve(name: string, from?: Caller): string[];
}
