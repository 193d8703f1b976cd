/**
 * What stands in for xDS and the CA's gRPC between proxies and istiod: one JSON object a line over TLS on port 15012.
 * A proxy registers with its node description and a certificate request; istiod answers with the certificate and says
 * which kinds of configuration a real proxy would now have. The stream stays open; its end means that the proxy is gone.
 */
import type { Duplex } from 'node:stream';

/** Short names of the xDS types that a proxy of each kind subscribes to, in istioctl's order. */
export const SUBSCRIPTIONS = {
  sidecar: ['CDS', 'LDS', 'EDS', 'RDS'],
  router: ['CDS', 'LDS', 'EDS', 'RDS'],
} as const;

export type ProxyMode = keyof typeof SUBSCRIPTIONS;

export interface Registration {
  type: 'register';
  /** Istio's node ID: `sidecar~10.244.0.7~web-6c5d.shop~shop.svc.cluster.local`. */
  node: string;
  mode: ProxyMode;
  pod: string;
  namespace: string;
  serviceAccount: string;
  ip: string;
  clusterId: string;
  istioVersion: string;
  /** Certificate request in PEM. */
  csr: string;
}

export interface Accepted {
  type: 'accepted';
  /** The workload's certificate, then the CA's: PEM. */
  certificateChain: string;
  rootCertificate: string;
  subscriptions: string[];
  istiod: string;
}

export interface Refused {
  type: 'refused';
  reason: string;
}

export type Message = Registration | Accepted | Refused;

/** No message comes near this many characters; a peer that sends more is cut off. */
const LONGEST = 256 * 1024;

export const send = (stream: Duplex, message: Message): void => {
  stream.write(`${JSON.stringify(message)}\n`);
};

/** Calls `onMessage` for each complete line; destroys the stream at a line that is not JSON, or never ends. */
export function receive(stream: Duplex, onMessage: (message: Message) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      let message: Message;
      try {
        message = JSON.parse(line) as Message;
      } catch {
        stream.destroy(new Error('not a discovery message'));
        return;
      }
      onMessage(message);
    }
    if (rest.length > LONGEST) stream.destroy(new Error('discovery message too long'));
  });
}
