/** What a container needs of the pod and the node around it. */
import type { Client } from '../client.ts';
import type { Network } from '../network/network.ts';
import type { Container, Pod } from '../types.ts';
import type { ImageStore } from './image-store.ts';

/** Milliseconds; the kubelet's own where none are given. Tests shorten them. */
export interface Timings {
  /** The first pause before a crashed container starts again, doubled each time up to `longestBackOff`. */
  firstBackOff: number;
  longestBackOff: number;
  /** A container that ran for so long has recovered: its next crash counts as the first. */
  recovered: number;
  /** How long ErrImagePull shows before it becomes ImagePullBackOff. */
  pullError: number;
  /** Before a container whose description is not complete is tried again; a change to what it lacks comes sooner. */
  configRetry: number;
}

export const KUBELET_TIMINGS: Timings = {
  firstBackOff: 10_000,
  longestBackOff: 300_000,
  recovered: 600_000,
  pullError: 2_000,
  configRetry: 10_000,
};

export interface ContainerHost {
  client: Client;
  network: Network;
  images: ImageStore;
  timings: Timings;
  pod(): Pod;
  podIP(): string;
  event(container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Something changed that the pod must look at. */
  changed(): void;
  /** Environment and files, complete. Rejects with ConfigError. */
  prepare(container: Container): Promise<{ env: Record<string, string>; files: Map<string, string> }>;
}
