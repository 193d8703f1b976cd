/** What Endpoints and EndpointSlices have in common: a service's pods, and the ports on which each of them serves. */
import type { Informer } from '../informer.ts';
import { keyOf } from '../informer.ts';
import { matchesLabels } from '../label-selector.ts';
import type { EndpointPort, ObjectReference, Pod, Service } from '../types.ts';
import type { Controller } from './controller.ts';
import { isFinished, isReady } from './pods.ts';

/** The pods that a service's selector names, with an address and not finished, ordered by name. */
export function podsOf(service: Service, pods: Informer<Pod>): Pod[] {
  const { selector } = service.spec;
  if (!selector || Object.keys(selector).length === 0) return [];
  return pods
    .list(service.metadata.namespace)
    .filter((pod) => pod.status?.podIP && !isFinished(pod) && matchesLabels(selector, pod.metadata.labels))
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

/** The service's ports as this pod serves them; a named target port that the pod does not have is left out. */
export function portsOn(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const { name, protocol = 'TCP', port, targetPort = port, appProtocol } of service.spec.ports ?? []) {
    const number = typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort, protocol);
    if (number === undefined) continue;
    ports.push({ name: name ?? '', port: number, protocol, ...(appProtocol ? { appProtocol } : {}) });
  }
  return ports;
}

function namedPort(pod: Pod, name: string, protocol: string): number | undefined {
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    const found = container.ports?.find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol);
    if (found) return found.containerPort;
  }
  const number = Number(name);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

export const targetRef = (pod: Pod): ObjectReference => ({
  kind: 'Pod',
  namespace: pod.metadata.namespace,
  name: pod.metadata.name,
  uid: pod.metadata.uid,
});

/** The name under which a headless service's DNS knows the pod. */
export const hostnameOf = (service: Service, pod: Pod): string | undefined =>
  pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;

/** Calls the controller for a service when it changes or one of its pods does in a way that matters to callers. */
export function watchServicePods(services: Informer<Service>, pods: Informer<Pod>, controller: Controller): void {
  services.handle({
    added: (service) => controller.enqueue(keyOf(service)),
    updated: (_, service) => controller.enqueue(keyOf(service)),
    deleted: (service) => controller.enqueue(keyOf(service)),
  });
  const podChanged = (pod: Pod) => {
    for (const service of services.list(pod.metadata.namespace)) {
      const { selector } = service.spec;
      if (selector && matchesLabels(selector, pod.metadata.labels)) controller.enqueue(keyOf(service));
    }
  };
  const face = (pod: Pod) =>
    JSON.stringify([
      pod.status?.podIP,
      isReady(pod),
      isFinished(pod),
      !!pod.metadata.deletionTimestamp,
      pod.metadata.labels,
    ]);
  pods.handle({
    added: podChanged,
    updated(old, pod) {
      if (face(old) === face(pod)) return;
      podChanged(old);
      podChanged(pod);
    },
    deleted: podChanged,
  });
}
