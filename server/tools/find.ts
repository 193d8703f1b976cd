/** Finds the outside tools that the lab uses, and asks each for its version. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import semver from 'semver';
import which from 'which';
import { KIND, KUBERNETES } from '../versions.ts';

const run = promisify(execFile);
const PATIENCE_MS = 10_000;

export type ToolName = 'kubectl' | 'helm' | 'istioctl' | 'kind' | 'docker';

export interface Tool {
  name: ToolName;
  path: string;
  /** `1.35.2`; undefined where the program did not say. */
  version?: string;
}

const VERSION_ARGUMENTS: Record<ToolName, string[]> = {
  kubectl: ['version', '--client', '--output=json'],
  helm: ['version', '--template', '{{.Version}}'],
  istioctl: ['version', '--remote=false', '--short'],
  kind: ['version'],
  docker: ['version', '--format', '{{.Client.Version}}'],
};

/** The version in what a tool printed: the first `1.2.3` with what is attached to it. */
const versionIn = (text: string) => /\bv?(\d+\.\d+\.\d+(?:[-+][\w.-]+)?)/.exec(text)?.[1];

/** Where PATH has the program; undefined where it has none. */
export async function pathOf(name: string, path: string | undefined): Promise<string | undefined> {
  return (await which(name, { path: path ?? '', nothrow: true })) ?? undefined;
}

/** Runs the program for its version. A program that fails may still have printed it (docker, with its daemon down). */
export async function describeTool(name: ToolName, path: string, env: NodeJS.ProcessEnv): Promise<Tool> {
  const output = await run(path, VERSION_ARGUMENTS[name], { env, timeout: PATIENCE_MS }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? '',
  );
  const version = versionIn(output);
  return { name, path, ...(version ? { version } : {}) };
}

export async function findTool(name: ToolName, env: NodeJS.ProcessEnv): Promise<Tool | undefined> {
  const path = await pathOf(name, env.PATH);
  return path ? describeTool(name, path, env) : undefined;
}

/**
 * Whether a kubectl may talk to our server: within one minor, as Kubernetes' version skew policy asks. A pre-release tag
 * such as `-dispatcher` does not matter, its minor does.
 */
export function kubectlFits(version: string | undefined): boolean {
  const found = semver.coerce(version);
  const wanted = semver.parse(KUBERNETES);
  if (!found || !wanted) return false;
  return found.major === wanted.major && Math.abs(found.minor - wanted.minor) <= 1;
}

export function kindFits(version: string | undefined): boolean {
  const found = semver.coerce(version);
  return found !== null && semver.gte(found, KIND.minimum);
}
