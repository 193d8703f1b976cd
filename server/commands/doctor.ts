/** `malha doctor`: which outside tools there are, where, in which version, and what to do about the others. */
import path from 'node:path';
import semver from 'semver';
import { BackendError } from '../clusters/backend.ts';
import { requireDocker } from '../clusters/docker.ts';
import { exists } from '../tools/download.ts';
import { describeTool, findTool, kindFits, kubectlFits, type Tool } from '../tools/find.ts';
import { layerFolder, vendorFolder } from '../tools/provide.ts';
import { ISTIO, KIND, KUBECTL_LAYER, KUBERNETES } from '../versions.ts';

export interface Finding {
  name: string;
  /** `ok`; `note`: works without, advice says how; `problem`: must be mended before `npm start`. */
  status: 'ok' | 'note' | 'problem';
  path?: string;
  version?: string;
  /** What was found, or what to do; one sentence. */
  advice: string;
}

export interface DoctorOptions {
  env: NodeJS.ProcessEnv;
  /** The folder of fetched tools. */
  cache: string;
  nodeVersion?: string;
  nodePath?: string;
}

const MINIMUM_NODE = '20.19.0';
const minorOf = (version: string) => version.replace(/\.\d+$/, '');
const found = (tool: Tool) => ({ path: tool.path, ...(tool.version ? { version: tool.version } : {}) });

function node(version: string, at: string): Finding {
  const good = semver.gte(version, MINIMUM_NODE);
  return {
    name: 'Node',
    status: good ? 'ok' : 'problem',
    path: at,
    version,
    advice: good ? 'Good.' : `${MINIMUM_NODE} or later is needed: https://nodejs.org/en/download`,
  };
}

async function docker(env: NodeJS.ProcessEnv): Promise<Finding> {
  const tool = await findTool('docker', env);
  const seen = tool ? found(tool) : {};
  try {
    await requireDocker(env);
    return { name: 'Docker', status: 'ok', ...seen, advice: 'Its daemon answers.' };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { name: 'Docker', status: 'note', ...seen, advice: `Only kind needs it. ${error.message}` };
  }
}

async function kind(env: NodeJS.ProcessEnv): Promise<Finding> {
  const tool = await findTool('kind', env);
  const install = 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation';
  if (!tool)
    return {
      name: 'kind',
      status: 'note',
      advice: `Not found; the embedded cluster does without. To run a real one: ${install}`,
    };
  const good = kindFits(tool.version);
  return {
    name: 'kind',
    status: good ? 'ok' : 'note',
    ...found(tool),
    advice: good ? 'Good.' : `${KIND.minimum} or later is needed for --backend kind: ${install}`,
  };
}

/** A tool that the lab fetches for itself where PATH has none that fits. */
async function fetched(
  name: 'kubectl' | 'helm',
  { env, cache }: DoctorOptions,
  fits: (version: string | undefined) => boolean,
  wanted: string,
): Promise<Finding> {
  const tool = await findTool(name, env);
  if (tool && fits(tool.version)) return { name, status: 'ok', ...found(tool), advice: 'Good.' };
  const reason = tool
    ? `${tool.version ?? 'The one'} on PATH (${tool.path}) is not within one minor of ${minorOf(KUBERNETES)}; `
    : '';
  for (const folder of [layerFolder(cache), vendorFolder(cache, name, wanted)]) {
    const file = path.join(folder, name);
    if (await exists(file)) {
      return {
        name,
        status: 'ok',
        ...found(await describeTool(name, file, env)),
        advice: `${reason || 'Not on PATH; '}Malha uses the one that it fetched.`,
      };
    }
  }
  return {
    name,
    status: 'note',
    ...(tool ? found(tool) : {}),
    advice: `${reason || 'Not on PATH; '}Malha fetches ${wanted} at the first start (needs the network once).`,
  };
}

async function istioctl(env: NodeJS.ProcessEnv): Promise<Finding> {
  const tool = await findTool('istioctl', env);
  if (!tool) {
    return {
      name: 'istioctl',
      status: 'note',
      advice: `Not found; the embedded cluster has its own. With kind, Malha fetches Istio ${ISTIO} at the first start.`,
    };
  }
  const good = tool.version !== undefined && minorOf(tool.version) === minorOf(ISTIO);
  return {
    name: 'istioctl',
    status: good ? 'ok' : 'note',
    ...found(tool),
    advice: good ? 'Good.' : `The pages follow Istio ${minorOf(ISTIO)}: what they show may differ.`,
  };
}

export async function examine(options: DoctorOptions): Promise<Finding[]> {
  const { env, nodeVersion = process.versions.node, nodePath = process.execPath } = options;
  return Promise.all([
    node(nodeVersion, nodePath),
    docker(env),
    kind(env),
    fetched('kubectl', options, kubectlFits, KUBERNETES),
    fetched('helm', options, () => true, KUBECTL_LAYER.helm.version),
    istioctl(env),
  ]);
}

const MARKS = { ok: '✔', note: '–', problem: '✖' } as const;

/** Two lines a tool: what there is, and what follows from it. */
export function render(findings: Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .flatMap(({ name, status, version, path: at, advice }) => [
      `${MARKS[status]} ${name.padEnd(width)}  ${[version ?? 'not found', at].filter(Boolean).join('  ')}`,
      `  ${' '.repeat(width)}  ${advice}`,
    ])
    .join('\n');
}
