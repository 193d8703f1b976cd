/**
 * The pod network in memory: who listens where, what a name or a service address means to a caller, and the stream
 * between them. No port of the host is opened.
 *
 * Every connection passes the same three steps: `dial` turns a name into an address, `outbound` is what happens on the
 * caller's side (a service address becomes an endpoint's), `inbound` what happens on the receiver's (the listener is
 * found). Both are a `Dialer`, and each has one caller: a proxy beside a pod takes the place of one of them.
 */
import { isIPv4 } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from '../client.ts';
import { lookup } from './dns.ts';
import { notFoundError, socketError } from './errors.ts';
import type { Caller, Network } from './network.ts';
import { ServiceTable } from './services.ts';
import { type Address, PodStream } from './stream.ts';

/** A connection that is being made. */
export interface Call {
  /** What the caller asked for: a name or an address. */
  host: string;
  ip: string;
  port: number;
  from?: Caller;
}

/** One step of making a connection: answers with the caller's end, or throws as `net.connect` would. */
export type Dialer = (call: Call) => PodStream;

export interface Fabric extends Network {
  /** Resolves when Services, EndpointSlices, Pods and Nodes have been read once; `dial` waits for it by itself. */
  ready(): Promise<void>;
  stop(): void;
}

/** The source address of callers outside any pod (the API server, the kubelet): the node's end of the pod network. */
export const NODE_GATEWAY = '10.244.0.1';
const LOOPBACK = '127.0.0.1';
/** Linux's default range of ports for outgoing connections. */
const EPHEMERAL = { first: 32768, last: 60999 };

export function createFabric({ client, random = Math.random }: { client: Client; random?: () => number }): Fabric {
  const table = new ServiceTable(client, random);
  const started = table.start();
  const listeners = new Map<string, Map<number, (stream: Duplex) => void>>();
  const open = new Set<PodStream>();
  let nextPort = EPHEMERAL.first;

  const sourceOf = (call: Call): Address => {
    const port = nextPort;
    nextPort = nextPort === EPHEMERAL.last ? EPHEMERAL.first : nextPort + 1;
    const local = call.from?.podIP;
    return { ip: isLoopback(call.host) ? LOOPBACK : (local ?? NODE_GATEWAY), port };
  };

  const inbound: Dialer = (call) => {
    const { ip, port } = call;
    const ports = listeners.get(ip);
    const onConnection = ports?.get(port);
    if (!onConnection) {
      const known = ports !== undefined || table.podAt(ip) !== undefined || table.isNode(ip);
      throw socketError(known ? 'ECONNREFUSED' : 'EHOSTUNREACH', 'connect', ip, port);
    }
    const { client: near, server: far } = PodStream.pair(sourceOf(call), { ip, port });
    for (const end of [near, far]) {
      open.add(end);
      end.once('close', () => open.delete(end));
    }
    setImmediate(() => onConnection(far));
    return near;
  };

  const outbound: Dialer = (call) => {
    const route = table.route(call.ip, call.port, call.from?.podIP);
    if (route.kind === 'refused') throw socketError('ECONNREFUSED', 'connect', call.ip, call.port);
    return inbound(route.kind === 'endpoint' ? { ...call, ...route.to } : call);
  };

  const resolve = (name: string, from?: Caller): string[] => {
    if (isIPv4(name)) return [name];
    const own = from?.podIP;
    // The kubelet writes these two into the pod's /etc/hosts, which comes before DNS.
    if (name === 'localhost') return [LOOPBACK];
    if (own && hostnameOf(table, own) === name) return [own];
    return lookup(table, name, from) ?? [];
  };

  return {
    ready: () => started,
    resolve,

    listen(ip, port, onConnection) {
      const ports = listeners.get(ip) ?? new Map<number, (stream: Duplex) => void>();
      if (ports.has(port)) throw socketError('EADDRINUSE', 'listen', ip, port);
      listeners.set(ip, ports.set(port, onConnection));
      return () => {
        if (ports.get(port) !== onConnection) return;
        ports.delete(port);
        if (ports.size === 0 && listeners.get(ip) === ports) listeners.delete(ip);
      };
    },

    async dial(host, port, from) {
      await started;
      if (isLoopback(host)) {
        if (!from?.podIP) throw socketError('ECONNREFUSED', 'connect', LOOPBACK, port);
        return inbound({ host, ip: from.podIP, port, from });
      }
      const addresses = resolve(host, from);
      const ip = addresses[Math.floor(random() * addresses.length)];
      if (ip === undefined) throw notFoundError(host);
      return outbound({ host, ip, port, from });
    },

    stop() {
      table.stop();
      listeners.clear();
      for (const end of open) end.destroy();
    },
  };
}

const isLoopback = (host: string): boolean => host === 'localhost' || (isIPv4(host) && host.startsWith('127.'));

function hostnameOf(table: ServiceTable, podIP: string): string | undefined {
  const pod = table.podAt(podIP);
  return pod && (pod.spec.hostname ?? pod.metadata.name);
}
