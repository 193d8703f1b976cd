/** Keeps the ConfigMap `istio-ca-root-cert` in each namespace, from which proxies learn whom to trust. */
import type { Client, KubeObject } from '../../client.ts';
import { Informer } from '../../informer.ts';
import { isAlreadyExists, isNotFound } from '../../status.ts';
import { RESOURCES } from '../../types.ts';
import { IGNORED_NAMESPACES } from '../injection/decision.ts';
import type { Logger } from '../log.ts';

const NAME = 'istio-ca-root-cert';
const KEY = 'root-cert.pem';

interface RootConfigMap extends KubeObject {
  data?: Record<string, string>;
}

/** Resolves when every namespace that is there has it. Returns the function that stops it. */
export async function distributeRootCertificate(client: Client, root: string, log: Logger): Promise<() => void> {
  const namespaces = new Informer(client, RESOURCES.namespaces);
  const maps = new Informer<RootConfigMap>(client, RESOURCES.configmaps, { fieldSelector: `metadata.name=${NAME}` });

  const isTerminating = (namespace: string): boolean =>
    namespaces.get(namespace)?.metadata.deletionTimestamp !== undefined;

  async function ensure(namespace: string): Promise<void> {
    if (IGNORED_NAMESPACES.includes(namespace) || !namespaces.get(namespace) || isTerminating(namespace)) return;
    const existing = maps.get(`${namespace}/${NAME}`);
    if (existing?.data?.[KEY] === root) return;
    const configMap: RootConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: NAME, namespace, labels: { 'istio.io/config': 'true' } },
      data: { [KEY]: root },
    };
    try {
      const stored = existing
        ? await client.patch<RootConfigMap>(RESOURCES.configmaps, { namespace, name: NAME }, 'merge', {
            data: configMap.data,
          })
        : await client.create(RESOURCES.configmaps, configMap);
      maps.observe(stored);
    } catch (error) {
      // Gone, or made by another istiod in the meantime: the watch says which.
      if (isNotFound(error) || isAlreadyExists(error) || isTerminating(namespace)) return;
      log.error(`error creating ConfigMap ${namespace}/${NAME}: ${(error as Error).message}`);
    }
  }

  await Promise.all([namespaces.start(), maps.start()]);
  await Promise.all(namespaces.list().map((namespace) => ensure(namespace.metadata.name)));
  namespaces.handle({ added: (namespace) => void ensure(namespace.metadata.name) });
  const changed = (map: RootConfigMap): void => void ensure(map.metadata.namespace!);
  maps.handle({ updated: (_old, map) => changed(map), deleted: changed });
  return () => {
    namespaces.stop();
    maps.stop();
  };
}
