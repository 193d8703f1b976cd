/** `istioctl proxy-status`: the proxies connected to istiod, as a table. */
import type { Cluster } from './cluster.ts';
import { connectedProxies, type ProxyInfo } from './control-plane.ts';
import { CommandError, type Io } from './io.ts';

const HEADERS = ['NAME', 'CLUSTER', 'ISTIOD', 'VERSION', 'SUBSCRIBED TYPES'];
/** Spaces between columns, as in the real one. */
const PADDING = 5;

const cells = (proxy: ProxyInfo): string[] => [
  proxy.proxy,
  proxy.cluster_id,
  proxy.istiod,
  proxy.istio_version,
  `${proxy.subscriptions.length} (${proxy.subscriptions.join(',')})`,
];

export function table(rows: string[][]): string {
  const widths = HEADERS.map((_header, column) => Math.max(...rows.map((row) => row[column]!.length)) + PADDING);
  return rows
    .map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join(''))
    .map((line) => `${line}\n`)
    .join('');
}

/** `namespace` narrows the list. */
export async function proxyStatus(
  cluster: Cluster,
  io: Io,
  options: { istioNamespace: string; namespace?: string; output?: string },
): Promise<number> {
  if (options.output && options.output !== 'table')
    throw new CommandError(`output format "${options.output}" is not supported by Malha's istioctl, only table`);
  const proxies = await connectedProxies(cluster, options.istioNamespace).catch((error: Error) => {
    throw new CommandError(error.message);
  });
  const shown = options.namespace ? proxies.filter(({ proxy }) => proxy.endsWith(`.${options.namespace}`)) : proxies;
  io.stdout(table([HEADERS, ...shown.map(cells)]));
  return 0;
}
