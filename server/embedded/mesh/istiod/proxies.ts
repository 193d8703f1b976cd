/** The proxies that are connected to this istiod: registration, their certificates, and the list that istioctl shows. */
import type { Duplex } from 'node:stream';
import type { Client } from '../../client.ts';
import { type Pod, RESOURCES } from '../../types.ts';
import { type Registration, receive, SUBSCRIPTIONS, send } from '../discovery.ts';
import type { Logger } from '../log.ts';
import type { CertificateAuthority } from './ca.ts';

/** One entry of `/debug/syncz`. */
export interface ProxyStatus {
  proxy: string;
  proxy_type: string;
  cluster_id: string;
  istio_version: string;
  istiod: string;
  subscriptions: readonly string[];
  connected_at: string;
}

export interface ProxyRegistry {
  accept(stream: Duplex): void;
  list(): ProxyStatus[];
  close(): void;
}

export interface RegistryOptions {
  client: Client;
  authority: CertificateAuthority;
  trustDomain: string;
  /** This istiod's pod name. */
  istiod: string;
  log: Logger;
}

export function createProxyRegistry({ client, authority, trustDomain, istiod, log }: RegistryOptions): ProxyRegistry {
  const connected = new Map<Duplex, ProxyStatus>();
  const open = new Set<Duplex>();

  /** What it says about itself must be so in the API: stands in for the review of the proxy's token. */
  async function identify(request: Registration): Promise<string> {
    const { namespace, pod: name, serviceAccount, ip } = request;
    const pod = await client.get<Pod>(RESOURCES.pods, { namespace, name });
    const actual = pod.spec.serviceAccountName ?? 'default';
    if (actual !== serviceAccount)
      throw new Error(`pod ${namespace}/${name} runs as ${actual}, not as ${serviceAccount}`);
    if (pod.status?.podIP && pod.status.podIP !== ip)
      throw new Error(`pod ${namespace}/${name} has address ${pod.status.podIP}, not ${ip}`);
    return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
  }

  async function register(stream: Duplex, request: Registration): Promise<void> {
    try {
      const identity = await identify(request);
      const certificateChain = await authority.sign(request.csr, identity);
      if (stream.destroyed) return;
      const subscriptions = [...SUBSCRIPTIONS[request.mode]];
      connected.set(stream, {
        proxy: `${request.pod}.${request.namespace}`,
        proxy_type: request.mode,
        cluster_id: request.clusterId,
        istio_version: request.istioVersion,
        istiod,
        subscriptions,
        connected_at: new Date().toISOString(),
      });
      log.info(`ADS: new connection for node:${request.pod}.${request.namespace}-${connected.size}`, 'ads');
      send(stream, {
        type: 'accepted',
        certificateChain,
        rootCertificate: authority.rootCertificate,
        subscriptions,
        istiod,
      });
    } catch (error) {
      const reason = (error as Error).message;
      log.warn(`Failed to authenticate client from ${request.ip}: ${reason}`, 'ads');
      send(stream, { type: 'refused', reason });
      stream.end();
    }
  }

  return {
    accept(stream) {
      open.add(stream);
      stream.on('error', () => {});
      stream.once('close', () => {
        open.delete(stream);
        const gone = connected.get(stream);
        connected.delete(stream);
        if (gone) log.info(`ADS: ${gone.proxy} terminated`, 'ads');
      });
      stream.once('end', () => stream.destroy());
      receive(stream, (message) => {
        if (message.type === 'register') void register(stream, message);
        else stream.destroy();
      });
    },
    list: () => [...connected.values()].sort((a, b) => (a.proxy < b.proxy ? -1 : 1)),
    close() {
      for (const stream of open) stream.destroy();
    },
  };
}
