/** The kinds that istioctl applies and deletes, with their places in the API, and what it does to them. */
import { ApiError, type ApiObject, type Cluster } from './cluster.ts';
import { FIELD_MANAGER, type Manifest } from './manifests/object.ts';

export interface Kind {
  kind: string;
  /** `apps/v1` */
  apiVersion: string;
  plural: string;
  namespaced: boolean;
}

const kind = (name: string, apiVersion: string, plural: string, namespaced = true): Kind => ({
  kind: name,
  apiVersion,
  plural,
  namespaced,
});

/** In the order in which `uninstall` deletes them, which is the real one's. */
export const KINDS: readonly Kind[] = [
  kind('Deployment', 'apps/v1', 'deployments'),
  kind('DaemonSet', 'apps/v1', 'daemonsets'),
  kind('Service', 'v1', 'services'),
  kind('ConfigMap', 'v1', 'configmaps'),
  kind('Pod', 'v1', 'pods'),
  kind('Secret', 'v1', 'secrets'),
  kind('ServiceAccount', 'v1', 'serviceaccounts'),
  kind('RoleBinding', 'rbac.authorization.k8s.io/v1', 'rolebindings'),
  kind('Role', 'rbac.authorization.k8s.io/v1', 'roles'),
  kind('PodDisruptionBudget', 'policy/v1', 'poddisruptionbudgets'),
  kind('HorizontalPodAutoscaler', 'autoscaling/v2', 'horizontalpodautoscalers'),
  kind('MutatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', false),
  kind('ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations', false),
  kind('ClusterRole', 'rbac.authorization.k8s.io/v1', 'clusterroles', false),
  kind('ClusterRoleBinding', 'rbac.authorization.k8s.io/v1', 'clusterrolebindings', false),
  kind('CustomResourceDefinition', 'apiextensions.k8s.io/v1', 'customresourcedefinitions', false),
];

const NAMESPACE_KIND = kind('Namespace', 'v1', 'namespaces', false);

const kindOf = (object: Manifest): Kind => {
  const found = [...KINDS, NAMESPACE_KIND].find(
    (one) => one.kind === object.kind && one.apiVersion === object.apiVersion,
  );
  if (!found) throw new Error(`istioctl does not know where ${object.apiVersion} ${object.kind} lives`);
  return found;
};

const collection = ({ apiVersion, plural }: Kind, namespace?: string): string =>
  `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}${namespace ? `/namespaces/${namespace}` : ''}/${plural}`;

export const objectPath = (object: Manifest): string =>
  `${collection(kindOf(object), object.metadata.namespace)}/${object.metadata.name}`;

/** `Deployment/istio-system/istiod`: how the installer names an object. */
export const describe = (object: Manifest): string =>
  [object.kind, object.metadata.namespace ?? '', object.metadata.name].join('/');

/** Server-side apply, taking fields over from others, as the real installer does. */
export async function apply(cluster: Cluster, object: Manifest): Promise<ApiObject> {
  try {
    return await cluster.request({
      method: 'PATCH',
      path: `${objectPath(object)}?fieldManager=${FIELD_MANAGER}&force=true`,
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new Error(`failed to update resource with server-side apply for obj ${describe(object)}: ${error.message}`);
  }
}

/** Objects of one kind in all namespaces; none where the API does not know the kind. */
export async function list(
  cluster: Cluster,
  of: Kind,
  labelSelector?: string,
  namespace?: string,
): Promise<Manifest[]> {
  const query = labelSelector ? `?labelSelector=${encodeURIComponent(labelSelector)}` : '';
  try {
    const { items } = await cluster.request<{ items: Manifest[] }>({ path: collection(of, namespace) + query });
    // Items of a list come without their kind.
    return items.map((item) => ({ ...item, kind: of.kind, apiVersion: of.apiVersion }));
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return [];
    throw error;
  }
}

/** False where it was gone already. */
export async function remove(cluster: Cluster, object: Manifest): Promise<boolean> {
  try {
    await cluster.request({
      method: 'DELETE',
      path: objectPath(object),
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground' },
    });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return false;
    throw error;
  }
}

/** `apps/v1, Kind=Deployment/istiod.istio-system`: how the real one reports what it removed. */
export function goName({ apiVersion, kind: name, metadata }: Manifest): string {
  const groupVersion = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  return `${groupVersion}, Kind=${name}/${metadata.name}.${metadata.namespace ?? ''}`;
}
