/**
 * A hundred thousand hostile messages and ten thousand hostile handshakes, over real sockets: the server goes on, and a
 * terminal that was open before still answers. FUZZ_SEED repeats a run.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { LAB_PATH, LIMITS, SOCKET_PATH } from '../protocol.ts';
import { type Hostile, hostileHandshake, hostileMessage } from './fuzz-input.ts';
import { type House, house, Tab, TOKEN } from './testing.ts';

const MESSAGES = 100_000;
const HANDSHAKES = 10_000;
const LIMIT = 240_000;
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** What may be left in memory after all of it, in bytes: less than 1 KB for each message. */
const GROWTH = 64 * 1024 * 1024;

let place: House;
let witness: Tab;
let terminal: number;
let lastTab: number;
const faults = vi.spyOn(console, 'error');
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

beforeAll(async () => {
  console.log(`FUZZ_SEED=${SEED}`);
  place = await house({ patience: { headers: 1000, request: 1000, check: 50 } });
  witness = await Tab.open(place.door);
  lastTab = LIMITS.terminals;
  witness.send({ type: 'terminal.open', client: 'witness-page', columns: 80, rows: 24, tab: lastTab });
  ({ terminal } = await witness.until(() => witness.last('terminal.attached')));
});
afterAll(() => place.end());

/** Messages meant for the witness's own terminal are the learner's: what they do to it is no fault. */
function isForWitness({ binary, data }: Hostile): boolean {
  if (binary)
    return Buffer.from(data)
      .subarray(0, 4)
      .equals(Buffer.from([0, 0, 0, terminal]));
  try {
    const { terminal: to, tab, request } = JSON.parse(Buffer.from(data).toString());
    return to === terminal || tab === lastTab || request?.tab === lastTab;
  } catch {
    return false;
  }
}

/** `wanted` values of an arbitrary, made in parts so that they need not all be kept. */
function* values<T>(arbitrary: fc.Arbitrary<T>, wanted: number, seed: number): Generator<T> {
  for (let made = 0; made < wanted; made += 1000) yield* fc.sample(arbitrary, { numRuns: 1000, seed: seed + made });
}

async function stillServes(): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  expect(await (await fetch(`${place.door.origin}/`, { headers })).text()).toContain('home');
  expect((await fetch(place.door.origin + LAB_PATH, { headers })).status).toBe(200);
  witness.type(terminal, 'echo al""ive\r');
  const before = witness.screen(terminal).split('alive').length;
  await witness.until(() => witness.screen(terminal).split('alive').length > before);
  // A machine that is too busy to draw a terminal in time says so, and sends what it has.
  expect(faults.mock.calls.filter(([what]) => !/could not be drawn/.test(String(what)))).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}

function used(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it('goes on after every kind of message', { timeout: LIMIT }, async () => {
  await stillServes();
  const before = used();
  const queue = values(hostileMessage, MESSAGES, SEED);
  let sent = 0;
  const peer = async () => {
    let hostile = queue.next();
    while (!hostile.done) {
      const socket = new WebSocket(place.door.origin.replace('http', 'ws') + SOCKET_PATH, {
        origin: place.door.origin,
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      socket.on('error', () => {});
      // A server that is behind may have given up a handshake: then the next one is tried.
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await Promise.race([new Promise((resolve) => socket.once('open', resolve)), closed]);
      while (!hostile.done && socket.readyState === WebSocket.OPEN) {
        if (!isForWitness(hostile.value)) socket.send(hostile.value.data, { binary: hostile.value.binary });
        sent++;
        hostile = queue.next();
        // Lets the server's answer come in, which may be that it hangs up.
        if (sent % 8 === 0) await turn();
      }
      // Until the server has read all of it.
      if (socket.readyState === WebSocket.OPEN) {
        socket.ping();
        await Promise.race([new Promise((resolve) => socket.once('pong', resolve)), closed]);
      }
      socket.terminate();
    }
  };
  await Promise.all(Array.from({ length: 6 }, peer));
  expect(sent).toBeGreaterThanOrEqual(MESSAGES);
  await stillServes();
  expect(used() - before).toBeLessThan(GROWTH);
});

it('goes on after every kind of handshake', { timeout: LIMIT }, async () => {
  const before = used();
  const { port } = place.door;
  const queue = values(hostileHandshake, HANDSHAKES, SEED);
  let tried = 0;
  const answers = new Map<string, number>();
  const peer = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const { head, after, cut } = next.value;
      const text = head.replaceAll('PORT', String(port)).replaceAll('TOKEN', TOKEN);
      const request = Buffer.concat([Buffer.from(text, 'latin1'), after]).subarray(0, cut);
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
        // One answer is enough; a socket that was opened would stay.
        socket.destroy();
      });
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await Promise.race([once(socket, 'connect'), closed]);
      // A peer that is cut off goes away in the midst of it; another waits for what comes.
      if (cut === undefined) socket.write(request);
      else socket.write(request, () => socket.destroy());
      await closed;
      tried++;
      const status = answer.split(' ', 2)[1] ?? 'none';
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 64 }, peer));
  expect(tried).toBeGreaterThanOrEqual(HANDSHAKES);
  // Some of them were right, and some wrong in each way: else the test would show nothing.
  for (const status of ['101', '400', '401', '403', '404']) expect(answers.get(status) ?? 0).toBeGreaterThan(5);
  await stillServes();
  expect(used() - before).toBeLessThan(GROWTH);
});
