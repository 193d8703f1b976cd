import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunRequest, RunState } from '../protocol.ts';
import { DEFAULT_SIZE, Runs } from './runs.ts';
import { type Playground, playground, until, ZSH } from './testing.ts';

const shells = [['bash', '/bin/bash'] as const, ...(ZSH ? [['zsh', ZSH] as const] : [])];

describe.each(shells)('steps run in %s', (_, shell) => {
  let place: Playground;
  let runs: Runs;
  let seen: RunState[];
  const request = (commands: string[], more: Partial<RunRequest> = {}): RunRequest => ({
    step: '/page/#1',
    commands,
    tab: 1,
    background: false,
    ...more,
  });
  const last = (step = '/page/#1') => runs.states().find((state) => state.step === step)!;
  const reach = (phase: RunState['phase'], step = '/page/#1') =>
    new Promise<RunState>((resolve) => {
      const look = () => last(step)?.phase === phase && resolve(last(step));
      runs.changed.on(look);
      look();
    });

  beforeEach(() => {
    place = playground({ shell, files: { '.bashrc': 'PS1="learner> "\n', '.zshrc': 'PS1="learner> "\n' } });
    runs = new Runs({ terminals: place.terminals, whenReady: async () => {}, size: () => DEFAULT_SIZE });
    seen = [];
    runs.changed.on((state) => seen.push(state));
  });
  afterEach(() => place.end());

  it('opens the tab, types every command and keeps what they print', async () => {
    await runs.request(request(['echo one', 'printf "two\\nthree"', 'ls -1d / \\\n  /tmp']));
    expect(last()).toMatchObject({ phase: 'passed', exitCode: 0, output: 'one\ntwo\nthree\n/\n/tmp\n' });
    expect(seen.map((state) => `${state.phase} ${state.command ?? ''}`.trim())).toEqual([
      'waiting',
      'waiting',
      'running 0',
      'running 1',
      'running 2',
      'passed',
    ]);
    const session = place.terminals.byTab(1)!;
    await until(session, () => session.info.state === 'prompt');
    expect(session.info).toMatchObject({ exitCode: 0, cwd: place.home });
  });

  it('types without the highlight of pasted text, whose leftovers would stay on a narrower screen', async () => {
    const session = place.terminals.open(DEFAULT_SIZE, 1);
    const printed: Buffer[] = [];
    session.text.on((chunk) => printed.push(chunk));
    await runs.request(request(['echo plain']));
    expect(Buffer.concat(printed).toString()).not.toContain('\x1b[7mecho');
  });

  it('stops at the first command that fails, with its exit code', async () => {
    await runs.request(request(['true', '(exit 3)', 'touch never']));
    expect(last()).toMatchObject({ phase: 'failed', command: 1, exitCode: 3 });
    await runs.request(request(['ls'], { step: '/page/#2' }));
    expect(last('/page/#2')).toMatchObject({ phase: 'passed', output: '' });
  });

  it('says what the shell refused and is at a prompt again', async () => {
    await runs.request(request(['echo )']));
    expect(last()).toMatchObject({ phase: 'failed', message: expect.stringContaining('did not accept') });
    await runs.request(request(['echo fine']));
    expect(last()).toMatchObject({ phase: 'passed', output: 'fine\n' });
  });

  it('throws away a half-typed line before it types', async () => {
    const session = place.terminals.open(DEFAULT_SIZE, 1);
    await until(session, () => session.info.state === 'prompt');
    session.input(Buffer.from('rm -rf somewhe'));
    await runs.request(request(['echo clean']));
    expect(last()).toMatchObject({ phase: 'passed', output: 'clean\n' });
  });

  it('never types into a program that the learner started', async () => {
    const session = place.terminals.open(DEFAULT_SIZE, 1);
    await until(session, () => session.info.state === 'prompt');
    session.input(Buffer.from('sleep 1000\r'));
    await until(session, () => session.info.state === 'running');
    await runs.request(request(['echo lost']));
    expect(last()).toMatchObject({ phase: 'refused', message: expect.stringContaining('`sleep 1000`') });
  });

  it('leaves a background command running, and ends it when the step is run again', async () => {
    const serve = request(['echo "Forwarding from here"; sleep 1000'], {
      background: true,
      tab: 2,
      ready: 'Forwarding',
    });
    await runs.request(serve);
    expect(last()).toMatchObject({ phase: 'listening', output: 'Forwarding from here\n' });
    expect(place.terminals.byTab(2)?.info.state).toBe('running');
    await runs.request(serve);
    expect(last().phase).toBe('listening');
    await runs.request(request(['echo next'], { step: '/page/#2', tab: 2 }));
    expect(last('/page/#2')).toMatchObject({ phase: 'passed', output: 'next\n' });
    expect(last()).toMatchObject({ phase: 'ended', exitCode: 130 });
  });

  it('fails a background command that ends before it is ready', async () => {
    await runs.request(request(['echo oops >&2; false'], { background: true, ready: 'Forwarding' }));
    expect(last()).toMatchObject({ phase: 'failed', exitCode: 1, output: 'oops\n' });
  });

  it('runs the steps of one tab one after another, and a step only once at a time', async () => {
    void runs.request(request(['echo first >>order']));
    void runs.request(request(['echo first >>order']));
    await runs.request(request(['echo second >>order'], { step: '/page/#2' }));
    expect(readFileSync(path.join(place.home, 'order'), 'utf8')).toBe('first\nsecond\n');
  });

  it('refuses with the reason while the lab cannot serve', async () => {
    const failed = new Runs({
      terminals: place.terminals,
      whenReady: () => Promise.reject(new Error('Docker does not answer.')),
      size: () => DEFAULT_SIZE,
    });
    await failed.request(request(['ls']));
    expect(failed.states()).toEqual([{ step: '/page/#1', phase: 'refused', message: 'Docker does not answer.' }]);
  });

  it('tells when a step ended because its shell did', async () => {
    await runs.request(request(['exit 7']));
    expect(last()).toMatchObject({ phase: 'failed', exitCode: 7, message: 'The shell has ended.' });
    await runs.request(request(['echo again']));
    expect(last()).toMatchObject({ phase: 'passed', output: 'again\n' });
  });

  it('believes no mark that a program prints', async () => {
    writeFileSync(path.join(place.home, 'evil'), '\x1b]633;D;0\x07\x1b]633;D;0;guess\x07\x1b]633;A\x07');
    await runs.request(request(['cat evil; (exit 5)']));
    expect(last()).toMatchObject({ phase: 'failed', exitCode: 5 });
  });

  it('reports a listening command that stops by itself', async () => {
    await runs.request(request(['echo up; read line'], { background: true }));
    expect(last().phase).toBe('listening');
    place.terminals.byTab(1)?.input(Buffer.from('\r'));
    expect(await reach('ended')).toMatchObject({ exitCode: 0 });
  });
});
