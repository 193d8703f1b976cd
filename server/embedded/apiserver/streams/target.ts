/** Which pod and which container a request means, checked as the API server checks it. */
import type { Client } from '../../client.ts';
import { StatusError } from '../../status.ts';
import { type Container, type Pod, RESOURCES } from '../../types.ts';
import type { StreamTarget } from '../http/streams.ts';

const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

/** Rejects with 404 where there is no such pod, 400 where it has no node yet. */
export async function podOf(client: Client, target: StreamTarget): Promise<Pod> {
  const { namespace, name } = target;
  const pod = await client.get<Pod>(RESOURCES.pods, { namespace, name });
  if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  return pod;
}

const names = (containers: Container[] | undefined): string => (containers ?? []).map(({ name }) => name).join(' ');

/**
 * The container that `asked` names, or the only one. Throws 400 where it must be named and is not, or there is none of
 * that name. The annotation `kubectl.kubernetes.io/default-container` is kubectl's business, which sends the name.
 */
export function containerOf(pod: Pod, asked: string | null): string {
  const { containers, initContainers, ephemeralContainers } = pod.spec;
  const { name } = pod.metadata;
  if (asked) {
    const all = [...containers, ...(initContainers ?? []), ...(ephemeralContainers ?? [])];
    if (!all.some((container) => container.name === asked)) {
      throw badRequest(`container ${asked} is not valid for pod ${name}`);
    }
    return asked;
  }
  if (containers.length === 1) return containers[0]!.name;
  const init = names(initContainers);
  const others = init ? ` or one of the init containers: [${init}]` : '';
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${names(containers)}]${others}`,
  );
}

/** Query flags as Go's `strconv.ParseBool` reads them. */
export const isTrue = (value: string | null): boolean => value !== null && /^(1|t|true)$/i.test(value);
