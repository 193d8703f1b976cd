import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bubblewrapArguments } from './bubblewrap.ts';
import { ControlGroups, findBases } from './cgroup.ts';
import { insideKubeconfig } from './kubeconfig.ts';
import { packageParts, toolFiles } from './programs.ts';
import { SystemdScopes } from './systemd.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'malha-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LIMITS = { memory: 512, tasks: 100, cpu: 150 };

describe('control groups', () => {
  const unified = () => `30 23 0:26 / ${folder} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n`;
  /** A hierarchy of version 2 as plain files: each folder with what it hands down. */
  const tree = (handed: Record<string, string>) => {
    for (const [name, controllers] of Object.entries(handed)) {
      mkdirSync(path.join(folder, name), { recursive: true });
      writeFileSync(path.join(folder, name, 'cgroup.subtree_control'), `${controllers}\n`);
    }
  };

  it('of version 2 are made under the nearest ancestor that hands down all three', () => {
    tree({ '': '', user: 'cpu memory pids', 'user/app': 'memory pids', 'user/app/own': '' });
    expect(findBases(unified(), '0::/user/app/own\n')).toEqual({ version: 2, folder: path.join(folder, 'user') });
  });

  it('are not made where something is missing', () => {
    tree({ '': 'memory pids', own: '' });
    expect(findBases(unified(), '0::/own\n')).toBeUndefined();
  });

  it('of version 1 are made under our own in each hierarchy, as a container shows it', () => {
    const mount = (name: string) => `1 2 0:3 /box ${folder}/${name} rw - cgroup cgroup rw,${name}\n`;
    const mountinfo = ['memory', 'pids', 'cpu,cpuacct'].map(mount).join('');
    expect(findBases(mountinfo, '3:memory:/box/a\n2:pids:/box\n1:cpu,cpuacct:/box\n0::/\n')).toEqual({
      version: 1,
      folders: { memory: `${folder}/memory/a`, pids: `${folder}/pids`, cpu: `${folder}/cpu,cpuacct` },
    });
  });

  it('get the limits in the kernel’s units, are entered by what becomes the shell', () => {
    const room = new ControlGroups({ version: 2, folder }).room('malha-x-1', LIMITS);
    const group = path.join(folder, 'malha-x-1');
    const read = (name: string) => readFileSync(path.join(group, name), 'utf8');
    expect(read('memory.max')).toBe(String(512 * 1024 * 1024));
    expect(read('pids.max')).toBe('100');
    expect(read('cpu.max')).toBe('150000 100000');
    expect(room.prefix.slice(-2)).toEqual([group, '--']);
  });

  it('sweep takes away only what has the lab’s name', () => {
    for (const name of ['malha-dead-1', 'malha-dead-2', 'malha-other-1']) mkdirSync(path.join(folder, name));
    new ControlGroups({ version: 2, folder }).sweep('malha-dead-');
    expect(readdirSync(folder)).toEqual(['malha-other-1']);
  });
});

it('a scope of systemd gets the limits as properties', () => {
  const { prefix } = new SystemdScopes('/usr/bin/systemd-run', '--user').room('malha-x-1', LIMITS);
  expect(prefix.join(' ')).toBe(
    '/usr/bin/systemd-run --user --scope --quiet --collect --unit=malha-x-1 ' +
      '-p MemoryMax=512M -p MemorySwapMax=0 -p TasksMax=100 -p CPUQuota=150% --',
  );
});

