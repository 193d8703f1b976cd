/** Objects live in namespaces that exist: what the NamespaceLifecycle admission plug-in sees to. */
import type { KubeObject } from '../client.ts';
import { badRequest, forbidden, notFound } from './errors.ts';
import { asObject } from './json.ts';
import { qualifiedName, type ResourceInfo } from './resource.ts';
import type { Store } from './store.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** Throws 404 where the namespace is missing, 403 where it is being deleted. */
export function checkNamespace(
  store: Store,
  resource: ResourceInfo,
  namespace: string | undefined,
  name: string,
): void {
  if (namespace === undefined) return;
  const found = store.get('/namespaces', undefined, namespace);
  if (!found) throw notFound(NAMESPACES, namespace);
  if (found.metadata.deletionTimestamp !== undefined || asObject(found.status).phase === 'Terminating') {
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(resource, name, why, [
      { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated` },
    ]);
  }
}

/** Throws 403 for the namespaces that a cluster cannot be without. */
export function checkNamespaceDeletion(resource: ResourceInfo, name: string): void {
  if (qualifiedName(resource) === 'namespaces' && IMMORTAL.has(name)) {
    throw forbidden(NAMESPACES, name, 'this namespace may not be deleted');
  }
}

/** The namespace that a new object goes to. Throws 400 where its own differs from the request's. */
export function placeOf(resource: ResourceInfo, namespace: string | undefined, object: KubeObject): string | undefined {
  if (!resource.namespaced) return undefined;
  const own = object.metadata.namespace;
  if (own && namespace && own !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  const place = own || namespace;
  if (!place) throw badRequest('an empty namespace may not be set during creation');
  return place;
}
