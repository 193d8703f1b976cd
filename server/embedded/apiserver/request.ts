/** What a request carries besides its object: who asks, and how. */
import type { KubeObject } from '../client.ts';
import type { ResourceInfo } from './resource.ts';

export interface UserInfo {
  username: string;
  uid?: string;
  groups: string[];
}

/** The one person who has a token: whoever holds the kubeconfig. */
export const CLUSTER_ADMIN: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['kubeadm:cluster-admins', 'system:authenticated'],
};

/** The parts of the cluster itself: controllers, the node, the mesh. */
export const SYSTEM: UserInfo = {
  username: 'system:kube-controller-manager',
  groups: ['system:masters', 'system:authenticated'],
};

export interface RequestOptions {
  user: UserInfo;
  /** Everything but the write. */
  dryRun?: boolean;
  fieldManager?: string;
  /** Strict refuses unknown fields, Warn names them in a Warning header; they are dropped in any case. */
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Server-side apply: take fields over from other managers. */
  force?: boolean;
  /** Takes the texts of Warning headers. */
  warn?: (message: string) => void;
}

/** One write on its way to the store, as admission sees it. */
export interface Attributes {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  resource: ResourceInfo;
  subresource?: string;
  namespace?: string;
  /** Empty while a generated name is not yet known. */
  name: string;
  /** What will be stored; mutating admission changes it in place or replaces it. Left out for DELETE. */
  object?: KubeObject;
  /** What is stored now; left out for CREATE. Frozen. */
  oldObject?: KubeObject;
  options: RequestOptions;
}

export interface Admission {
  /** May change `attributes.object`; rejects to refuse. */
  mutate(attributes: Attributes): Promise<void>;
  /** Rejects to refuse. */
  validate(attributes: Attributes): Promise<void>;
}
