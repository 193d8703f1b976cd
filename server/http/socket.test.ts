import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../clusters/backend.ts';
import { encodeFrame, LIMITS } from '../protocol.ts';
import { endPaused } from '../terminal/testing.ts';
import { type House, house, stubBackend, Tab } from './testing.ts';

let place: House;
let tab: Tab;
beforeEach(async () => {
  place = await house();
  tab = await Tab.open(place.door);
});
afterEach(() => place.end());

describe('a terminal in a browser', () => {
  it('is known to the page before the page watches it', async () => {
    const terminal = await tab.terminal();
    const about = tab.messages.filter(
      (message) =>
        (message.type === 'terminal.changed' && message.info.terminal === terminal) ||
        (message.type === 'terminal.attached' && message.terminal === terminal),
    );
    expect(about[0]?.type).toBe('terminal.changed');
  });

  it('shows what is typed and what comes of it', async () => {
    const terminal = await tab.terminal();
    tab.type(terminal, 'echo "á$((40+2))ç"\r');
    await tab.until(() => tab.screen(terminal).includes('á42ç'));
    const folder = place.home.workspace;
    expect(tab.last('terminal.changed')?.info.cwd).toBe(folder);
  });

  it('is found again in the middle of a command, with nothing missing and nothing twice', async () => {
    const terminal = await tab.terminal();
    tab.type(terminal, 'for i in $(seq 1 3000); do echo "line $i é"; done; read answer; echo "got $answer"\r');
    await tab.until(() => tab.screen(terminal).includes('line 100 '));
    tab.socket.terminate();
    const seen = tab.next.get(terminal)!;

    const again = await Tab.open(place.door);
    again.screens.set(terminal, tab.screens.get(terminal)!);
    again.send({ type: 'terminal.attach', client: 'test-page', terminal, after: seen, columns: 80, rows: 24 });
    await again.until(() => again.screen(terminal).includes('line 3000 é\r\n'));
    expect(again.last('terminal.attached')).toMatchObject({ from: seen, reset: false });
    const lines = again.screen(terminal).match(/line \d+ é\r$/gm)!;
    expect(lines).toEqual(Array.from({ length: 3000 }, (_, index) => `line ${index + 1} é\r`));

    again.type(terminal, 'yes\r');
    await again.until(() => again.screen(terminal).includes('got yes'));

    const fresh = await Tab.open(place.door);
    expect(fresh.last('snapshot')?.terminals).toMatchObject([{ terminal, tab: 1 }]);
    fresh.send({ type: 'terminal.attach', client: 'test-page', terminal, after: 0, columns: 80, rows: 24 });
    await fresh.until(() => fresh.screen(terminal).includes('got yes'));
  });

  it('starts anew, at a line, for a browser whose part is lost', async () => {
    const terminal = await tab.terminal();
    tab.type(terminal, "seq -f 'number %08.0f' 1 200000; echo en''d\r");
    await tab.until(() => tab.screen(terminal).includes('end\r\n'));
    const fresh = await Tab.open(place.door);
    fresh.send({ type: 'terminal.attach', client: 'test-page', terminal, after: 0, columns: 80, rows: 24 });
    await fresh.until(() => fresh.screen(terminal).includes('end\r\n'));
    const attached = fresh.last('terminal.attached')!;
    expect(attached.reset).toBe(true);
    expect(attached.until - attached.from).toBeLessThan(LIMITS.replay + 128 * 1024);
    expect(fresh.screen(terminal)).toMatch(/^number \d{8}\r\n/);
  });

  it('holds the shell back while a browser does not keep up', async () => {
    const terminal = await tab.terminal();
    tab.acknowledges = false;
    const before = tab.received;
    tab.type(terminal, 'yes\r');
    await tab.until(() => tab.received - before > 0.75 * LIMITS.window);
    // No more comes before it is acknowledged, whatever else is said.
    tab.send({ type: 'terminal.open', client: 'test-page', columns: 80, rows: 24 });
    await tab.until(() => tab.last('terminal.attached')?.terminal !== terminal);
    const outstanding = tab.received;
    expect(outstanding - before).toBeLessThanOrEqual(LIMITS.window);
    tab.acknowledges = true;
    tab.send({ type: 'terminal.ack', terminal, bytes: outstanding });
    await tab.until(() => tab.received > outstanding + LIMITS.window);
    tab.type(terminal, '\x03');
    await tab.until(() => tab.messages.some((m) => m.type === 'terminal.changed' && m.info.exitCode === 130));
  });

  it('delivers a paused shell’s last output when it ends', async () => {
    const terminal = await tab.terminal();
    tab.acknowledges = false;
    await endPaused(place.lab.terminals.get(terminal)!, place.home.workspace, (line) => tab.type(terminal, line));
    await tab.until(() => tab.last('terminal.changed')?.info.state === 'exited');
    expect(tab.last('terminal.changed')?.info).toMatchObject({ state: 'exited', exitCode: 0 });
    tab.acknowledges = true;
    tab.send({ type: 'terminal.ack', terminal, bytes: tab.received });
    await tab.until(() => tab.screen(terminal).includes('601\r\n'));
    expect(
      tab
        .screen(terminal)
        .match(/^\d{3}\r\n/gm)
        ?.join(''),
    ).toHaveLength(3005);
  });

  it('takes the smallest size of those who watch', async () => {
    const terminal = await tab.terminal();
    const phone = await Tab.open(place.door);
    phone.send({ type: 'terminal.attach', client: 'test-page', terminal, after: 0, columns: 40, rows: 30 });
    expect(await phone.until(() => phone.last('terminal.resized'))).toMatchObject({ columns: 40, rows: 24 });
    expect(await tab.until(() => tab.last('terminal.resized'))).toMatchObject({ columns: 40, rows: 24 });
    tab.type(terminal, 'stty size\r');
    await tab.until(() => tab.screen(terminal).includes('24 40'));
    await phone.close();
    // The server may learn of it later than the phone: until then the phone's size counts.
    await tab.until(() => tab.last('terminal.resized')?.columns === 80);
    tab.send({ type: 'terminal.resize', terminal, columns: 101, rows: 33 });
    await tab.until(() => tab.last('terminal.resized')?.columns === 101);
    tab.type(terminal, 'stty size\r');
    await tab.until(() => tab.screen(terminal).includes('33 101'));
  });

  it('goes away with everything in it, and can be opened again', async () => {
    const terminal = await tab.terminal();
    tab.send({ type: 'terminal.close', terminal });
    await tab.until(() => tab.last('terminal.removed'));
    tab.send({ type: 'terminal.attach', client: 'test-page', terminal, after: 0, columns: 80, rows: 24 });
    tab.messages.length = 0;
    await tab.until(() => tab.last('terminal.removed'));
    tab.send({ type: 'terminal.open', client: 'test-page', columns: 80, rows: 24, tab: 3 });
    expect((await tab.until(() => tab.last('terminal.attached'))).terminal).not.toBe(terminal);
    expect(place.lab.terminals.list()).toMatchObject([{ tab: 3 }]);
  });

  it('says when there are too many', async () => {
    for (let index = 0; index < LIMITS.terminals + 1; index++) {
      tab.send({ type: 'terminal.open', client: 'test-page', columns: 80, rows: 24 });
    }
    const error = await tab.until(() => tab.last('error'));
    expect(error).toMatchObject({
      code: 'terminals-full',
      message: expect.stringContaining(`All ${LIMITS.terminals} terminals`),
    });
  });

  it('offers aliases, the lab’s kubeconfig and its tools first on PATH', async () => {
    const terminal = await tab.terminal();
    tab.type(
      terminal,
      'type k kgp kgs; echo "$KUBECONFIG"; echo "$PATH" | cut -d: -f1; echo "$MALHA_LAB"; echo do""ne\r',
    );
    await tab.until(() => tab.screen(terminal).includes('done\r\n'));
    const screen = tab.screen(terminal);
    expect(screen).toContain("k is aliased to `kubectl'");
    expect(screen).toContain("kgs is aliased to `kubectl get services'");
    expect(screen).toContain(`${place.home.kubeconfig}\r\n${place.home.bin}\r\n1\r\n`);
  });
});

