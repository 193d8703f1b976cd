/** An embedded cluster with a kubectl, checks written for the moment, bundles of threads: for the lessons' tests. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { findKubectl } from '../../tests/kubectl.ts';
import { type RunningCluster, startCluster } from '../embedded/cluster.ts';
import { BuiltLessons } from './built.ts';
import type { Check, Lesson } from './schema.ts';

export const projectRoot = path.resolve(import.meta.dirname, '../..');

/** Bundles a thread's entry point as the build does. It stands inside the project, where it finds its packages. */
export async function bundle(entry: string): Promise<{ url: URL; remove(): void }> {
  const outfile = path.join(
    projectRoot,
    'node_modules/.cache/malha-test',
    `${path.basename(entry, '.ts')}-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`,
  );
  await build({
    entryPoints: [path.join(projectRoot, entry)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  });
  return { url: pathToFileURL(outfile), remove: () => rmSync(outfile, { force: true }) };
}

export interface TestCluster {
  folder: string;
  kubeconfig: string;
  workspace: string;
  cluster: RunningCluster;
  /** Rejects where kubectl does. */
  kubectl(args: string, input?: string): Promise<string>;
  end(): Promise<void>;
}

export async function testCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'malha-lessons-'));
  const kubeconfig = path.join(folder, 'kubeconfig');
  const workspace = path.join(folder, 'workspace');
  mkdirSync(workspace);
  const cluster = await startCluster();
  writeFileSync(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  return {
    folder,
    kubeconfig,
    workspace,
    cluster,
    async kubectl(args, input = '') {
      const file = await findKubectl();
      return kubectl(file, kubeconfig, folder, args, input);
    },
    async end() {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function kubectl(file: string, kubeconfig: string, home: string, args: string, input = ''): Promise<string> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: home };
  return new Promise((resolve, reject) => {
    const child = execFile(file, args.split(' '), { env, timeout: 60_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(`kubectl ${args}: ${stderr || error.message}`)) : resolve(stdout),
    );
    child.stdin?.end(input);
  });
}

const both = (line: number) => ({ en: line, 'pt-BR': line });

/** A lesson as the build would describe it. */
export function lessonOf(
  id: string,
  more: Partial<Omit<Lesson, 'checks'>> & { checks?: Partial<Check>[] } = {},
): Lesson {
  const { checks = [], ...rest } = more;
  return {
    id,
    page: `/tutorials/${id}/`,
    isTutorial: true,
    sources: { en: `docs/tutorials/${id}/index.mdx`, 'pt-BR': `i18n/${id}/index.mdx` },
    title: { en: id, 'pt-BR': id },
    needs: 'empty',
    after: [],
    steps: [],
    questions: [],
    manifests: [],
    ...rest,
    checks: checks.map((check) => ({
      name: 'it-holds',
      after: 1,
      lines: both(10),
      says: { en: 'It holds', 'pt-BR': 'Vale' },
      hint: false,
      ...check,
    })),
  };
}

/** A build with these lessons; `checks` is the JavaScript of each one's module. */
export function builtLessons(folder: string, lessons: Lesson[], checks: Record<string, string> = {}): BuiltLessons {
  mkdirSync(folder, { recursive: true });
  for (const [id, source] of Object.entries(checks)) writeFileSync(path.join(folder, `${id}.checks.mjs`), source);
  return new BuiltLessons(folder, lessons);
}
