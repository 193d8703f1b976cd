import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { findKubectl } from '../../../tests/kubectl.ts';
import { type RunningCluster, startCluster } from '../../embedded/cluster.ts';
import { linkTool } from '../../lab/shims.ts';
import { processesOf } from '../processes.ts';
import { DEFAULT_SIZE, Runs } from '../runs.ts';
import type { Session } from '../session.ts';
import { deafSink, transcript, until, ZSH } from '../testing.ts';
import { groups, type IsolatedLab, type IsolatedOptions, isolatedLab, whatCanBeTried } from './testing.ts';

const machine = await whatCanBeTried();

let lab: IsolatedLab;
afterEach(async () => {
  if (!lab) return;
  const { labId } = lab.terminals;
  await lab.end();
  expect(await processesOf(`${labId}.`)).toEqual([]);
  expect(existsSync(lab.user)).toBe(false);
  expect(groups(labId)).toEqual([]);
});

/** What the first of these files of a lab's only group holds. */
function setting(labId: string, files: string[]): string {
  const found = groups(labId).flatMap((folder) => files.map((file) => path.join(folder, file)));
  return readFileSync(found.find((file) => existsSync(file))!, 'utf8').trim();
}

const tasksOf = (labId: string) => Number(setting(labId, ['pids.current']));

/** A process that has ended may wait for its parent (Z) for a while. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

interface Shown {
  session: Session;
  shown: () => string;
  /** Types a line and resolves with what it printed, up to the next prompt. */
  say(line: string): Promise<string>;
}

async function open(options?: IsolatedOptions): Promise<Shown> {
  lab = await isolatedLab(options);
  return shell();
}

