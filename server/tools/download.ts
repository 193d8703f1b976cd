/** Fetches files from their vendors: streamed to disk, checked against a digest, put in place whole or not at all. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export type Progress = (message: string) => void;

export interface Digest {
  algorithm: 'sha256' | 'sha512';
  /** Hex; or the address of a file that starts with it, as vendors publish beside an archive. */
  hex?: string;
  url?: string;
}

/** Something could not be fetched: `message` says what was tried and what to do. */
export class FetchError extends Error {}

export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0)} MB`;

/** The reason that a failed `fetch` hides in its cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause);
}

async function get(url: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { redirect: 'follow', signal });
  } catch (error) {
    throw new FetchError(`could not reach ${new URL(url).host} (${reasonOf(error)})`);
  }
  if (!response.ok || !response.body) throw new FetchError(`${url} answered ${response.status}`);
  return response;
}

export async function hashFile(file: string, algorithm: Digest['algorithm']): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Rejects with a FetchError that shows both digests where they differ. */
export async function verify(file: string, digest: Digest, source: string, signal?: AbortSignal): Promise<void> {
  const expected = digest.hex ?? (await (await get(digest.url!, signal)).text()).trim().split(/\s/)[0];
  const seen = await hashFile(file, digest.algorithm);
  if (seen !== expected) {
    throw new FetchError(
      `${source} is not what was expected: its ${digest.algorithm} is ${seen}, not ${expected}. Nothing of it was kept`,
    );
  }
}

/** Downloads `url` to `file`, telling the bytes as they come. `signal` breaks it off. */
export async function download(
  url: string,
  file: string,
  digest: Digest,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  const response = await get(url, signal);
  const total = Number(response.headers.get('content-length')) || undefined;
  let received = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      progress(`${path.basename(url)}: ${megabytes(received)}${total ? ` of ${megabytes(total)}` : ''}`);
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), count, createWriteStream(file), { signal });
  } catch (error) {
    throw new FetchError(`the download of ${url} broke off (${reasonOf(error)})`);
  }
  await verify(file, digest, url, signal);
}

/**
 * Fills `folder` once: `fill` works in a temporary folder beside it, which then takes its name. Two processes that do so at
 * the same time are both served; the later one's work is dropped.
 */
export async function fillOnce(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  if (await exists(folder)) return;
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.part-`);
  try {
    await fill(temporary);
    await rename(temporary, folder).catch(async (error) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
