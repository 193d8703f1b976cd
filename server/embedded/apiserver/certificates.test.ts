import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeCredentials } from './certificates.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malha-ca-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('signs a serving certificate for every name that clients use', async () => {
  const { ca, serving } = await makeCredentials();
  const authority = new X509Certificate(ca.certificate);
  const certificate = new X509Certificate(serving.certificate);
  expect(authority.ca).toBe(true);
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
});

it('keeps CA and token for their owner alone, and makes new ones where they are broken', async () => {
  const first = await makeCredentials(folder);
  const again = await makeCredentials(folder);
  expect(again.ca).toEqual(first.ca);
  expect(again.token).toBe(first.token);
  const file = path.join(folder, 'credentials.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);

  writeFileSync(file, '{"ca": {');
  const mended = await makeCredentials(folder);
  expect(mended.token).not.toBe(first.token);
  expect((await makeCredentials(folder)).token).toBe(mended.token);
});
