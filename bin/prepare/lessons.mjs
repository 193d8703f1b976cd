/** Reads the lessons for the server: their description as dist/lessons/lessons.json, their checks bundled beside it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  packages: 'external',
  logLevel: 'silent',
};

/** Rejects with an Error whose message names file and line of each mistake in a page. */
export async function prepareLessons(root) {
  // Not above: in a fresh checkout this module is loaded before there are packages.
  const { build } = await import('esbuild');
  const folder = path.join(root, 'dist', 'lessons');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const reader = path.join(folder, 'read.mjs');
  await build({ ...COMMON, absWorkingDir: root, entryPoints: ['src/lesson/read.ts'], outfile: reader });
  // The reader changes with the checkout: a second run in one process must not get the first one's.
  const { readLessons } = await import(`${pathToFileURL(reader).href}?${Date.now()}`);
  const content = await readLessons(root);
  const entryPoints = Object.fromEntries(
    content.lessons.filter(({ checksFile }) => checksFile).map(({ id, checksFile }) => [`${id}.checks`, checksFile]),
  );
  if (Object.keys(entryPoints).length > 0) {
    await build({
      ...COMMON,
      absWorkingDir: root,
      entryPoints,
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      sourcemap: true,
    });
  }
  rmSync(reader);
  writeFileSync(path.join(folder, 'lessons.json'), `${JSON.stringify(content, undefined, 2)}\n`);
}