describe('what a browser types', () => {
  const frame = (terminal: number, offset: number, text: string) =>
    tab.socket.send(encodeFrame(terminal, offset, Buffer.from(text)));

  it('arrives once, though it is sent again, and is confirmed', async () => {
    const terminal = await tab.terminal();
    frame(terminal, 0, 'echo on');
    frame(terminal, 0, 'echo on');
    frame(terminal, 4, ' once');
    // Bytes are missing before these: they come again after the others.
    frame(terminal, 50, 'lost');
    frame(terminal, 9, '\r');
    await tab.until(() => tab.screen(terminal).includes('once\r\n'));
    expect(tab.screen(terminal)).not.toMatch(/onon|lost/);
    expect(await tab.until(() => tab.last('terminal.received'))).toEqual({
      type: 'terminal.received',
      terminal,
      input: 10,
    });
    tab.socket.terminate();

    const again = await Tab.open(place.door);
    again.send({ type: 'terminal.attach', client: 'test-page', terminal, after: 0, columns: 80, rows: 24 });
    expect(await again.until(() => again.last('terminal.attached'))).toMatchObject({ input: 10 });
    const other = await Tab.open(place.door);
    other.send({ type: 'terminal.attach', client: 'other-page', terminal, after: 0, columns: 80, rows: 24 });
    expect(await other.until(() => other.last('terminal.attached'))).toMatchObject({ input: 0 });
    other.type(terminal, '#');
    expect(await again.until(() => again.last('terminal.typed'))).toEqual({ type: 'terminal.typed', terminal });
    expect(other.last('terminal.typed')).toBeUndefined();
  });

  it('counts only while it watches, and its size too', async () => {
    const terminal = await tab.terminal();
    const small = await Tab.open(place.door);
    small.send({ type: 'terminal.attach', client: 'small-page', terminal, after: 0, columns: 30, rows: 9 });
    await tab.until(() => tab.last('terminal.resized')?.columns === 30);
    await tab.until(() => tab.last('terminal.changed')?.info.viewers === 2);
    small.send({ type: 'terminal.detach', terminal });
    small.type(terminal, 'nobody\r');
    await tab.until(() => tab.last('terminal.resized')?.columns === 80);
    await tab.until(() => tab.last('terminal.changed')?.info.viewers === 1);
    tab.type(terminal, 'echo some""body\r');
    await tab.until(() => tab.screen(terminal).includes('somebody\r\n'));
    expect(tab.screen(terminal)).not.toContain('nobody');
  });
});