describe('the kubeconfig within', () => {
  const config = (cluster: object, user: object = { token: 't' }) => {
    const file = path.join(folder, 'kubeconfig');
    const whole = {
      'current-context': 'one',
      contexts: [
        { name: 'one', context: { cluster: 'c', user: 'u', namespace: 'n' } },
        { name: 'other', context: { cluster: 'd', user: 'v' } },
      ],
      clusters: [
        { name: 'c', cluster },
        { name: 'd', cluster: { server: 'https://secret.example' } },
      ],
      users: [
        { name: 'u', user },
        { name: 'v', user: { token: 'secret' } },
      ],
    };
    writeFileSync(file, JSON.stringify(whole));
    return file;
  };

  it('leads to the relay, checks the certificate for the real name, and holds nothing of other clusters', () => {
    const { text, host, port } = insideKubeconfig(config({ server: 'https://api.example.com/k8s/one' }));
    expect({ host, port }).toEqual({ host: 'api.example.com', port: 443 });
    const inside = parse(text);
    expect(inside.clusters).toEqual([
      { name: 'c', cluster: { server: 'https://127.0.0.1:6443/k8s/one', 'tls-server-name': 'api.example.com' } },
    ]);
    expect(inside.contexts[0].context.namespace).toBe('n');
    expect(text).not.toContain('secret');
  });

  it('needs no other name for 127.0.0.1, and knows IPv6', () => {
    const local = insideKubeconfig(config({ server: 'https://127.0.0.1:41000' }));
    expect(local.port).toBe(41_000);
    expect(local.text).not.toContain('tls-server-name');
    expect(insideKubeconfig(config({ server: 'https://[::1]:41000' })).host).toBe('::1');
  });

  it('holds what files held', () => {
    writeFileSync(path.join(folder, 'ca.crt'), 'CA');
    writeFileSync(path.join(folder, 'key'), 'KEY');
    writeFileSync(path.join(folder, 'token'), 'TOKEN\n');
    const cluster = { server: 'https://10.0.0.1:6443', 'certificate-authority': 'ca.crt' };
    const inside = parse(
      insideKubeconfig(config(cluster, { 'client-key': path.join(folder, 'key'), tokenFile: 'token' })).text,
    );
    expect(inside.clusters[0].cluster['certificate-authority-data']).toBe(Buffer.from('CA').toString('base64'));
    expect(inside.clusters[0].cluster).not.toHaveProperty('certificate-authority');
    expect(inside.users[0].user).toEqual({ 'client-key-data': Buffer.from('KEY').toString('base64'), token: 'TOKEN' });
  });

  it('is refused where it needs a program, a proxy, or no encryption', () => {
    const server = 'https://10.0.0.1:6443';
    expect(() => insideKubeconfig(config({ server }, { exec: { command: 'aws' } }))).toThrow(
      /runs a program.*without --isolate/,
    );
    expect(() => insideKubeconfig(config({ server, 'proxy-url': 'http://p' }))).toThrow(/proxy/);
    expect(() => insideKubeconfig(config({ server: 'http://10.0.0.1' }))).toThrow(/https only/);
  });
});

describe('what a shell sees', () => {
  it('is mounted with what covers it first, once, and with links resolved', () => {
    mkdirSync(path.join(folder, 'cache'));
    writeFileSync(path.join(folder, 'cache', 'tool'), '');
    mkdirSync(path.join(folder, 'links'));
    symlinkSync(path.join(folder, 'cache', 'tool'), path.join(folder, 'links', 'kubectl'));
    const readable = ['links/kubectl', 'cache/tool', 'cache', 'missing'].map((name) => path.join(folder, name));
    const args = bubblewrapArguments({
      ...{ home: '/home/ana', cwd: '/w', writable: [], empty: [], placed: [], env: {} },
      readable: [...readable, '/usr/bin/env'],
    });
    const bound = args.flatMap((argument, index) =>
      argument === '--ro-bind' ? [args.slice(index + 1, index + 3)] : [],
    );
    expect(bound.filter(([, seen]) => seen?.startsWith(folder))).toEqual([
      [path.join(folder, 'cache'), path.join(folder, 'cache')],
      [path.join(folder, 'cache', 'tool'), path.join(folder, 'links', 'kubectl')],
    ]);
    expect(args.join(' ')).toContain('--perms 0700 --tmpfs /home/ana');
    expect(args).not.toContain('--new-session');
    expect(args).not.toContain('/usr/bin/env');
  });

  it('has our package’s parts, also where its dependencies stand beside it', () => {
    expect(packageParts('/src/malha/dist/cli.mjs')).toEqual([
      '/src/malha/dist',
      '/src/malha/package.json',
      '/src/malha/node_modules',
    ]);
    expect(packageParts('/x/node_modules/malha/dist/cli.mjs')).toContain('/x/node_modules');
  });

  it('has the tools that are linked, and those that may be', () => {
    symlinkSync('/opt/kubectl', path.join(folder, 'kubectl'));
    expect(toolFiles(folder, `${folder}:relative:/a`)).toEqual([
      '/opt/kubectl',
      '/a/kubectl',
      '/a/helm',
      '/a/istioctl',
    ]);
  });
});
