/** The embedded cluster as a whole: started and stopped here, reached by everyone else through its kubeconfig. */

export interface ClusterOptions {
  /** TCP port of the API server on 127.0.0.1; 0 picks a free one. */
  port?: number;
  /** Folder that keeps the cluster's CA and (later) its state; nothing is written where it is left out. */
  stateDir?: string;
}

export interface RunningCluster {
  /** `https://127.0.0.1:<port>` */
  server: string;
  /** A complete kubeconfig, as YAML, with the CA and a token. */
  kubeconfig: string;
  /** Milliseconds from the call to the API server answering. */
  startupMs: number;
  stop(): Promise<void>;
}
