/** Connections that never get to the point: the server lets go of them, and serves the others meanwhile. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LAB_PATH, SOCKET_PATH } from '../protocol.ts';
import { type House, house, TOKEN } from './testing.ts';

let place: House;
let port: number;
beforeAll(async () => {
  place = await house({ patience: { headers: 1000, request: 1500, idle: 2000, check: 50 } });
  port = place.door.port;
});
afterAll(() => place.end());

const bearer = { authorization: `Bearer ${TOKEN}` };
const head = (line: string) =>
  `${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKEN}\r\n`;

/** Writes `beginning`, then `drip` again and again until the server hangs up; resolves with what it answered. */
async function drip(beginning: string, drip: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  // The server may have hung up already.
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(beginning);
  const timer = setInterval(() => drip && socket.write(drip), 20);
  await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  clearInterval(timer);
  socket.destroy();
  return answer;
}

it.each([
  ['nothing at all', () => ['', ''], /^(HTTP\/1\.1 408|$)/],
  ['half a line', () => ['GET / HT', ''], /^HTTP\/1\.1 408/],
  ['headers drop by drop', () => [head('GET /'), 'X: y\r\n'], /^HTTP\/1\.1 408/],
  [
    'a body drop by drop',
    () => [`${head('POST /api/x')}Content-Type: text/plain\r\nContent-Length: 9999\r\n\r\n`, 'x'],
    /^HTTP/,
  ],
  ['an answered request and no other', () => [`${head(`GET ${LAB_PATH}`)}\r\n`, ''], /^HTTP\/1\.1 200/],
] as [string, () => [string, string], RegExp][])('hangs up on %s', async (_, make, answer) => {
  expect(await drip(...make())).toMatch(answer);
});

it('hangs up on a refused upgrade whose other half stays open', async () => {
  const upgrade = `GET ${SOCKET_PATH} HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  expect(await drip(upgrade, '')).toMatch(/^HTTP\/1\.1 403/);
});

it('serves a browser while hundreds of connections are stuck', async () => {
  const stuck: Socket[] = [];
  for (let index = 0; index < 300; index++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: ');
    stuck.push(socket);
  }
  // Some are reset, which is an error to `once`.
  const closed = stuck.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  expect((await fetch(`${place.door.origin}${LAB_PATH}`, { headers: bearer })).status).toBe(200);
  for (const socket of stuck) socket.resume();
  await Promise.all(closed);
});

it('sees an Origin behind thousands of other headers', async () => {
  const many = Array.from({ length: 3000 }, (_, index) => `${index.toString(36)}:\r\n`).join('');
  const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n`;
  expect(await drip(`${request}${many}\r\n`, '')).toMatch(/^HTTP\/1\.1 200/);
  expect(await drip(`${request}${many}Origin: http://evil.example\r\n\r\n`, '')).toMatch(/^HTTP\/1\.1 403/);
});
