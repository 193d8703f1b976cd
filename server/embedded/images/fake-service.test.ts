import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFabric, type Fabric } from '../network/fabric.ts';
import { readBody, request } from '../network/http.ts';
import { FixedClient, putService } from '../network/testing.ts';
import { fakeService } from './fake-service.ts';
import { type RunningImage, runImage } from './testing.ts';

let client: FixedClient;
let fabric: Fabric;
const caller = { namespace: 'bank', podIP: '10.244.0.5' };

beforeEach(async () => {
  client = new FixedClient();
  fabric = createFabric({ client });
  await fabric.ready();
});
afterEach(() => fabric.stop());

/** A fake-service of this name behind a Service of the same name. */
function service(name: string, env: Record<string, string> = {}): RunningImage {
  const running = runImage(client, fabric, fakeService, { name: `${name}-0`, env: { NAME: name, ...env } });
  const last = name.length + name.charCodeAt(0);
  putService(client, 'bank', name, { clusterIP: `10.96.0.${last}` }, [running.context.podIP]);
  return running;
}
async function get(url: string, headers: Record<string, string> = {}) {
  const response = await request(fabric, url, { headers }, caller);
  const text = String(await readBody(response));
  return { code: response.statusCode, text, json: () => JSON.parse(text), response };
}

test('answers in fake-service’s shape, with what its upstreams answered', async () => {
  service('web', { UPSTREAM_URIS: 'http://payments:80, http://accounts:80', MESSAGE: 'Web response' });
  const accounts = service('accounts', { MESSAGE: '{"accounts": 2}' });
  service('payments');
  const { code, json, text } = await get('http://web/', { 'X-Request-Id': 'r-1' });
  expect(code).toBe(200);
  expect(json()).toMatchObject({
    name: 'web',
    uri: '/',
    type: 'HTTP',
    body: 'Web response',
    code: 200,
    upstream_calls: {
      'http://accounts:80': {
        name: 'accounts',
        uri: 'http://accounts:80',
        body: { accounts: 2 },
        code: 200,
        ip_addresses: [accounts.context.podIP],
        headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      },
      'http://payments:80': { body: 'Hello World', code: 200 },
    },
  });
  expect(json().duration).toMatch(/^[\d.]+(µs|ms|s)$/);
  expect(json().start_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  expect(Object.keys(json().upstream_calls)).toEqual(['http://accounts:80', 'http://payments:80']);
  expect(text.startsWith('{\n  "name": "web",\n  "uri": "/",')).toBe(true);
  // Headers of the request go on to the upstreams, so traces hold together.
  expect(accounts.log.join('\n')).toContain('x-request-id: r-1');
});

test('an upstream that is not there gives 500 and says why', async () => {
  service('web', { UPSTREAM_URIS: 'http://nowhere:80' });
  const { code, json } = await get('http://web/');
  expect(code).toBe(500);
  expect(json()).toMatchObject({ code: 500, body: 'Hello World' });
  expect(json().upstream_calls['http://nowhere:80']).toEqual({
    uri: 'http://nowhere:80',
    code: -1,
    error:
      'Error communicating with upstream service: Get "http://nowhere/": dial tcp: lookup nowhere on 10.96.0.10:53: no such host',
  });
});

test('gRPC upstreams are refused by name', async () => {
  service('web', { UPSTREAM_URIS: 'grpc://api:9090' });
  const { code, json } = await get('http://web/');
  expect(code).toBe(500);
  expect(json().upstream_calls['grpc://api:9090'].error).toMatch(/does not simulate .* grpc:\/\/api:9090/);
});

test('every n-th request fails at the error rate', async () => {
  service('web', { ERROR_RATE: '0.5', ERROR_CODE: '503' });
  const codes = [];
  for (let i = 0; i < 4; i++) codes.push((await get('http://web/')).code);
  expect(codes).toEqual([200, 503, 200, 503]);
  await get('http://web/config/error_rate/1');
  expect((await get('http://web/')).json()).toMatchObject({ code: 503, error: 'Service error automatically injected' });
});

test('the rate limit refuses what is too much', async () => {
  service('web', { RATE_LIMIT: '2', RATE_LIMIT_CODE: '429' });
  const codes = [];
  for (let i = 0; i < 4; i++) codes.push((await get('http://web/')).code);
  expect(codes.filter((code) => code === 200).length).toBeLessThan(4);
  expect(codes.at(-1)).toBe(429);
});

test('takes the time that it is told to take', async () => {
  service('web', { TIMING_50_PERCENTILE: '20ms', TIMING_VARIANCE: '10' });
  const { json } = await get('http://web/');
  const took = Date.parse(`${json().end_time}Z`) - Date.parse(`${json().start_time}Z`);
  expect(took).toBeGreaterThanOrEqual(19);
});

test('health and readiness answer with their codes', async () => {
  service('web', {
    HEALTH_CHECK_RESPONSE_CODE: '418',
    READY_CHECK_RESPONSE_DELAY: '1h',
    READY_CHECK_ROOT_PATH_WAIT_TILL_READY: '1',
  });
  expect(await get('http://web/health')).toMatchObject({ code: 418, text: 'OK' });
  expect(await get('http://web/ready')).toMatchObject({ code: 503, text: 'Starting Process' });
  expect(await get('http://web/')).toMatchObject({ code: 503 });
  expect((await get('http://web/ui/')).text).toContain('simulated by the embedded cluster');
});

test('logs as the real one does, after a line that says what it is', async () => {
  const { log, stop } = service('web', { UPSTREAM_URIS: '' });
  await get('http://web/');
  expect(log[0]).toMatch(/^\d{4}-\S+Z \[INFO\] {2}Simulated by the embedded cluster: program=fake-service$/);
  expect(log).toContainEqual(
    expect.stringMatching(
      /\[INFO\] {2}Started service: name=web upstreamURIs= upstreamWorkers=1 listenAddress=0\.0\.0\.0:9090$/,
    ),
  );
  expect(log).toContainEqual(
    expect.stringMatching(/Handle inbound request:\n {2}request=\n {2}\| GET \/ HTTP\/1\.1\n {2}\| Host: web\n/),
  );
  expect(log.at(-1)).toMatch(/Finished handling request: duration=/);
  expect(await stop()).toBe(0);
  expect(log.at(-1)).toMatch(/Graceful shutdown, got signal: terminated$/);
});

test('does not start with what it cannot do or read', async () => {
  const tls = runImage(client, fabric, fakeService, { env: { TLS_CERT_LOCATION: '/cert.pem' } });
  expect(await tls.program.exited).toBe(1);
  expect(tls.log.at(-1)).toContain('TLS_CERT_LOCATION');
  const unreadable = runImage(client, fabric, fakeService, { env: { TIMING_50_PERCENTILE: 'fast' } });
  expect(await unreadable.program.exited).toBe(2);
  expect(unreadable.log).toEqual(['panic: expected: TIMING_50_PERCENTILE type: duration got: fast']);
});

test('passes the path on, and sends a body where it is told to', async () => {
  service('web', { UPSTREAM_URIS: 'http://ledger:80/api', UPSTREAM_REQUEST_BODY: 'amount=5' });
  const ledger = service('ledger');
  await get('http://web/transfer?x=1');
  expect(ledger.log.join('\n')).toContain('POST /api/transfer HTTP/1.1');
});
