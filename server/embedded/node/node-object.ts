/** The Node object: what the embedded node says of itself, and its heartbeat. */
import { createHash } from 'node:crypto';
import { release } from 'node:os';
import { KUBERNETES } from '../../versions.ts';
import type { Client } from '../client.ts';
import { isAlreadyExists, isNotFound } from '../status.ts';
import { microTimestamp, timestamp } from '../time.ts';
import { type Condition, type Lease, type Node, type Quantity, RESOURCES } from '../types.ts';
import { NODE_IP, NODE_NAME, POD_CIDR } from './addresses.ts';

/** A fixed, plausible size: nothing on the machine is really set aside. */
const CAPACITY: Record<string, Quantity> = {
  cpu: '8',
  memory: '16384000Ki',
  pods: '110',
  'ephemeral-storage': '102400000Ki',
  'hugepages-2Mi': '0',
};
export const ALLOCATABLE = CAPACITY;

const LEASE_NAMESPACE = 'kube-node-lease';
/** Milliseconds between renewals; a kubelet renews a lease of 40 s every 10 s. */
const RENEW = 10_000;

const ARCHITECTURES: Record<string, string> = { x64: 'amd64', ia32: '386' };

/** An identifier in the shape of a machine id, always the same. */
const id = (what: string): string => createHash('sha256').update(`${NODE_NAME}/${what}`).digest('hex').slice(0, 32);

export function nodeObject(): Node {
  const arch = ARCHITECTURES[process.arch] ?? process.arch;
  const now = timestamp();
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string): Condition => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason,
    message,
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: NODE_NAME,
      labels: {
        'beta.kubernetes.io/arch': arch,
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': arch,
        'kubernetes.io/hostname': NODE_NAME,
        'kubernetes.io/os': 'linux',
        'node-role.kubernetes.io/control-plane': '',
      },
      annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
    },
    spec: { podCIDR: POD_CIDR, podCIDRs: [POD_CIDR], providerID: `malha://embedded/${NODE_NAME}` },
    status: {
      capacity: CAPACITY,
      allocatable: ALLOCATABLE,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      addresses: [
        { type: 'InternalIP', address: NODE_IP },
        { type: 'Hostname', address: NODE_NAME },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: arch,
        bootID: id('boot'),
        containerRuntimeVersion: 'malha-embedded://0.1.0',
        kernelVersion: release(),
        kubeProxyVersion: '',
        kubeletVersion: `v${KUBERNETES}`,
        machineID: id('machine'),
        operatingSystem: 'linux',
        osImage: 'Malha embedded node (simulated)',
        systemUUID: id('system'),
      },
    },
  };
}

/** Registers the node, then renews its lease until stopped. */
export async function registerNode(client: Client): Promise<{ stop(): void }> {
  const node = nodeObject();
  let registered: Node;
  try {
    registered = await client.create<Node>(RESOURCES.nodes, node);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    registered = await client.get<Node>(RESOURCES.nodes, { name: NODE_NAME });
  }
  await client.update<Node>(RESOURCES.nodes, { ...registered, status: node.status }, 'status');
  const renew = () => renewLease(client, registered.metadata.uid ?? '').catch(() => {});
  await renew();
  const timer = setInterval(() => void renew(), RENEW);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function renewLease(client: Client, uid: string): Promise<void> {
  const ref = { namespace: LEASE_NAMESPACE, name: NODE_NAME };
  const renewTime = microTimestamp();
  try {
    await client.patch<Lease>(RESOURCES.leases, ref, 'merge', { spec: { renewTime } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await client.create<Lease>(RESOURCES.leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...ref, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: NODE_NAME, uid }] },
      spec: { holderIdentity: NODE_NAME, leaseDurationSeconds: 40, renewTime },
    });
  }
}
