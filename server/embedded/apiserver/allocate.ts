/** Hands out Services' cluster addresses and node ports, and refuses one that another Service has. */
import type { KubeObject } from '../client.ts';
import { type Cause, field } from './errors.ts';
import { asList, asObject } from './json.ts';
import type { Store } from './store.ts';

const PREFIX = '10.96';
const NODE_PORTS = { first: 30000, last: 32767 };

function inUse(store: Store, except: KubeObject): { addresses: Set<string>; nodePorts: Set<number> } {
  const addresses = new Set<string>();
  const nodePorts = new Set<number>();
  for (const service of store.list('/services')) {
    if (service.metadata.uid === except.metadata.uid) continue;
    const spec = asObject(service.spec);
    if (typeof spec.clusterIP === 'string') addresses.add(spec.clusterIP);
    for (const port of asList(spec.ports)) if (port.nodePort) nodePorts.add(port.nodePort as number);
  }
  return { addresses, nodePorts };
}

/** The lowest 256 addresses are left to those who ask for one by name, as Kubernetes leaves the lower band. */
function freeAddress(taken: Set<string>): string {
  for (;;) {
    const address = `${PREFIX}.${1 + Math.floor(Math.random() * 254)}.${1 + Math.floor(Math.random() * 254)}`;
    if (!taken.has(address)) return address;
  }
}

function freePort(taken: Set<number>): number {
  for (;;) {
    const port = NODE_PORTS.first + Math.floor(Math.random() * (NODE_PORTS.last - NODE_PORTS.first + 1));
    if (!taken.has(port)) return port;
  }
}

/**
 * Completes a Service just before it is stored. Changes `service`; gives what is wrong with the values that it asks
 * for. Call it in the same turn as the write, so that no other Service gets the same ones.
 */
export function allocateForService(store: Store, service: KubeObject, current?: KubeObject): Cause[] {
  const spec = asObject(service.spec);
  const causes: Cause[] = [];
  const { addresses, nodePorts } = inUse(store, service);
  if (spec.type === 'ExternalName') {
    for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'])
      delete spec[key];
  } else {
    const wanted = (spec.clusterIP as string | undefined) || (spec.clusterIPs as string[] | undefined)?.[0];
    const before = asObject(current?.spec).clusterIP as string | undefined;
    const address = wanted || before || freeAddress(addresses);
    if (wanted && wanted !== 'None' && addresses.has(wanted)) {
      causes.push(
        field.invalid('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: provided IP is already allocated`),
      );
    } else if (wanted && wanted !== 'None' && !wanted.startsWith(`${PREFIX}.`)) {
      causes.push(
        field.invalid(
          'spec.clusterIPs',
          [wanted],
          `failed to allocate IP ${wanted}: the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${PREFIX}.0.0/16`,
        ),
      );
    }
    spec.clusterIP = address;
    spec.clusterIPs = [address];
  }
  const exposed =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  const old = asList(asObject(current?.spec).ports);
  for (const [index, port] of asList(spec.ports).entries()) {
    if (!exposed) {
      // One that was set for another type goes with it; one that this request sets is wrong, and validation says so.
      if (old.some((o) => o.nodePort === port.nodePort)) delete port.nodePort;
      continue;
    }
    const same = old.find((o) => (o.name ?? '') === (port.name ?? '') && o.port === port.port);
    const nodePort = (port.nodePort || same?.nodePort || freePort(nodePorts)) as number;
    const path = `spec.ports[${index}].nodePort`;
    if (nodePort < NODE_PORTS.first || nodePort > NODE_PORTS.last) {
      const range = `${NODE_PORTS.first}-${NODE_PORTS.last}`;
      causes.push(
        field.invalid(path, nodePort, `provided port is not in the valid range. The range of valid ports is ${range}`),
      );
    } else if (nodePorts.has(nodePort)) {
      causes.push(field.invalid(path, nodePort, 'provided port is already allocated'));
    }
    port.nodePort = nodePort;
    nodePorts.add(nodePort);
  }
  return causes;
}
