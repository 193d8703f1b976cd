import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS, type RunRequest, type RunState } from '../protocol.ts';
import { DEFAULT_SIZE, Runs } from './runs.ts';
import type { Session } from './session.ts';
import { MANY_SHELLS, type Playground, playground, transcript, until, ZSH } from './testing.ts';
import { interrupt } from './typing.ts';

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
    const serve = request(['sh -c "echo Forwarding from here; exec sleep 1000"'], {
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
    expect(failed.states()).toMatchObject([
      { step: '/page/#1', phase: 'refused', reason: 'lab-failed', message: 'Docker does not answer.' },
    ]);
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

  /** A terminal at its prompt. */
  async function open(tab = 1): Promise<Session> {
    const session = place.terminals.open(DEFAULT_SIZE, tab);
    await until(session, () => session.info.state === 'prompt');
    return session;
  }
  /** Types a line and waits until its program runs. */
  async function start(session: Session, line: string): Promise<void> {
    session.input(Buffer.from(`${line}\r`));
    await until(session, () => session.info.state === 'running');
  }

  describe('in a tab where a program runs', () => {
    it('says which program and tab', async () => {
      await start(await open(), 'sleep 1000');
      await runs.request(request(['echo lost']));
      expect(last()).toMatchObject({ phase: 'refused', reason: 'busy', tab: 1, busyWith: 'sleep 1000' });
    });

    it('presses Ctrl-C first, where that is asked for', async () => {
      await start(await open(), 'sleep 1000');
      await runs.request(request(['echo mine'], { ifBusy: 'interrupt' }));
      expect(last()).toMatchObject({ phase: 'passed', tab: 1, output: 'mine\n' });
    });

    it('says so when Ctrl-C does not help', async () => {
      const session = await open();
      const shown = transcript(session);
      await start(session, "trap '' INT; echo deaf; cat");
      await until(session, () => /\rdeaf\r?\n|\ndeaf\r?\n/.test(shown()));
      await runs.request(request(['echo lost'], { ifBusy: 'interrupt' }));
      expect(last()).toMatchObject({ phase: 'refused', reason: 'still-busy', tab: 1 });
    });

    it('takes a new tab, in the same folder, where that is asked for', async () => {
      const session = await open();
      session.input(Buffer.from('mkdir -p "it\'s here" && cd it*\r'));
      await until(session, () => session.info.cwd?.endsWith("it's here"));
      await until(session, () => session.info.state === 'prompt');
      await start(session, 'sleep 1000');
      await runs.request(request(['pwd'], { ifBusy: 'new-tab' }));
      expect(last()).toMatchObject({ phase: 'passed', tab: 2, output: `${place.home}/it's here\n` });
      expect(session.info).toMatchObject({ state: 'running', command: 'sleep 1000' });
    });

    it('takes a tab that is there and free before it opens another', async () => {
      await start(await open(1), 'sleep 1000');
      await open(2);
      await runs.request(request(['echo here'], { ifBusy: 'new-tab' }));
      expect(last()).toMatchObject({ phase: 'passed', tab: 2 });
    });

    it('says that all tabs are taken', { timeout: MANY_SHELLS }, async () => {
      const others = Array.from({ length: LIMITS.terminals - 1 }, (_, index) =>
        place.terminals.open(DEFAULT_SIZE, index + 2),
      );
      await start(await open(), 'sleep 1000');
      for (const session of others) {
        await until(session, () => session.info.state === 'prompt');
        session.input(Buffer.from('half a line'));
      }
      await runs.request(request(['echo lost'], { ifBusy: 'new-tab' }));
      expect(last()).toMatchObject({ phase: 'refused', reason: 'terminals-full' });
    });

    it.each([
      ['a shell within the shell', 'sh'],
      ['a shell that took its place', 'exec sh'],
      ['a read that waits for a line', 'read answer'],
      ['a program with a prompt of its own', 'cat'],
    ])('does not type into %s', async (_, line) => {
      const session = await open();
      await start(session, line);
      const shown = transcript(session);
      await runs.request(request(['echo typed']));
      expect(last()).toMatchObject({ phase: 'refused', reason: 'busy', busyWith: line });
      expect(shown()).not.toContain('typed');
    });
  });

  describe('a half-typed line', () => {
    it('is in the history, and on the screen, when a step has taken its place', async () => {
      const session = await open();
      const shown = transcript(session);
      session.input(Buffer.from('echo half  a line'));
      await until(session, () => shown().includes('half  a line'));
      await runs.request(request(['echo step']));
      expect(last()).toMatchObject({ phase: 'passed', output: 'step\n' });
      expect(shown()).toContain('half  a line');
      await until(session, () => session.info.state === 'prompt');
      const commands: string[] = [];
      session.mark.on((mark) => mark.type === 'command' && commands.push(mark.line));
      // Up, past the step's own command.
      session.input(Buffer.from('\x1b[A\x1b[A\r'));
      await until(session, () => commands.length > 0);
      expect(commands).toEqual(['echo half  a line']);
    });

    it('that goes on in a second line does not stop a step either', async () => {
      const session = await open();
      const shown = transcript(session);
      session.input(Buffer.from('echo "one\r'));
      await until(session, () => /one.*\n.*> /s.test(shown()));
      session.input(Buffer.from('two'));
      await runs.request(request(['echo step']));
      expect(last()).toMatchObject({ phase: 'passed', output: 'step\n' });
    });
  });

  describe('a command that goes on until it is stopped', () => {
    const tail = ['echo before', 'tail -f /dev/null', 'echo after'];

    it('is told, and leaves the tab to those who ask for it', async () => {
      void runs.request(request(tail));
      expect(await reach('running')).toMatchObject({ command: 0 });
      await until(place.terminals.byTab(1)!, () => last().endless);
      expect(last()).toMatchObject({ phase: 'running', command: 1, endless: true });
      await until(place.terminals.byTab(1)!, () => place.terminals.byTab(1)!.info.endless);
      await runs.request(request(['echo lost'], { step: '/page/#2' }));
      expect(last('/page/#2')).toMatchObject({ phase: 'refused', reason: 'busy', busyWith: 'tail -f /dev/null' });
    });

    it('is told of what the learner types, too, as long as it runs', async () => {
      const session = await open();
      await start(session, 'sleep infinity');
      expect(session.info).toMatchObject({ command: 'sleep infinity', endless: true });
      await interrupt(session, 10_000);
      expect(session.info.endless).toBeUndefined();
      await start(session, 'sleep 1000');
      expect(session.info.endless).toBeUndefined();
    });

    it('stops when that is asked for, and the commands after it are not typed', async () => {
      const session = await open();
      const shown = transcript(session);
      writeFileSync(path.join(place.home, 'log'), 'a line\n');
      void runs.request(request(['echo before', 'tail -f log', 'echo after']));
      await running(1);
      await until(session, () => shown().includes('a line\r\n'));
      await runs.stop('/page/#1');
      expect(await reach('ended')).toMatchObject({
        command: 1,
        exitCode: 130,
        output: expect.stringMatching(/^before\na line\n/),
      });
      expect(place.terminals.byTab(1)!.info.state).toBe('prompt');
    });

    it('moves to a tab of its own, and the commands after it go on where they were', async () => {
      void runs.request(request(['cd /tmp', ...tail]));
      await running(2);
      await runs.move('/page/#1');
      expect(last()).toMatchObject({ phase: 'listening', tab: 2, endless: true, output: 'before\nafter\n' });
      expect(place.terminals.byTab(2)!.info).toMatchObject({
        state: 'running',
        command: 'tail -f /dev/null',
        cwd: '/tmp',
      });
      await until(place.terminals.byTab(1)!, () => place.terminals.byTab(1)!.info.state === 'prompt');
      await runs.stop('/page/#1');
      expect(await reach('ended')).toMatchObject({ tab: 2, exitCode: 130 });
    });

    it('listens after a move as soon as it prints something', async () => {
      void runs.request(request(['echo up; sleep infinity']));
      await running(0);
      await runs.move('/page/#1');
      expect(last()).toMatchObject({ phase: 'listening', tab: 2, output: 'up\n' });
    });

    it('goes on with the commands after it when the learner ends it well', async () => {
      const session = await open();
      const shown = transcript(session);
      const run = runs.request(request(["(trap 'exit 0' INT; echo up; tail -f /dev/null)", 'echo after']));
      await running(0);
      await until(session, () => shown().includes('up\r\n'));
      await interrupt(session, 10_000);
      await run;
      expect(last()).toMatchObject({ phase: 'passed', output: expect.stringContaining('after\n') });
    });

    it('that cannot be moved, since all tabs are taken, goes on where it is', { timeout: MANY_SHELLS }, async () => {
      for (let tab = 2; tab <= LIMITS.terminals; tab++) place.terminals.open(DEFAULT_SIZE, tab);
      void runs.request(request(['tail -f /dev/null']));
      await running(0);
      for (const { terminal } of place.terminals.list()) {
        const session = place.terminals.get(terminal)!;
        await until(session, () => session.info.state !== 'starting');
        if (session.info.state === 'prompt') session.input(Buffer.from('mine'));
      }
      await runs.move('/page/#1');
      expect(last()).toMatchObject({ phase: 'running', endless: true, reason: 'terminals-full' });
    });

    /** The step's command with this index runs, and is known to be endless. */
    async function running(command: number): Promise<void> {
      await reach('running');
      const session = place.terminals.byTab(1)!;
      await until(session, () => session.info.state === 'running' && last().command === command && last().endless);
    }
  });

  /** Until its program runs, a Ctrl-C is zsh's own: it drops the command, and tells the exit code of the one before. */
  async function sleeping(...more: string[]): Promise<Session> {
    const session = await open();
    const shown = transcript(session);
    void runs.request(request(['sh -c "echo up; exec sleep 1000"', ...more]));
    await until(session, () => shown().includes('up\r\n'));
    return session;
  }

  it('stops a command, and says that it was stopped', async () => {
    await sleeping('echo never');
    await runs.stop('/page/#1');
    expect(await reach('ended')).toMatchObject({ command: 0, exitCode: 130 });
  });

  it('stops a command that the shell has not begun with', async () => {
    await open();
    const run = runs.request(request(['tail -f /dev/null', 'touch never']));
    const typed = new Promise<void>((resolve) => runs.changed.on(({ phase }) => phase === 'running' && resolve()));
    await typed;
    await runs.stop('/page/#1');
    await run;
    expect(last().phase).toBe('ended');
    expect(existsSync(path.join(place.home, 'never'))).toBe(false);
  });

  it('takes back a step that waits for its turn', async () => {
    const first = runs.request(request(['sleep 0.5']));
    const second = runs.request(request(['touch never'], { step: '/page/#2' }));
    await runs.stop('/page/#2');
    await Promise.all([first, second]);
    expect(last('/page/#2')).toMatchObject({ phase: 'refused', reason: 'interrupted' });
    expect(existsSync(path.join(place.home, 'never'))).toBe(false);
  });

  it('tells that the learner ended a step by Ctrl-C', async () => {
    const session = await sleeping();
    await interrupt(session, 10_000);
    expect(await reach('failed')).toMatchObject({ exitCode: 130, reason: 'interrupted' });
  });

  it('tells why a command was not run', async () => {
    await runs.request(request(['echo )']));
    expect(last()).toMatchObject({ phase: 'failed', reason: 'not-accepted' });
    await runs.request(request(['exit 7']));
    expect(last()).toMatchObject({ phase: 'failed', reason: 'shell-ended', exitCode: 7 });
  });
});
