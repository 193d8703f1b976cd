/** What a hostile or broken peer may send, as fast-check arbitraries: for the fuzz test. */

import fc from 'fast-check';
import { type ClientMessage, encodeFrame, LIMITS } from '../protocol.ts';

/** A WebSocket message: as text (also where its bytes are no UTF-8) or binary. */
export interface Hostile {
  binary: boolean;
  data: Uint8Array;
}

const text = (value: string): Hostile => ({ binary: false, data: Buffer.from(value) });
const mostly = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const bytes = (max: number) => fc.uint8Array({ maxLength: max });

const VALID: ClientMessage[] = [
  { type: 'terminal.detach', terminal: 2 },
  { type: 'terminal.resize', terminal: 2, columns: 2, rows: 1 },
  { type: 'terminal.ack', terminal: 2, bytes: 5000 },
  { type: 'terminal.close', terminal: 4 },
  { type: 'terminal.record', terminal: 2, on: true },
  { type: 'run.stop', step: '/install/#1' },
  { type: 'run.move', step: '/install/#1' },
];
/** The server draws the whole terminal for each. */
const ATTACH: ClientMessage[] = [
  { type: 'terminal.attach', terminal: 2, after: 0, columns: 80, rows: 24, client: 'fuzz-page' },
  { type: 'terminal.attach', terminal: 3, after: 10, columns: 100, rows: 5, client: 'other-fuzz-page' },
];
/** These start programs: they are rare. */
const COSTLY: ClientMessage[] = [
  { type: 'terminal.open', client: 'fuzz-page', columns: 80, rows: 24 },
  { type: 'terminal.open', client: 'fuzz-page', columns: 500, rows: 300, tab: 3 },
  { type: 'run', request: { step: '/install/#1', commands: ['true', 'false'], tab: 2, background: false } },
  { type: 'run', request: { step: 's', commands: [':'], tab: 3, background: true, ready: 'x', ifBusy: 'interrupt' } },
];

const oddNumber = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.constantFrom(-1, 0, 0.5, 1e-9, 1e21, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, -(2 ** 53), Number.MAX_VALUE),
  fc.double(),
);
/** As JSON text, where numbers may be larger than any and keys may be there twice. */
const oddJson = fc.oneof(
  oddNumber.map((value) => JSON.stringify(value)),
  fc.constantFrom('1e999', '-1e999', '-0', '1E400', 'null', 'true', '""', '[]', '{}', '"1"', '[1]', '{"valueOf":1}'),
  fc.constantFrom(
    '"__proto__"',
    '"constructor"',
    '{"__proto__":{"polluted":1}}',
    '{"length":1e9}',
    '"\\ud800"',
    '"\\u0000"',
  ),
  fc.string({ maxLength: 40 }).map((value) => JSON.stringify(value)),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
);
const EXTRA = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'type', 'extra', ''];

/** A valid message with some of its fields replaced, left out, doubled or joined by others. */
const changed = (messages: ClientMessage[]) =>
  fc
    .tuple(
      fc.constantFrom(...messages),
      fc.array(fc.tuple(fc.nat(10), oddJson), { maxLength: 2 }),
      fc.option(fc.tuple(fc.constantFrom(...EXTRA), oddJson)),
      fc.boolean(),
    )
    .map(([message, changes, extra, isLeftOut]) => {
      const fields = Object.entries(message).map(([name, value]) => [name, JSON.stringify(value)] as [string, string]);
      for (const [index, value] of changes) {
        const field = fields[index % fields.length]!;
        if (field[0] !== 'type') field[1] = value;
      }
      if (changes.length > 0 && isLeftOut) fields.pop();
      if (extra) fields.push([extra[0], extra[1]]);
      return text(`{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`);
    });

/** One byte of a valid message changed, removed or added. */
const damaged = fc
  .tuple(fc.constantFrom(...VALID), fc.nat(), fc.nat(255), fc.constantFrom(0, 1, 2))
  .map(([message, at, byte, how]): Hostile => {
    const whole = [...Buffer.from(JSON.stringify(message))];
    whole.splice(at % whole.length, how === 0 ? 0 : 1, ...(how === 2 ? [] : [byte]));
    return { binary: false, data: Uint8Array.from(whole) };
  });

const deep = fc
  .tuple(fc.constantFrom(['[', ']'], ['{"type":', '}'], ['{"__proto__":', '}']), fc.integer({ min: 10, max: 100_000 }))
  .map(([[open = '', close = ''], depth]) =>
    text(open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth)),
  );

const giant = fc
  .tuple(fc.boolean(), fc.constantFrom(LIMITS.frame, LIMITS.frame + 100, 1_000_000, 3_000_000), fc.nat(255))
  .map(([binary, size, byte]): Hostile => ({ binary, data: new Uint8Array(size).fill(byte) }));

