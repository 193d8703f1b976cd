/** Brings a checkout to where it can run: packages, the server's bundle, the site. Skips what is up to date. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { stage } from '../stages.mjs';
import { runQuietly } from './run.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';

const SERVER_INPUTS = ['server', 'bin', 'package-lock.json'];
const SITE_INPUTS = [
  'docs',
  'i18n',
  'src',
  'static',
  'server/protocol.ts',
  'server/protocol',
  'server/versions.ts',
  'docusaurus.config.ts',
  'sidebars.ts',
  '.browserslistrc',
  'package-lock.json',
];

/** Entry points of the server: name in dist/ → source. */
const ENTRIES = { cli: 'server/cli.ts', 'embedded-worker': 'server/embedded/worker.ts' };

async function install(root) {
  const stampFile = path.join(root, 'node_modules', '.malha-install');
  const wanted = `${process.platform}-${process.arch}-${digestOf(root, ['package-lock.json'])}`;
  if (readStamp(stampFile) === wanted) return;
  await stage('Install packages', () => {
    const npm = process.env.npm_execpath;
    const [command, ...first] = npm ? [process.execPath, npm] : ['npm'];
    return runQuietly(command, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      hint: 'Check the connection to your npm registry, then run the same command again.',
    });
  });
  writeStamp(stampFile, wanted);
}

/** Bundles the server with esbuild to dist/*.mjs; packages stay outside the bundle. */
async function bundleServer(root) {
  const stampFile = path.join(root, 'dist', '.server');
  const wanted = digestOf(root, SERVER_INPUTS);
  if (readStamp(stampFile) === wanted) return;
  await stage('Build the lab server', async () => {
    const { build } = await import('esbuild');
    await build({
      absWorkingDir: root,
      entryPoints: ENTRIES,
      outdir: path.join(root, 'dist'),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      packages: 'external',
      sourcemap: true,
      logLevel: 'silent',
    });
  });
  writeStamp(stampFile, wanted);
}

async function buildSite(root) {
  const stampFile = path.join(root, 'dist', '.site');
  const wanted = digestOf(root, SITE_INPUTS);
  if (readStamp(stampFile) === wanted) return;
  rmSync(stampFile, { force: true });
  await stage('Build the site', (detail) =>
    runQuietly(process.execPath, [path.join('node_modules', '@docusaurus', 'core', 'bin', 'docusaurus.mjs'), 'build'], {
      cwd: root,
      onLine: (line) => {
        const locale = /build for locale:?\s+"?([\w-]+)/i.exec(line)?.[1] ?? /\[([\w-]+)\] Creating/.exec(line)?.[1];
        if (locale) detail(locale);
      },
      hint: 'The lines above are from Docusaurus.',
    }),
  );
  writeStamp(stampFile, wanted);
}

/**
 * Rejects with an Error whose message holds the failing tool's last lines and what to do.
 * @param {{ root: string, site: boolean }} options
 */
export async function prepare({ root, site }) {
  await install(root);
  await bundleServer(root);
  if (site) await buildSite(root);
}
