/** The kubectl that tests drive the API server with: MALHA_KUBECTL, else what the lab itself would use. */
import path from 'node:path';
import type { Progress } from '../server/tools/download.ts';
import { provideHelm, provideKubectl } from '../server/tools/provide.ts';

/** One cache for all tests, since each has a home of its own. */
export const toolCache =
  process.env.MALHA_CACHE ?? path.resolve(import.meta.dirname, '../node_modules/.cache/malha-tools');
const provision = (progress: Progress) => ({ cache: toolCache, env: process.env, progress });

let kubectl: Promise<string> | undefined;
export function findKubectl(progress: Progress = () => {}): Promise<string> {
  kubectl ??= process.env.MALHA_KUBECTL
    ? Promise.resolve(process.env.MALHA_KUBECTL)
    : provideKubectl(provision(progress)).then((tool) => tool.path);
  return kubectl;
}

let helm: Promise<string> | undefined;
export function findHelm(progress: Progress = () => {}): Promise<string> {
  helm ??= provideHelm(provision(progress)).then((tool) => tool.path);
  return helm;
}