const frame = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    fc.oneof(fc.constantFrom(0, 1, 100, 2 ** 32, 2 ** 53 - 1), fc.maxSafeNat()),
    bytes(30),
  )
  .map(([terminal, offset, data]): Hostile => ({ binary: true, data: encodeFrame(terminal, offset, data) }));

export const hostileMessage: fc.Arbitrary<Hostile> = fc.oneof(
  { weight: 750, arbitrary: changed(VALID) },
  { weight: 50, arbitrary: changed(ATTACH) },
  { weight: 300, arbitrary: frame },
  { weight: 200, arbitrary: damaged },
  { weight: 150, arbitrary: bytes(40).map((data): Hostile => ({ binary: true, data })) },
  { weight: 150, arbitrary: bytes(40).map((data): Hostile => ({ binary: false, data })) },
  { weight: 150, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map(text) },
  { weight: 150, arbitrary: oddJson.map(text) },
  { weight: 5, arbitrary: changed(COSTLY) },
  { weight: 5, arbitrary: deep },
  { weight: 1, arbitrary: giant },
);

const METHODS = [
  'GET',
  'GET',
  'GET',
  'get',
  'POST',
  'HEAD',
  'PUT',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'BREW',
  'PRI',
  '',
  'G\0T',
];
const PATHS = [
  '/api/socket',
  '/api/socket',
  '/',
  '/api/socket?x',
  '/api/socket/..',
  '/sign-in',
  '/api/lab',
  '*',
  '//',
  '/%',
  '/%00',
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', 'http/1.1', '', 'RTSP/1.0'];
const HOST = ['127.0.0.1:PORT', '127.0.0.1:PORT', 'localhost:PORT', 'evil.example', '', '[::1]:PORT', '[', ':', '\x80'];
const ORIGIN = [
  'http://127.0.0.1:PORT',
  'http://127.0.0.1:PORT',
  'null',
  'http://evil.example',
  '',
  'http://[',
  '\xff',
];
const VALUES: Record<string, string[]> = {
  Host: HOST,
  Origin: ORIGIN,
  Authorization: ['Bearer TOKEN', 'Bearer TOKEN', 'Bearer wrong', 'Bearer', 'Basic Og==', ''],
  Cookie: ['malha-PORT=x', 'malha-PORT=1.AAAA', ';;;=', '='],
  Upgrade: ['websocket', 'websocket', 'WebSocket', 'h2c', 'websocket, h2c', ''],
  Connection: ['Upgrade', 'Upgrade', 'upgrade, keep-alive', 'close', ''],
  'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ==', 'short', '', '='],
  'Sec-WebSocket-Version': ['13', '13', '8', '0', '-1', '13, 8', 'x', '99999999999999999999'],
  'Sec-WebSocket-Extensions': ['permessage-deflate', 'permessage-deflate; client_max_window_bits=99', ';', 'a;a;a=",'],
  'Sec-WebSocket-Protocol': ['malha', ',', '', 'a, a', '\x7f'],
  'Content-Length': ['0', '5', '-1', '99999999999999999999', '1, 1', 'x'],
  'Transfer-Encoding': ['chunked', 'gzip', 'chunked, chunked', 'identity'],
  'Sec-Fetch-Site': ['same-origin', 'cross-site', 'none', 'x'],
  Expect: ['100-continue', 'tea'],
};

/** Those that make a handshake are mostly there, the others mostly not. */
const NEEDED = [
  'Host',
  'Origin',
  'Authorization',
  'Upgrade',
  'Connection',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
];
const header = (name: string, values: string[]) => {
  const odd = fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'binary-ascii', maxLength: 30 }));
  const line = mostly(values[0] ?? '', odd).map((value) => `${name}: ${value}`);
  const none = fc.constant(undefined);
  const isNeeded = NEEDED.includes(name);
  return fc.oneof({ weight: isNeeded ? 1 : 40, arbitrary: none }, { weight: isNeeded ? 40 : 1, arbitrary: line });
};

/** A request's bytes, mostly a WebSocket's handshake gone wrong; PORT and TOKEN stand for ours. `cut`: only so many are sent. */
export const hostileHandshake: fc.Arbitrary<{ head: string; after: Uint8Array; cut: number | undefined }> = fc.record({
  head: fc
    .tuple(
      mostly('GET', fc.constantFrom(...METHODS)),
      mostly('/api/socket', fc.constantFrom(...PATHS)),
      mostly('HTTP/1.1', fc.constantFrom(...VERSIONS)),
      fc.tuple(...Object.entries(VALUES).map(([name, values]) => header(name, values))),
      mostly([], fc.array(fc.string({ unit: 'binary-ascii', maxLength: 60 }), { maxLength: 2 })),
      mostly('\r\n', fc.constantFrom('\n', '\r')),
    )
    .map(([method, path, version, headers, more, end]) =>
      [`${method} ${path} ${version}`, ...headers.filter((line) => line !== undefined), ...more, '', ''].join(end),
    ),
  after: mostly(new Uint8Array(), bytes(60)),
  cut: mostly(undefined, fc.nat(400)),
});
