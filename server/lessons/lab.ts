/**
 * What a lesson's `checks.ts` is written with: a check is an exported async function that looks at the lab through
 * `CheckLab` and says what it saw. There is nothing here to change the lab with: a check reads and never repairs.
 */
import type {
  KubernetesObject,
  V1ConfigMap,
  V1DaemonSet,
  V1Deployment,
  V1EndpointSlice,
  V1Endpoints,
  V1Job,
  V1MutatingWebhookConfiguration,
  V1Namespace,
  V1Node,
  V1Pod,
  V1ReplicaSet,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { Text } from '../protocol.ts';

/** The same sentence in both languages of the guide: `{ en, 'pt-BR' }`. */
export type { Text } from '../protocol.ts';

export type CheckResult = { passed: true; saw: Text } | { passed: false; expected: Text; saw: Text };

/** `<Check name="sidecars-injected">` calls `export const sidecarsInjected: Check`. */
export type Check = (lab: CheckLab) => Promise<CheckResult>;

/** `saw`: what the check found, one sentence to the reader. */
export const pass = (saw: Text): CheckResult => ({ passed: true, saw });

export const fail = ({ expected, saw }: { expected: Text; saw: Text }): CheckResult => ({
  passed: false,
  expected,
  saw,
});

/** One text for both languages: a name, a number, what a program printed. */
export const same = (text: string): Text => ({ en: text, 'pt-BR': text });

/** The kinds that are written by their name alone. Any other is `<plural>.<version>.<group>`: `gateways.v1.networking.istio.io`. */
export interface Kinds {
  ConfigMap: V1ConfigMap;
  DaemonSet: V1DaemonSet;
  Deployment: V1Deployment;
  Endpoints: V1Endpoints;
  EndpointSlice: V1EndpointSlice;
  Job: V1Job;
  MutatingWebhookConfiguration: V1MutatingWebhookConfiguration;
  Namespace: V1Namespace;
  Node: V1Node;
  Pod: V1Pod;
  ReplicaSet: V1ReplicaSet;
  Secret: V1Secret;
  Service: V1Service;
  ServiceAccount: V1ServiceAccount;
  StatefulSet: V1StatefulSet;
}
export type CustomKind = `${string}.${string}.${string}`;
export type ObjectOf<K> = K extends keyof Kinds ? Kinds[K] : KubernetesObject & Record<string, unknown>;

export interface ListOptions {
  /** All namespaces where it is left out. */
  namespace?: string;
  /** As kubectl's `-l`: `app=web,version in (v1,v2)`. */
  selector?: string;
}

/** One pod by name, or the first ready one that a selector finds. */
export interface PodTarget {
  namespace: string;
  pod?: string;
  selector?: string;
  /** The first one where it is left out. */
  container?: string;
}

export interface Executed {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface RequestsOptions {
  /** The pod that calls; it needs `curl` and `sh`. */
  from: PodTarget;
  /** `http://web.ucontas-app/`: as the pod would write it. */
  to: string;
  /** How many; at most 1000. */
  count: number;
  /** How many at a time; 10 where it is left out. */
  concurrency?: number;
  method?: string;
  headers?: Record<string, string>;
}

/** One number for each thing that was seen: `{ '200': 195, '503': 5 }`. */
export type Distribution = Record<string, number>;

export interface Requests {
  count: number;
  /** By HTTP status; `000` where no answer came. */
  statuses: Distribution;
  /** By the service that answered: the field `name` of fake-service's JSON, else `unknown`. Failed requests are left out. */
  servers: Distribution;
  /** By what the body said: the field `body` of fake-service's JSON. Two versions of a service say different things. */
  bodies: Distribution;
  /** Seconds, in ascending order. */
  times: number[];
}

export interface CheckLab {
  /** Undefined where there is none. */
  get<K extends keyof Kinds | CustomKind>(kind: K, name: string, namespace?: string): Promise<ObjectOf<K> | undefined>;
  /** In the order of the API; empty where the cluster does not know a custom kind. */
  list<K extends keyof Kinds | CustomKind>(kind: K, options?: ListOptions): Promise<ObjectOf<K>[]>;
  /** Runs a program that only reads, without a shell. Rejects where the pod cannot be found or does not start it. */
  exec(target: PodTarget, argv: [string, ...string[]], options?: { timeoutMs?: number }): Promise<Executed>;
  /** Calls `to` from a pod and counts the answers. */
  requests(options: RequestsOptions): Promise<Requests>;
  /** The learner's folder, read only. Paths are relative to it, and what leads out of it is refused. */
  files: {
    /** Undefined where there is none. At most 1 MiB. */
    read(path: string): Promise<string | undefined>;
    /** Names of a folder's entries, sorted; empty where there is none. */
    list(path?: string): Promise<string[]>;
  };
  /** Aborted when the check's time is over. */
  signal: AbortSignal;
}

/** How a share of requests compares with what was wanted: `share(r.bodies, 'v1').isAbout(90, 5)`. */
export function share(
  distribution: Distribution,
  key: string,
): { percent: number; isAbout: (percent: number, plusMinus: number) => boolean } {
  const all = Object.values(distribution).reduce((sum, count) => sum + count, 0);
  const percent = all === 0 ? 0 : (100 * (distribution[key] ?? 0)) / all;
  return { percent, isAbout: (wanted, plusMinus) => all > 0 && Math.abs(percent - wanted) <= plusMinus };
}

/**
 * Compares a distribution with shares in percent, as `90 ± 5 % of 200`: passes where every share named is within
 * `plusMinus` and nothing else was seen beyond it.
 */
export function distributed(seen: Distribution, wanted: Record<string, number>, plusMinus: number): CheckResult {
  const count = Object.values(seen).reduce((sum, number) => sum + number, 0);
  const tell = (shares: [string, number][]) =>
    shares.map(([key, percent]) => `${key}: ${Math.round(percent)} %`).join(', ');
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(seen)])].sort();
  const shares = keys.map((key): [string, number] => [key, share(seen, key).percent]);
  const saw: Text = {
    en: `Of ${count} requests: ${tell(shares) || 'none was answered'}.`,
    'pt-BR': `De ${count} requisições: ${tell(shares) || 'nenhuma foi respondida'}.`,
  };
  if (keys.every((key) => share(seen, key).isAbout(wanted[key] ?? 0, plusMinus))) return pass(saw);
  const want = tell(Object.entries(wanted));
  return fail({
    expected: { en: `${want}, each ± ${plusMinus} %.`, 'pt-BR': `${want}, cada um ± ${plusMinus} %.` },
    saw,
  });
}
