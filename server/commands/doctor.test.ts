import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { examine, render } from './doctor.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malha-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = (bin: string, name: string, script: string) => {
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, name), 0o755);
};

const by = async (bin: string, nodeVersion = '22.1.0') => {
  const findings = await examine({ env: { PATH: bin }, cache: path.join(folder, 'cache'), nodeVersion });
  return { findings, text: render(findings), of: (name: string) => findings.find((finding) => finding.name === name)! };
};

it('says of a bare machine what the embedded cluster does without', async () => {
  const { of, findings, text } = await by(path.join(folder, 'bare'));
  expect(findings.map(({ name }) => name)).toEqual(['Node', 'Docker', 'kind', 'kubectl', 'helm', 'istioctl']);
  expect(of('Node')).toMatchObject({ status: 'ok', version: '22.1.0' });
  expect(of('Docker').advice).toMatch(/^Only kind needs it\. Docker was not found on PATH/);
  expect(of('kubectl').advice).toMatch(/^Not on PATH; Malha fetches 1\.35\.2 at the first start/);
  expect(text).toContain('– kind      not found');
});

it('tells a good tool from one that does not fit', async () => {
  const bin = path.join(folder, 'some');
  program(bin, 'docker', 'echo 28.2.2');
  program(bin, 'kind', 'echo kind v0.31.0 go1.25');
  program(bin, 'kubectl', 'echo \'{"clientVersion":{"gitVersion":"v1.30.1"}}\'');
  program(bin, 'istioctl', 'echo 1.31.0');
  const { of } = await by(bin);
  expect(of('Docker')).toMatchObject({ status: 'ok', version: '28.2.2', path: path.join(bin, 'docker') });
  expect(of('kind')).toMatchObject({ status: 'ok', version: '0.31.0' });
  expect(of('istioctl')).toMatchObject({ status: 'ok', version: '1.31.0' });
  expect(of('kubectl')).toMatchObject({ status: 'note', version: '1.30.1' });
  expect(of('kubectl').advice).toContain('is not within one minor of 1.35; Malha fetches 1.35.2');
});

it('calls an old Node a problem', async () => {
  expect((await by(path.join(folder, 'bare'), '18.20.0')).of('Node')).toMatchObject({
    status: 'problem',
    advice: expect.stringContaining('20.19.0 or later is needed'),
  });
});
