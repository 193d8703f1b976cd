/** What the API server knows of one resource: enough for routes, discovery, validation, tables and kubectl's short names. */
import type { KubeObject } from '../client.ts';

export interface ResourceInfo {
  /** `''` for the core group. */
  group: string;
  version: string;
  /** Plural: `deployments`. */
  resource: string;
  singular: string;
  kind: string;
  listKind: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  /** Of the resource itself: get, list, watch, create, update, patch, delete, deletecollection. */
  verbs: string[];
  /** Served under the object's own path: status, scale, log, exec, attach, portforward, eviction, binding, token, approval, finalize … */
  subresources: string[];
  /** The type's name in schema/kinds.json for a built-in kind. */
  type?: string;
  /** For a custom resource: the CustomResourceDefinition and the version entry that it comes from. */
  definition?: KubeObject;
  schema?: Record<string, unknown>;
  printerColumns?: {
    name: string;
    type: string;
    jsonPath: string;
    priority?: number;
    description?: string;
    format?: string;
  }[];
}

/** `apps/v1` or `v1`. */
export const apiVersionOf = (r: { group: string; version: string }): string =>
  r.group ? `${r.group}/${r.version}` : r.version;

/** `deployments.apps`, or `pods`: how Kubernetes names a resource in messages. */
export const qualifiedName = (r: { group: string; resource: string }): string =>
  r.group ? `${r.resource}.${r.group}` : r.resource;
