/** Which workload a pod belongs to, worked out from the pod alone, as Istio does (the owner is not fetched). */
import type { Pod } from '../../types.ts';

export interface Workload {
  /** Empty where nothing names it. */
  name: string;
  namespace: string;
  apiVersion: string;
  kind: string;
}

const CRON_JOB = /^(.+)-\d{8,}$/;

/**
 * A ReplicaSet whose name ends in the pod's `pod-template-hash` stands for its Deployment, a Job with a time at the end
 * of its name for its CronJob. A pod without a controller is its own workload.
 */
export function workloadOf(pod: Pick<Pod, 'metadata'>, namespace: string): Workload {
  const { metadata } = pod;
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return { name: metadata.name ?? '', namespace, apiVersion: 'v1', kind: 'Pod' };
  const found: Workload = { name: owner.name, namespace, apiVersion: owner.apiVersion, kind: owner.kind };
  const hash = metadata.labels?.['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${hash}`)) {
    found.name = owner.name.slice(0, -hash.length - 1);
    found.kind = 'Deployment';
  } else if (owner.kind === 'Job') {
    const cron = CRON_JOB.exec(owner.name);
    if (cron) {
      found.name = cron[1]!;
      found.kind = 'CronJob';
    }
  }
  return found;
}

/** `kubernetes://apis/apps/v1/namespaces/shop/deployments/web`: the value of ISTIO_META_OWNER. */
export const ownerUrl = (workload: Workload): string =>
  `kubernetes://apis/${workload.apiVersion}/namespaces/${workload.namespace || 'default'}/` +
  `${workload.kind.toLowerCase()}s/${workload.name}`;

/** A pod's name, or its generated name's stem with `***`, for logs: what Istio prints before a pod has its name. */
export const potentialPodName = (pod: Pick<Pod, 'metadata'>): string =>
  pod.metadata.name ||
  (pod.metadata.generateName ? `${pod.metadata.generateName}***** (actual name not yet known)` : '');
