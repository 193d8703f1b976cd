/** Isolation that a machine cannot give is refused, with what was looked for, what was seen and what to do. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareIsolation } from './isolation.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { groups, whatCanBeTried } from './testing.ts';

const machine = await whatCanBeTried();

describe('refuses', () => {
  const folders = (root: string) => {
    const names = ['run', 'workspace', 'bin', 'cache', 'shell', 'tools'] as const;
    const made = Object.fromEntries(names.map((name) => [name, path.join(root, name)]));
    for (const folder of Object.values(made)) mkdirSync(folder, { recursive: true });
    return made as Record<(typeof names)[number], string>;
  };

  const nowhere = (env: NodeJS.ProcessEnv) => ({
    ...{ limits: DEFAULT_LIMITS, labId: 'nowhere', env, programs: [] },
    folders: { run: '/', workspace: '/', bin: '/', cache: '/', shell: '/', tools: '/' },
  });

  it('another system than Linux', async () => {
    const preparing = prepareIsolation(nowhere({}), { platform: 'darwin', mountinfo: '', cgroup: '' });
    await expect(preparing).rejects.toThrow(/Linux alone.*Start without it/);
  });

  it('a machine without control groups, with what it looked for and what to do', async () => {
    const preparing = prepareIsolation(nowhere({ PATH: '' }), { platform: 'linux', mountinfo: '', cgroup: '' });
    await expect(preparing).rejects.toThrow(
      /memory, tasks and processor.*systemd-run is not on PATH; no control group hands down.*Delegate=yes/,
    );
  });

  it('limits that are promised and not held', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'malha-systemd-'));
    const fake = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift\nexec "$@"\n';
    writeFileSync(path.join(folder, 'systemd-run'), fake, { mode: 0o755 });
    try {
      const env = { PATH: `${folder}:/usr/bin:/bin` };
      const preparing = prepareIsolation(nowhere(env), { platform: 'linux', mountinfo: '', cgroup: '' });
      await expect(preparing).rejects.toThrow(/systemd scopes: limits are not held/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.runIf(machine.limits)('bubblewrap that cannot make namespaces, with what it said', async () => {
    const root = `/tmp/malha-refuse-${process.pid}`;
    mkdirSync(path.join(root, 'path'), { recursive: true });
    const fake = '#!/bin/sh\necho "bwrap: No permissions to create a new namespace" >&2\nexit 1\n';
    writeFileSync(path.join(root, 'path', 'bwrap'), fake, { mode: 0o755 });
    const env = { PATH: `${path.join(root, 'path')}:${process.env.PATH}`, HOME: root };
    try {
      const labId = `refuse${process.pid}`;
      const preparing = prepareIsolation({ limits: DEFAULT_LIMITS, labId, env, folders: folders(root), programs: [] });
      await expect(preparing).rejects.toThrow(/No permissions to create a new namespace.*user namespaces/);
      expect(groups(labId)).toEqual([]);
      expect(readdirSync(path.join(root, 'run'))).toEqual([]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it.runIf(machine.apart)('a path too long for a socket', async () => {
    const root = `/tmp/malha-refuse-${process.pid}-${'x'.repeat(100)}`;
    const env = { PATH: process.env.PATH, HOME: root };
    try {
      const labId = `long${process.pid}`;
      const preparing = prepareIsolation({ limits: DEFAULT_LIMITS, labId, env, folders: folders(root), programs: [] });
      await expect(preparing).rejects.toThrow(/shorter path.*MALHA_HOME/);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
