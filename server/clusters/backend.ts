/** Where commands run. Only a cluster's life differs between backends; all else goes through the kubeconfig. */

export type BackendKind = 'embedded' | 'kind' | 'context';

export interface BackendReport {
  kind: BackendKind;
  /** What the dock shows: `embedded cluster (simulated)`, `kind (malha)`, `context (name)`. */
  label: string;
  simulated: boolean;
  kubernetesVersion?: string;
  /** Why `auto` chose this one, in one sentence, when it fell back. */
  note?: string;
}

/** Called as work goes on: one short sentence for a human. */
export type Progress = (message: string) => void;

export interface Backend {
  report(): BackendReport;
  /**
   * Creates or reuses the cluster and writes its kubeconfig to `kubeconfigPath` (mode 0600). `signal` breaks it off: it
   * then rejects, and nothing half-made is left.
   */
  start(kubeconfigPath: string, progress: Progress, signal?: AbortSignal): Promise<void>;
  /** Calls `listener` if the cluster ends by itself later. A backend whose cluster is not ours to watch has none. */
  onLost?(listener: (error: Error) => void): void;
  /**
   * Replaces the cluster by a new, empty one and its kubeconfig by the new one's, where that is faster than to delete
   * what is in it. Where it rejects, the old one goes on.
   */
  renew?(kubeconfigPath: string): Promise<void>;
  /** Lets go of it: the embedded cluster ends, kind's stays for the next start. */
  stop(): Promise<void>;
}

/** A backend that cannot serve: `message` is one sentence for the learner, with what to do. */
export class BackendError extends Error {}