async function shell(): Promise<Shown> {
  const session = lab.terminals.open(DEFAULT_SIZE);
  const shown = transcript(session);
  await until(session, () => session.info.state === 'prompt');
  const say = async (line: string) => {
    const from = shown().length;
    let ended = false;
    const returned = new Promise<void>((resolve) => {
      const stop = session.mark.on(({ type }) => {
        if (type === 'ended') ended = true;
        if (!ended || type !== 'ready') return;
        stop();
        resolve();
      });
    });
    session.write(`${line}\r`);
    await returned;
    const text = stripVTControlCharacters(shown().slice(from)).replaceAll('\r', '');
    return text.slice(text.indexOf('\n') + 1);
  };
  return { session, shown, say };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe.runIf(machine.limits)('limits', () => {
  it.each([
    ['with bubblewrap', { bubblewrap: true }],
    ['alone', { bubblewrap: false }],
  ])('hold a memory hog, %s', async (_, options) => {
    const { say } = await open({ ...options, limits: { memory: 128 } });
    const hog = `'${process.execPath}' -e 'const a = []; for (;;) a.push(Buffer.alloc(8 << 20, 1))'`;
    expect(await say(`${hog}; echo "ended: $?"`)).toMatch(/ended: 137/);
    // The shell itself lives on.
    expect(await say('echo still $((40 + 2))')).toContain('still 42\n');
  });

  it('hold a program that starts more and more others', async () => {
    const { say } = await open({ limits: { tasks: 64 } });
    const program =
      'let started = 0, refused = 0; const { spawn } = require("child_process"); ' +
      'for (let n = 0; n < 200; n++) spawn("sleep", ["60"]).on("spawn", () => started++).on("error", () => refused++); ' +
      'setImmediate(() => { console.log(started, refused); process.exit(); })';
    const [, started, refused] = /^(\d+) (\d+)$/m.exec(await say(`'${process.execPath}' -e '${program}'`)) ?? [];
    expect(Number(started)).toBeGreaterThan(10);
    expect(Number(started)).toBeLessThan(64);
    expect(Number(started) + Number(refused)).toBe(200);
  });

  it.each([
    ['with bubblewrap', { bubblewrap: true }],
    ['alone', { bubblewrap: false }],
  ])('hold a fork bomb, and its end is whole, %s', async (_, options) => {
    const { session } = await open({ ...options, limits: { tasks: 48, cpu: 20 } });
    const { labId } = lab.terminals;
    session.write('bomb() { bomb | bomb & }; bomb\r');
    await vi.waitUntil(() => tasksOf(labId) > 40, { timeout: 20_000, interval: 20 });
    expect(tasksOf(labId)).toBeLessThanOrEqual(48);
    await lab.terminals.close(session.info.terminal);
    expect(await processesOf(`${labId}.`)).toEqual([]);
  });

  it('are those that were asked for, and say so', async () => {
    await open({ limits: { memory: 200, tasks: 70, cpu: 50 } });
    expect(lab.isolation.describe()[0]).toContain('200 MiB of memory, 70 tasks and 50 % of a processor');
    const { labId } = lab.terminals;
    expect(setting(labId, ['memory.max', 'memory.limit_in_bytes'])).toBe(String(200 * 1024 * 1024));
    expect(setting(labId, ['pids.max'])).toBe('70');
    expect(setting(labId, ['cpu.max', 'cpu.cfs_quota_us'])).toMatch(/^50000\b/);
  });

  it('without bubblewrap are all there is, and the start says so', async () => {
    const { say } = await open({ bubblewrap: false });
    expect(lab.isolation.describe()[1]).toMatch(/Limits only.*not installed.*Install it/);
    expect(await say('cat /proc/$$/environ | tr "\\0" "\\n" | grep KUBECONFIG')).toContain(lab.home.kubeconfig);
  });

  it('end also a process that hides: no environment, no session, no parent', async () => {
    const { say } = await open({ bubblewrap: false });
    const answer = await say('(env -i setsid sleep 613 >/dev/null 2>&1 &); until pgrep -f "^sleep 613$"; do :; done');
    const pid = Number(/^\d+$/m.exec(answer)?.[0]);
    expect(runs(pid)).toBe(true);
    await lab.terminals.closeAll();
    expect(runs(pid)).toBe(false);
  });
});

describe.runIf(machine.apart)('a shell set apart', () => {
  it('sees its own processes only', async () => {
    const { say } = await open();
    const listed = await say('ls /proc | grep "^[0-9]"');
    const ids = (listed.match(/^\d+$/gm) ?? []).map(Number);
    expect(ids.length).toBeGreaterThan(2);
    expect(ids.length).toBeLessThan(10);
    expect(Math.max(...ids)).toBeLessThan(100);
    expect(await say(`kill -9 ${process.pid}; echo $?`)).toMatch(/No such process[\s\S]*1\n/);
  });

  it('sees no file of the user’s, nor the lab’s secrets', async () => {
    lab = await isolatedLab();
    writeFileSync(path.join(lab.user, 'diary'), 'private');
    writeFileSync(lab.home.token, 'secret', { mode: 0o600 });
    writeFileSync(lab.home.kubeconfig, 'whole', { mode: 0o600 });
    const { say } = await shell();
    expect(await say('ls ~')).not.toContain('diary');
    const { home, user } = lab;
    for (const hidden of [
      home.token,
      home.run,
      home.kubeconfig,
      path.join(user, 'diary'),
      '/etc/shadow',
      '/var/run/docker.sock',
      '/boot',
      '/sys/kernel',
      '/proc/sysrq-trigger',
    ]) {
      expect(await say(`[ -e ${hidden} ] || echo "not there: ${hidden}"`)).toContain(`not there: ${hidden}\n`);
    }
  });

  it('writes its workspace, and nothing of the machine', async () => {
    const { say } = await open();
    await say('echo mine > made.txt');
    expect(readFileSync(path.join(lab.home.workspace, 'made.txt'), 'utf8')).toBe('mine\n');
    const bashrc = readFileSync(path.join(lab.home.shell, 'bashrc'), 'utf8');
    for (const file of [
      '/usr/bin/x',
      '/etc/passwd',
      `${lab.home.bin}/kubectl`,
      `${lab.home.shell}/bashrc`,
      '/run/malha/relay.cjs',
      '/proc/sys/kernel/core_pattern',
    ]) {
      expect(await say(`{ echo x >> ${file}; } 2>/dev/null || echo refused`)).toContain('refused\n');
    }
    // What it writes elsewhere is its own, and gone with it.
    await say(
      `echo x > ~/.profile; echo x > ${lab.home.shell}/zsh/.zlogin; echo x > /tmp/malha-${lab.terminals.labId}`,
    );
    expect(existsSync(path.join(lab.user, '.profile'))).toBe(false);
    expect(existsSync(path.join(lab.home.shell, 'zsh', '.zlogin'))).toBe(false);
    expect(existsSync(`/tmp/malha-${lab.terminals.labId}`)).toBe(false);
    expect(digest(readFileSync(path.join(lab.home.shell, 'bashrc'), 'utf8'))).toBe(digest(bashrc));
  });

  it('has no capability, and no way to another namespace', async () => {
    const { say } = await open();
    expect(await say('grep CapEff /proc/self/status')).toMatch(/CapEff:\s+0+\n/);
    expect(await say('unshare --user --map-root-user true; echo $?')).toMatch(/\n[1-9]\d*\n/);
  });

  it('keeps job control: Ctrl-C, Ctrl-Z, fg, the window’s size, /dev/tty', async () => {
    const { session, shown, say } = await open();
    const viewer = session.attach(deafSink, 0, DEFAULT_SIZE);
    const interrupt = async (key: string, line: string) => {
      const from = shown().length;
      session.write(`${line}\r`);
      await until(session, () => session.info.state === 'running' && shown().slice(from).includes('begun 2'));
      session.write(key);
      await until(session, () => session.info.state === 'prompt');
    };
    // Not a loop of programs: dash waits for ever for one that Ctrl-Z stops between its fork and its exec.
    const waits = `sh -c 'echo "begun $((1 + 1))"; exec cat'`;
    await interrupt('\x03', waits);
    expect(session.info.exitCode).toBe(130);
    await interrupt('\x1a', waits);
    expect(await say('jobs')).toMatch(/Stopped\s+sh -c/);
    const from = shown().length;
    session.write('fg\r');
    await until(session, () => session.info.state === 'running');
    session.write('typed\r');
    // Once as it is typed, once more by cat.
    await until(session, () => shown().slice(from).split('typed\r\n').length === 3);
    session.write('\x03');
    await until(session, () => session.info.state === 'prompt');
    expect(await say('jobs; echo none')).toMatch(/^none\n/);
    session.resize(viewer, { columns: 61, rows: 17 });
    expect(await say('stty size </dev/tty')).toContain('17 61\n');
    expect(await say('echo typed >/dev/tty')).toContain('typed\n');
    expect(shown()).not.toMatch(/job control|cannot set terminal/);
  });

  it('tells how it ended', async () => {
    const { session } = await open();
    session.write('exit 7\r');
    expect(await until(session, () => session.hasExited && session.info.exitCode)).toBe(7);
  });

  it('runs the steps of a page, and stops at the first that fails', async () => {
    lab = await isolatedLab();
    const runs = new Runs({ terminals: lab.terminals, whenReady: async () => {}, size: () => DEFAULT_SIZE });
    const ended = new Promise<unknown>((resolve) => {
      runs.changed.on((state) => state.phase !== 'waiting' && state.phase !== 'running' && resolve(state));
    });
    runs.request({
      step: '/page#1',
      commands: ['cd /tmp && pwd', 'sh -c "exit 3"', 'touch not-reached'],
      tab: 1,
      background: false,
    });
    expect(await ended).toMatchObject({ phase: 'failed', exitCode: 3 });
    expect(lab.terminals.list()[0]?.cwd).toBe('/tmp');
  });

  it.runIf(ZSH)('can be zsh, with a history that stays', async () => {
    const { session, say } = await open({ shell: ZSH });
    expect(await say('echo remembered $((6 * 7))')).toContain('remembered 42\n');
    session.write('exit\r');
    await until(session, () => session.hasExited);
    const next = await shell();
    expect(await next.say('fc -l 1')).toContain('echo remembered');
  });

  it('leaves nothing: nohup, setsid, a process that ignores every signal it can', async () => {
    const { session, say } = await open();
    await say('nohup sleep 711 >/dev/null 2>&1 &');
    await say('(env -i setsid sleep 712 &) ; (trap "" HUP TERM; exec sleep 713) &');
    const running = () => execFileSync('ps', ['axo', 'args'], { encoding: 'utf8' }).match(/^sleep 71[123]$/gm) ?? [];
    await expect.poll(() => running().length).toBe(3);
    session.write('exit\r');
    await until(session, () => session.hasExited);
    await lab.terminals.close(session.info.terminal);
    expect(running()).toEqual([]);
  });
});

describe.runIf(machine.apart)('its network', () => {
  let cluster: RunningCluster;
  let other: Server;
  beforeAll(async () => {
    cluster = await startCluster();
    other = createServer((_, response) => response.end('the lab’s own page'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await cluster.stop();
    other.close();
  });

  async function joined(): Promise<Shown> {
    lab = await isolatedLab();
    await linkTool(lab.home.bin, 'kubectl', await findKubectl());
    const first = await shell();
    writeFileSync(lab.home.kubeconfig, cluster.kubeconfig, { mode: 0o600 });
    // Also a shell that was open before the cluster was up gets to it.
    lab.isolation.admit(lab.home.kubeconfig);
    return first;
  }

  it('reaches the cluster, also many times at once', async () => {
    const { say } = await joined();
    expect(await say('kubectl get namespaces -o name')).toContain('namespace/kube-system\n');
    const many = 'for i in 1 2 3 4 5; do kubectl get namespace default -o name & done 2>/dev/null; wait';
    expect((await say(many)).match(/namespace\/default\n/g)?.length).toBe(5);
  });

  it('reaches nothing else: not the lab’s own page, no other port, no other host', async () => {
    const { say } = await joined();
    const { port } = other.address() as AddressInfo;
    const answers = await new Promise((resolve) =>
      connect(port, '127.0.0.1').on('connect', () => resolve('connected')),
    );
    expect(answers).toBe('connected');
    const attempt = (host: string, to: number) => say(`(exec 3<>/dev/tcp/${host}/${to}) 2>/dev/null; echo "got $?"`);
    expect(await attempt('127.0.0.1', port)).toContain('got 1\n');
    expect(await attempt('127.0.0.1', Number(new URL(cluster.server).port))).toContain('got 1\n');
    expect(await attempt('192.0.2.1', 443)).toContain('got 1\n');
    expect(await say('cat /proc/net/dev | grep -c :')).toContain('1\n');
  });

  it('is one for each shell', async () => {
    const { session, shown, say } = await joined();
    const listen = `'${process.execPath}' -e 'require("net").createServer().listen(8080, "127.0.0.1", () => console.log("listens"))'`;
    session.write(`${listen}\r`);
    await until(session, () => /^listens\r$/m.test(shown()));
    const second = await shell();
    expect(await second.say('(exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; echo "got $?"')).toContain('got 1\n');
    session.write('\x03');
    await until(session, () => session.info.state === 'prompt');
    expect(await say('echo $?')).toContain('130\n');
  });
});
