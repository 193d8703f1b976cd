/** What a lesson's checks.ts exports, as its bundler sees it. */
import path from 'node:path';
import { type BuildFailure, build } from 'esbuild';
import type { Problem } from './errors';

/** Names of all exports, or what is wrong with the file. `file`: relative to `root`, with `/`. */
export async function exportsOf(root: string, file: string): Promise<string[] | Problem> {
  try {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [file],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      outdir: path.join(root, 'dist'),
      logLevel: 'silent',
    });
    return Object.values(metafile.outputs).flatMap((output) => (output.entryPoint === undefined ? [] : output.exports));
  } catch (error) {
    const [first] = (error as Partial<BuildFailure>).errors ?? [];
    if (first === undefined) throw error;
    return { file: first.location?.file ?? file, line: first.location?.line ?? 1, reason: first.text };
  }
}
