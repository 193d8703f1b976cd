/** Gives each namespace its service account `default` and the ConfigMap with the API server's CA. */
import { splitKey } from '../informer.ts';
import { isAlreadyExists, StatusError } from '../status.ts';
import { type ConfigMap, type Namespace, RESOURCES, type ServiceAccount } from '../types.ts';
import { type Controller, type ControllerContext, startController } from './controller.ts';

const ROOT_CA = 'kube-root-ca.crt';
const DESCRIPTION = 'The CA that signed the certificate of this cluster’s API server; use it for nothing else.';

/** `caCertificate`: PEM. */
export function startServiceAccountController(context: ControllerContext, caCertificate: string): Controller {
  const { client, informers } = context;
  const namespaces = informers.of<Namespace>(RESOURCES.namespaces);
  const accounts = informers.of<ServiceAccount>(RESOURCES.serviceaccounts);
  const configMaps = informers.of<ConfigMap>(RESOURCES.configmaps);
  const controller = startController(context, 'serviceaccount', reconcile);
  namespaces.handle({
    added: (namespace) => controller.enqueue(namespace.metadata.name),
    updated: (_, namespace) => controller.enqueue(namespace.metadata.name),
  });
  accounts.handle({ deleted: ({ metadata }) => controller.enqueue(metadata.namespace ?? '') });
  configMaps.handle({
    updated: (_, { metadata }) => metadata.name === ROOT_CA && controller.enqueue(metadata.namespace ?? ''),
    deleted: ({ metadata }) => metadata.name === ROOT_CA && controller.enqueue(metadata.namespace ?? ''),
  });

  async function reconcile(key: string): Promise<void> {
    const namespace = splitKey(key).name;
    const object = namespaces.get(namespace);
    if (!object || object.metadata.deletionTimestamp) return;
    if (!accounts.get(`${namespace}/default`)) {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
      await client.create<ServiceAccount>(RESOURCES.serviceaccounts, account).catch(ignoreKnown);
    }
    const published = configMaps.get(`${namespace}/${ROOT_CA}`);
    if (published?.data?.['ca.crt'] === caCertificate) return;
    const configMap: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: ROOT_CA, namespace, annotations: { 'kubernetes.io/description': DESCRIPTION } },
      data: { 'ca.crt': caCertificate },
    };
    if (published) {
      await client.update<ConfigMap>(RESOURCES.configmaps, { ...published, data: configMap.data });
    } else {
      await client.create<ConfigMap>(RESOURCES.configmaps, configMap).catch(ignoreKnown);
    }
  }

  return controller;
}

/** Made by someone else meanwhile, or the namespace is going away. */
function ignoreKnown(error: unknown): void {
  if (!isAlreadyExists(error) && !(error instanceof StatusError && error.code === 403)) throw error;
}
