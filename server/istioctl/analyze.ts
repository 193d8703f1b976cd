/** `istioctl analyze`: Istio's injection analyzer (IST0102, IST0103) over the live cluster. */
import { IGNORED_NAMESPACES } from '../embedded/mesh/injection/decision.ts';
import { ApiError, type ApiObject, type Cluster } from './cluster.ts';
import type { Io } from './io.ts';
import { type PodObject, podsIn } from './pods.ts';

export interface Message {
  level: 'Info' | 'Warning';
  code: string;
  /** `Pod web-6c5d.shop` */
  origin: string;
  text: string;
}

const INJECTION = 'istio-injection';
const INJECT = 'sidecar.istio.io/inject';

export function injectionMessages(namespaces: ApiObject[], pods: PodObject[]): Message[] {
  const messages: Message[] = [];
  const injected = new Set<string>();
  for (const { metadata } of namespaces) {
    const { name, labels = {} } = metadata;
    if (name === 'istio-system' || IGNORED_NAMESPACES.includes(name)) continue;
    if (labels['istio.io/dataplane-mode'] === 'ambient') continue;
    if (!labels[INJECTION] && labels['istio.io/rev'] === undefined) {
      messages.push({
        level: 'Info',
        code: 'IST0102',
        origin: `Namespace ${name}`,
        text:
          `The namespace is not enabled for Istio injection. Run 'kubectl label namespace ${name} istio-injection=enabled' to enable it, ` +
          `or 'kubectl label namespace ${name} istio-injection=disabled' to explicitly mark it as not needing injection.`,
      });
    } else if (labels[INJECTION] === 'enabled') injected.add(name);
  }
  for (const { metadata, spec } of pods) {
    const namespace = metadata.namespace ?? 'default';
    const wish = metadata.labels?.[INJECT] ?? metadata.annotations?.[INJECT];
    if (!injected.has(namespace) || wish?.toLowerCase() === 'false' || spec.hostNetwork) continue;
    if ([...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === 'istio-proxy')) continue;
    messages.push({
      level: 'Warning',
      code: 'IST0103',
      origin: `Pod ${metadata.name}.${namespace}`,
      text: `The pod ${namespace}/${metadata.name} is missing the Istio proxy. This can often be resolved by restarting or redeploying the workload.`,
    });
  }
  return messages;
}

const colour = (io: Io, { level }: Message): string =>
  io.isTerminal && level === 'Warning' ? `\u001b[33m${level}\u001b[0m` : level;

/** `namespace` undefined looks at all. */
export async function analyze(cluster: Cluster, io: Io, namespace: string | undefined): Promise<number> {
  let namespaces: ApiObject[];
  if (namespace) {
    try {
      namespaces = [await cluster.request({ path: `/api/v1/namespaces/${encodeURIComponent(namespace)}` })];
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 404) throw error;
      io.stderr(`namespace "${namespace}" not found\n`);
      return 0;
    }
  } else namespaces = (await cluster.request<{ items: ApiObject[] }>({ path: '/api/v1/namespaces' })).items;
  io.stderr("Malha's istioctl runs one of Istio's analyzers: injection.\n");
  const messages = injectionMessages(namespaces, await podsIn(cluster, namespace));
  for (const message of messages)
    io.stdout(`${colour(io, message)} [${message.code}] (${message.origin}) ${message.text}\n`);
  if (messages.length === 0) {
    const target = namespace ? `namespace: ${namespace}` : 'all namespaces';
    io.stderr(`\n✔ No validation issues found when analyzing ${target}.\n`);
  }
  return 0;
}
