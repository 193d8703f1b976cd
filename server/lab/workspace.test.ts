/** The workspace is filled without leaving it: what the learner put there may lead elsewhere. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeWorkspace } from './workspace.ts';

let root = '';
let workspace = '';
let outside = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'malha-workspace-'));
  workspace = path.join(root, 'workspace');
  outside = path.join(root, 'outside');
  mkdirSync(workspace);
  mkdirSync(outside);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const fill = (content: string) =>
  writeWorkspace(workspace, path.join(root, 'record.json'), [{ path: 'bank/10-bank.yaml', content }]);
const bank = () => path.join(workspace, 'bank', '10-bank.yaml');

it('writes what is missing, brings its own up to date, keeps what the learner changed', async () => {
  expect(await fill('one')).toEqual({ written: ['bank/10-bank.yaml'], kept: [] });
  expect(await fill('two')).toEqual({ written: ['bank/10-bank.yaml'], kept: [] });
  writeFileSync(bank(), 'mine');
  expect(await fill('three')).toEqual({ written: [], kept: ['bank/10-bank.yaml'] });
  expect(readFileSync(bank(), 'utf8')).toBe('mine');
});

it('writes through no link of the learner’s', async () => {
  mkdirSync(path.join(workspace, 'bank'));
  symlinkSync(path.join(outside, 'new'), bank());
  expect(await fill('one')).toEqual({ written: [], kept: ['bank/10-bank.yaml'] });
  expect(existsSync(path.join(outside, 'new'))).toBe(false);
});

it('writes into no folder that is a link', async () => {
  symlinkSync(outside, path.join(workspace, 'bank'));
  expect(await fill('one')).toEqual({ written: [], kept: ['bank/10-bank.yaml'] });
  expect(existsSync(path.join(outside, '10-bank.yaml'))).toBe(false);
});
