/**
 * The one way in which controllers, the node and the mesh reach the API server: list, watch, create, update, patch,
 * delete, as their real counterparts do. The API server implements it in process; nothing here knows how.
 */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: unknown[];
}

/** Any Kubernetes object. Narrow `spec` and `status` where you read them; see ./types.ts for the ones we use. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** Group, version and plural resource name: `{group: 'apps', version: 'v1', resource: 'deployments'}`; core is `''`. */
export interface GroupVersionResource {
  group: string;
  version: string;
  resource: string;
}

export interface Ref {
  namespace?: string;
  name: string;
}

export interface ListOptions {
  /** All namespaces where it is left out. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface WatchEvent<T extends KubeObject = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

export type PatchType = 'merge' | 'strategic' | 'json' | 'apply';

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
}

/**
 * Every call goes through defaulting, admission and validation and rejects with a StatusError (./status.ts) as HTTP
 * would: 404 NotFound, 409 Conflict or AlreadyExists, 410 Expired, 422 Invalid. Objects handed out are never shared
 * with the store: a caller may change them.
 */
export interface Client {
  get<T extends KubeObject>(resource: GroupVersionResource, ref: Ref): Promise<T>;
  list<T extends KubeObject>(
    resource: GroupVersionResource,
    options?: ListOptions,
  ): Promise<{ items: T[]; resourceVersion: string }>;
  /**
   * Events after `resourceVersion`, in order. `onEnd` is called once if the server ends the watch (410 when the
   * version is too old). Returns the function that stops it.
   */
  watch<T extends KubeObject>(
    resource: GroupVersionResource,
    options: ListOptions & { resourceVersion: string },
    onEvent: (event: WatchEvent<T>) => void,
    onEnd?: (error?: Error) => void,
  ): () => void;
  create<T extends KubeObject>(resource: GroupVersionResource, object: T): Promise<T>;
  /** Replaces the object; `metadata.resourceVersion`, if present, must be the stored one (409 Conflict). */
  update<T extends KubeObject>(
    resource: GroupVersionResource,
    object: T,
    subresource?: 'status' | 'scale' | 'finalize',
  ): Promise<T>;
  patch<T extends KubeObject>(
    resource: GroupVersionResource,
    ref: Ref & { subresource?: 'status' | 'scale' | 'binding'; fieldManager?: string; force?: boolean },
    type: PatchType,
    body: unknown,
  ): Promise<T>;
  delete(resource: GroupVersionResource, ref: Ref, options?: DeleteOptions): Promise<void>;
}
