/** The controllers of the embedded cluster: what kube-controller-manager runs. Started once per cluster. */
import type { Client } from '../client.ts';
import { createEventRecorder } from '../events.ts';
import { Informers } from '../informer.ts';
import type { ControllerContext } from './controller.ts';
import { startCronJobController } from './cronjob.ts';
import { startDaemonSetController } from './daemonset.ts';
import { startDeploymentController } from './deployment.ts';
import { startEndpointsController } from './endpoints.ts';
import { startEndpointSliceController } from './endpointslice.ts';
import { startGarbageCollector } from './garbage-collector.ts';
import { startJobController } from './job.ts';
import { startNamespaceController } from './namespace.ts';
import { startPersistentVolumeController } from './persistentvolume.ts';
import { startReplicaSetController } from './replicaset.ts';
import type { ServedResource } from './resources.ts';
import { startServiceAccountController } from './serviceaccount.ts';
import { startStatefulSetController } from './statefulset.ts';

export type { ServedResource } from './resources.ts';

export interface ControllersOptions {
  client: Client;
  /** PEM, published to every namespace as the ConfigMap `kube-root-ca.crt`. */
  caCertificate: string;
  /** What can be listed and deleted by now, custom resources included. Asked again whenever that may have changed. */
  resources(): ServedResource[];
  /** Where unexpected errors go: one line each. */
  log?(line: string): void;
}

/**
 * Controllers begin to work as soon as their caches are filled. There is none for Services of type LoadBalancer: a
 * cluster without a cloud leaves them `<pending>`, and so does this one.
 */
export function startControllers(options: ControllersOptions): { stop(): void } {
  const { client, caCertificate, resources, log = () => {} } = options;
  const informers = new Informers(client);
  const context: ControllerContext = {
    client,
    informers,
    events: (component) => createEventRecorder(client, component),
    log,
  };
  const started = [
    startDeploymentController(context),
    startReplicaSetController(context),
    startStatefulSetController(context),
    startDaemonSetController(context),
    startJobController(context),
    startCronJobController(context),
    startPersistentVolumeController(context),
    startEndpointsController(context),
    startEndpointSliceController(context),
    startNamespaceController(context, resources),
    startServiceAccountController(context, caCertificate),
    startGarbageCollector(context, resources),
  ];
  void informers.start();
  return {
    stop() {
      for (const controller of started) controller.stop();
      informers.stop();
    },
  };
}
