/** What a container image is to the embedded node: a name and a program. One file per image beside this one. */
import type { Client, KubeObject } from '../client.ts';
import type { Network } from '../network/network.ts';

export interface ContainerSpec {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: unknown }[];
  ports?: { containerPort: number; name?: string; protocol?: string }[];
  restartPolicy?: string;
  [field: string]: unknown;
}

/** What a running program may use. `env` is complete (env, envFrom, downward API, HOSTNAME, service variables). */
export interface ContainerContext {
  pod: KubeObject;
  container: ContainerSpec;
  env: Readonly<Record<string, string>>;
  podIP: string;
  network: Network;
  /** The API with the rights of the pod's service account. */
  client: Client;
  /** Files that volumes put into the container: absolute path → content. */
  files: ReadonlyMap<string, string>;
  /** Adds a line (without its newline) to the container's log. */
  log(line: string): void;
  /** Aborted when the container must stop; a program that has not exited after the grace period is dropped. */
  signal: AbortSignal;
}

export interface ExecIO {
  stdin?: AsyncIterable<Buffer>;
  stdout(chunk: string | Buffer): void;
  stderr(chunk: string | Buffer): void;
  tty: boolean;
  signal: AbortSignal;
}

export interface Program {
  /** Settles with the exit code when the program ends by itself or after `signal`. */
  exited: Promise<number>;
  /** Runs a command in the container (kubectl exec); resolves with its exit code. Left out: the common shell in node/exec serves. */
  exec?(argv: string[], io: ExecIO): Promise<number>;
  /**
   * Joins standard streams to the running program (kubectl attach, kubectl run -i); resolves with the program's exit
   * code, or 0 when `io.signal` is aborted first. Left out: the container does not read standard input, and attaching
   * shows its log.
   */
  attach?(io: ExecIO): Promise<number>;
}

export interface Image {
  /** Repository names without tag or digest, normalised without `docker.io/library/`: `nicholasjackson/fake-service`. */
  repositories: string[];
  /** One line for the list that ErrImagePull shows. */
  summary: string;
  /** True where it stands in for real software in a simplified form; its log says so in its first line. */
  simulated: boolean;
  start(context: ContainerContext): Program;
}
