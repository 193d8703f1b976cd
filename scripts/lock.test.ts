import { readFileSync } from 'node:fs';
import path from 'node:path';
import semver from 'semver';
import { expect, it } from 'vitest';
import { missingEntries } from './complete-lock.mjs';

const root = path.resolve(import.meta.dirname, '..');
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

it('locks the packages of every platform, so that npm ci works on each (mend: node scripts/complete-lock.mjs)', () => {
  expect(Object.keys(missingEntries(lock))).toEqual([]);
});

it('takes no package that the oldest Node we promise cannot run', () => {
  const entries = Object.entries(lock.packages as Record<string, { engines?: { node?: string } }>);
  const tooNew = entries.filter(([, { engines }]) => engines?.node && !semver.satisfies('20.19.0', engines.node));
  expect(tooNew.map(([name]) => name)).toEqual([]);
});

it('tells the platform of a missing package by its name', () => {
  const packages = {
    '': {},
    'node_modules/a': { optionalDependencies: { '@a/linux-x64-musl': '1.0.0', '@a/darwin-arm64': '1.0.0' } },
  };
  expect(missingEntries({ packages })).toEqual({
    'node_modules/@a/linux-x64-musl': { version: '1.0.0', cpu: ['x64'], libc: ['musl'], os: ['linux'], optional: true },
    'node_modules/@a/darwin-arm64': { version: '1.0.0', cpu: ['arm64'], os: ['darwin'], optional: true },
  });
});
