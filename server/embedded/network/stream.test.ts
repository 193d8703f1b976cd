import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { readBody } from './http.ts';
import { PodStream } from './stream.ts';

const pair = () => PodStream.pair({ ip: '10.244.0.5', port: 40000 }, { ip: '10.244.0.9', port: 9090 });

test('each end sees the other’s address', () => {
  const { client, server } = pair();
  expect(server).toMatchObject({ remoteAddress: '10.244.0.5', remotePort: 40000, localPort: 9090 });
  expect(client).toMatchObject({ remoteAddress: '10.244.0.9', remotePort: 9090, localAddress: '10.244.0.5' });
});

test('a writer waits for its reader', async () => {
  const { client, server } = pair();
  const chunk = Buffer.alloc(16 * 1024);
  let written = 0;
  while (client.write(chunk)) written += chunk.length;
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  expect(server.readableLength).toBeLessThan(64 * 1024);
  expect(client.writableNeedDrain).toBe(true);
  server.resume();
  await once(client, 'drain');
  expect(server.bytesRead).toBeGreaterThanOrEqual(written);
});

test('ten megabytes arrive whole and in order, both ways at once', async () => {
  const { client, server } = pair();
  const body = randomBytes(10 * 1024 * 1024);
  const echo = pipeline(server, server);
  client.end(body);
  expect((await readBody(client)).equals(body)).toBe(true);
  await echo;
});

test('half-close: the other side may still answer', async () => {
  const { client, server } = pair();
  client.end('question');
  // Not readBody: an async iterator destroys what it has read to its end.
  const [question] = await once(server, 'data');
  await once(server, 'end');
  expect(String(question)).toBe('question');
  server.end('answer');
  expect(String(await readBody(client))).toBe('answer');
});

test('closing ends the peer; writing to what is closed fails with EPIPE', async () => {
  const { client, server } = pair();
  client.resume();
  server.destroy();
  await once(client, 'end');
  client.write('late');
  await new Promise(setImmediate);
  client.write('later');
  await expect(once(client, 'close')).rejects.toMatchObject({ code: 'EPIPE' });
});

test('a reset, and closing over unread bytes, fail the peer with ECONNRESET', async () => {
  const first = pair();
  first.server.resetAndDestroy();
  await expect(once(first.client, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });

  const second = pair();
  second.client.write('unread');
  await once(second.server, 'readable');
  second.server.destroy();
  await expect(once(second.client, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('an idle connection says so', async () => {
  const { client } = pair();
  const keepsTheLoop = setTimeout(() => {}, 5000);
  client.setTimeout(5);
  await once(client, 'timeout');
  clearTimeout(keepsTheLoop);
});
