/** A proxy's connection to istiod: opened, verified, registered, and opened again when it breaks. */
import tls from 'node:tls';
import { ISTIO } from '../../../versions.ts';
import type { ContainerContext } from '../../images/image.ts';
import { type Accepted, type ProxyMode, receive, send } from '../discovery.ts';
import { createRequest } from '../istiod/ca.ts';
import type { Logger } from '../log.ts';

/** Milliseconds between attempts: doubled from the first to the longest. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5000;

export interface ControlPlane {
  /** Has ever been accepted: a real proxy keeps its configuration when istiod goes away, and stays ready. */
  configured(): boolean;
  /** The last answer, with the workload's certificate. */
  last(): Accepted | undefined;
}

export interface ConnectionOptions {
  context: ContainerContext;
  mode: ProxyMode;
  log: Logger;
}

/** Keeps connecting until `context.signal`. */
export function connectToIstiod({ context, mode, log }: ConnectionOptions): ControlPlane {
  const { env, network, podIP, signal, files } = context;
  const namespace = env.POD_NAMESPACE || context.pod.metadata.namespace || 'default';
  const pod = env.POD_NAME || context.pod.metadata.name;
  const serviceAccount = env.SERVICE_ACCOUNT || 'default';
  const address = env.CA_ADDR || 'istiod.istio-system.svc:15012';
  const separator = address.lastIndexOf(':');
  const host = address.slice(0, separator);
  const port = Number(address.slice(separator + 1));
  const identity = `spiffe://${env.TRUST_DOMAIN || 'cluster.local'}/ns/${namespace}/sa/${serviceAccount}`;
  let accepted: Accepted | undefined;
  let pause = FIRST_PAUSE;
  let timer: NodeJS.Timeout | undefined;
  let current: tls.TLSSocket | undefined;
  let reported = '';

  /** Settles when the connection is over; rejects with why it could not be made or was refused. */
  async function session(): Promise<void> {
    const ca = files.get('/var/run/secrets/istio/root-cert.pem');
    if (!ca) throw new Error('no root certificate at /var/run/secrets/istio/root-cert.pem');
    const { csr } = await createRequest(identity);
    const stream = await network.dial(host, port);
    if (signal.aborted) {
      stream.destroy();
      return;
    }
    const socket = tls.connect({ socket: stream, ca, servername: host });
    current = socket;
    await new Promise<void>((resolve, reject) => {
      stream.on('error', reject);
      socket.on('error', reject);
      socket.once('end', () => socket.destroy());
      socket.once('close', () => resolve());
      socket.once('secureConnect', () => {
        receive(socket, (message) => {
          if (message.type === 'accepted') {
            if (!accepted) log.info('generated new workload certificate', 'cache');
            accepted = message;
            pause = FIRST_PAUSE;
            reported = '';
            log.info(`connected to upstream XDS server: ${address}`, 'xdsproxy');
          } else if (message.type === 'refused') socket.destroy(new Error(`istiod refused: ${message.reason}`));
        });
        send(socket, {
          type: 'register',
          node: `${mode}~${podIP}~${pod}.${namespace}~${namespace}.svc.cluster.local`,
          mode,
          pod,
          namespace,
          serviceAccount,
          ip: podIP,
          clusterId: env.ISTIO_META_CLUSTER_ID || 'Kubernetes',
          istioVersion: `${ISTIO}-embedded`,
          csr,
        });
      });
    });
  }

  function attempt(): void {
    if (signal.aborted) return;
    session()
      .catch((error: Error) => {
        // Once for each new reason: a proxy without istiod would else fill its log.
        if (signal.aborted || error.message === reported) return;
        reported = error.message;
        log.warn(`failed to connect to upstream ${address}: ${error.message}`, 'xdsproxy');
      })
      .finally(() => {
        if (signal.aborted) return;
        timer = setTimeout(attempt, pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      });
  }

  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(timer);
      current?.destroy();
    },
    { once: true },
  );
  attempt();
  return { configured: () => accepted !== undefined, last: () => accepted };
}
