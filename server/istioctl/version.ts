/** `istioctl version`: this program's version, the control plane's and the proxies'. */
import { stringify } from 'yaml';
import { ISTIO } from '../versions.ts';
import type { Cluster } from './cluster.ts';
import { connectedProxies, controlPlaneVersions, type ProxyInfo, type ServerInfo } from './control-plane.ts';
import { CommandError, type Io, WRONG_USAGE } from './io.ts';

export const CLIENT_VERSION = `${ISTIO}-embedded`;

export interface VersionOptions {
  remote: boolean;
  short: boolean;
  output?: string;
  istioNamespace: string;
}

const CLIENT = { version: CLIENT_VERSION, revision: 'embedded', status: 'Clean', tag: ISTIO };

const long = (info: ServerInfo['Info']): string =>
  `version.BuildInfo{Version:"${info.version}", GitRevision:"${info.revision}", BuildStatus:"${info.status}", GitTag:"${info.tag}"}`;

function summary(proxies: ProxyInfo[]): string {
  if (proxies.length === 0) return 'none';
  const counts = new Map<string, number>();
  for (const { istio_version: version } of proxies) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts.entries()]
    .sort()
    .map(([version, count]) => `${version} (${count} proxies)`)
    .join(', ');
}

/** `connect` is called only where the cluster is asked. */
export async function version(connect: () => Promise<Cluster>, io: Io, options: VersionOptions): Promise<number> {
  const { output, short } = options;
  if (output !== undefined && output !== 'json' && output !== 'yaml')
    throw new CommandError("--output must be 'yaml' or 'json'", WRONG_USAGE);
  let mesh: ServerInfo[] | undefined;
  let proxies: ProxyInfo[] | undefined;
  if (options.remote) {
    try {
      const cluster = await connect();
      mesh = await controlPlaneVersions(cluster, options.istioNamespace);
      proxies = await connectedProxies(cluster, options.istioNamespace);
    } catch (error) {
      io.stderr(`Istio is not present in the cluster: ${(error as Error).message}\n`);
    }
  }
  if (output) {
    const all = {
      clientVersion: CLIENT,
      ...(mesh ? { meshVersion: mesh } : {}),
      ...(proxies
        ? { dataPlaneVersion: proxies.map((proxy) => ({ ID: proxy.proxy, IstioVersion: proxy.istio_version })) }
        : {}),
    };
    io.stdout(output === 'json' ? `${JSON.stringify(all, null, 2)}\n` : `${stringify(all)}\n`);
    return 0;
  }
  io.stdout(`client version: ${short ? CLIENT_VERSION : long(CLIENT)}\n`);
  if (mesh && short) {
    const versions = new Set(mesh.map(({ Info }) => Info.version));
    if (versions.size === 1) io.stdout(`control plane version: ${mesh[0]!.Info.version}\n`);
    else for (const server of mesh) io.stdout(`${server.Component} version: ${server.Info.version}\n`);
  } else for (const server of mesh ?? []) io.stdout(`${server.Component} version: ${long(server.Info)}\n`);
  if (proxies && short) io.stdout(`data plane version: ${summary(proxies)}\n`);
  else
    for (const { proxy, istio_version: of } of proxies ?? [])
      io.stdout(`data plane version: version.ProxyInfo{ID:"${proxy}", IstioVersion:"${of}"}\n`);
  return 0;
}