it('draws a terminal for a browser that saw none of it, soon, and nothing of it twice', async () => {
  const terminal = await tab.terminal();
  tab.type(terminal, 'for i in $(seq 4000); do printf "\\e[3$((i%8))mrow %s\\e[0m\\n" $i; done; read answer\r');
  await tab.until(() => tab.screen(terminal).includes('row 4000'));
  const fresh = await Tab.open(place.door);
  fresh.send({ type: 'terminal.attach', client: 'fresh-page', terminal, after: 0, columns: 80, rows: 24 });
  const attached = await fresh.until(() => fresh.last('terminal.attached'));
  expect(attached).toMatchObject({ reset: true, columns: 80, rows: 24 });
  expect(attached.snapshot).toBeGreaterThan(10_000);
  await fresh.until(() => fresh.screen(terminal).includes('row 4000'));
  expect(fresh.screen(terminal).match(/row 3999\b/g)).toHaveLength(1);
  fresh.type(terminal, '\r');
  await fresh.until(() => fresh.screen(terminal).includes('$ ') || fresh.screen(terminal).includes('# '));
});

it('hangs up on a browser that reads nothing, though messages go on', async () => {
  const closed = new Promise((resolve) => tab.socket.once('close', resolve));
  tab.socket.pause();
  const output = 'x'.repeat(64 * 1024);
  // What the system's own buffers take is not seen; the rest waits in the server.
  for (let index = 0; index < 1000; index++) {
    place.lab.runs.changed.emit({ step: `step-${index}`, phase: 'passed', output });
  }
  await Tab.open(place.door);
  tab.socket.resume();
  await closed;
});

describe('steps run from a browser', () => {
  it('are typed, told to every tab, and known to one that comes later', async () => {
    const request = { step: '/install/#1', commands: ['echo hello', 'false'], tab: 2, background: false };
    tab.send({ type: 'run', request });
    const run = await tab.until(() => tab.run('/install/#1')?.phase === 'failed' && tab.run('/install/#1'));
    expect(run).toMatchObject({ command: 1, exitCode: 1, output: 'hello\n' });
    const later = await Tab.open(place.door);
    expect(later.last('snapshot')).toMatchObject({ runs: [run], terminals: [{ tab: 2 }] });
  });

  it('wait for the lab', async () => {
    let ready = (_: Backend) => {};
    const starting = await house({
      bringUp: () =>
        new Promise((resolve) => {
          ready = resolve;
        }),
    });
    try {
      const early = await Tab.open(starting.door);
      expect(early.last('lab')?.lab.phase).toBe('starting');
      early.send({ type: 'run', request: { step: 's', commands: ['true'], tab: 1, background: false } });
      await early.until(() => early.run('s')?.phase === 'waiting');
      ready(stubBackend);
      await early.until(() => early.run('s')?.phase === 'passed');
      expect(early.last('lab')?.lab).toMatchObject({ phase: 'ready', backend: { label: 'stub' } });
    } finally {
      ready(stubBackend);
      await starting.end();
    }
  });
});

describe('a peer that is not our page', () => {
  const NONSENSE = [
    '',
    '{',
    'null',
    '[]',
    '{"type":"none"}',
    '{"type":"terminal.open","columns":1e9,"rows":24}',
    '{"type":"terminal.open","columns":-1,"rows":24}',
    '{"type":"terminal.attach","terminal":0,"after":-1,"columns":80,"rows":24}',
    '{"type":"run","request":{"step":"s","commands":[],"tab":1}}',
    '{"type":"run","request":{"step":"s","commands":["true"],"tab":99}}',
  ];

  it.each(NONSENSE)('is told that %j does not fit, and may go on', async (text) => {
    tab.socket.send(text);
    await tab.until(() => tab.last('error'));
    await tab.terminal();
  });

  it('is hung up on when it goes on', async () => {
    const closed = new Promise<number>((resolve) => tab.socket.once('close', resolve));
    for (let index = 0; index < 30; index++) tab.socket.send(Buffer.from([1, 2, 3]));
    expect(await closed).toBe(1008);
  });

  it('cannot send a frame above the limit', async () => {
    const closed = new Promise<number>((resolve) => tab.socket.once('close', resolve));
    tab.socket.send(Buffer.alloc(4 * 1024 * 1024));
    expect(await closed).toBe(1009);
    await (await Tab.open(place.door)).terminal();
  });
});
