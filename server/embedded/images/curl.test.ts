import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFabric, type Fabric } from '../network/fabric.ts';
import { serveHttp } from '../network/http.ts';
import { FixedClient, putPod, putService } from '../network/testing.ts';
import { httpbin } from './httpbin.ts';
import { contextOf, execIn, runImage } from './testing.ts';

let client: FixedClient;
let fabric: Fabric;
let context: ReturnType<typeof contextOf>['context'];

beforeEach(async () => {
  client = new FixedClient();
  fabric = createFabric({ client });
  await fabric.ready();
  const server = runImage(client, fabric, httpbin, { name: 'httpbin-0' });
  putService(client, 'bank', 'httpbin', { clusterIP: '10.96.0.7' }, [server.context.podIP], 8080);
  context = contextOf(client, fabric, { name: 'client', image: 'curlimages/curl:8.18.0' }).context;
});
afterEach(() => fabric.stop());

const sh = (script: string) => execIn(context, ['sh', '-c', script]);
const json = async (script: string) => JSON.parse((await sh(script)).stdout);

test('sends what it is told to', async () => {
  expect((await json('curl -s http://httpbin/headers -H "X-A: b" -H "User-Agent:"')).headers).toEqual({
    Accept: ['*/*'],
    Host: ['httpbin'],
    'X-A': ['b'],
  });
  expect(await json('curl -s -d a=1 -d b=2 httpbin/post')).toMatchObject({
    method: 'POST',
    form: { a: ['1'], b: ['2'] },
  });
  expect(await json(`curl -s --json '{"a":1}' httpbin/anything`)).toMatchObject({ json: { a: 1 } });
  expect(await json('echo body | curl -s -X PUT --data-binary @- httpbin/put')).toMatchObject({ method: 'PUT' });
  expect(await json('curl -sG -d q=1 httpbin/get')).toMatchObject({ args: { q: ['1'] } });
  expect(await json('curl -s -H "Host: other" httpbin/headers')).toMatchObject({ headers: { Host: ['other'] } });
});

test('prints what it is told to', async () => {
  expect((await sh('curl -s -o /dev/null -w "%{http_code} %{content_type}\\n" httpbin/status/418')).stdout).toBe(
    '418 text/plain; charset=utf-8\n',
  );
  expect((await sh('curl -sI httpbin/get')).stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\n$/);
  expect((await sh('curl -si httpbin/status/404')).stdout).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  expect((await sh('curl -s -o /tmp/x httpbin/ip; grep -c origin /tmp/x')).stdout).toBe('1\n');
  const { stderr } = await sh('curl -sv httpbin/status/200');
  expect(stderr).toMatch(/^\* Host httpbin:80 was resolved\.\n/);
  expect(stderr).toContain('> GET /status/200 HTTP/1.1\n> Host: httpbin\n> User-Agent: curl/');
  expect(stderr).toContain('< HTTP/1.1 200 OK\r\n');
  expect((await sh('curl httpbin/ip')).stderr).toContain('% Total');
});

test('follows redirects with -L only', async () => {
  expect((await sh('curl -s -o /dev/null -w "%{http_code}" httpbin/redirect/2')).stdout).toBe('302');
  expect((await sh('curl -sL -o /dev/null -w "%{http_code} %{num_redirects}" httpbin/redirect/2')).stdout).toBe(
    '200 2',
  );
});

test('fails with curl’s codes and words', async () => {
  putService(client, 'bank', 'empty', { clusterIP: '10.96.0.8' });
  putPod(client, 'bank', 'idle', '10.244.0.20');
  fabric.listen('10.244.0.20', 80, (stream) => stream.destroy());
  expect(await sh('curl -sS http://nowhere/')).toEqual({
    code: 6,
    stdout: '',
    stderr: 'curl: (6) Could not resolve host: nowhere\n',
  });
  const refused = await sh('curl -sS http://empty/');
  expect(refused.code).toBe(7);
  expect(refused.stderr).toMatch(
    /^curl: \(7\) Failed to connect to empty port 80 after \d+ ms: Could not connect to server\n$/,
  );
  expect(await sh('curl -s http://empty/')).toEqual({ code: 7, stdout: '', stderr: '' });
  expect(await sh('curl -sSf httpbin/status/503')).toEqual({
    code: 22,
    stdout: '',
    stderr: 'curl: (22) The requested URL returned error: 503\n',
  });
  const late = await sh('curl -sS -m 0.05 httpbin/delay/5');
  expect(late.code).toBe(28);
  expect(late.stderr).toMatch(/^curl: \(28\) Operation timed out after \d+ milliseconds with 0 bytes received\n$/);
  expect(await sh('curl -sS 10.244.0.20')).toMatchObject({ code: 52, stderr: 'curl: (52) Empty reply from server\n' });
  expect(await sh('curl -sS ftp://web/')).toMatchObject({
    code: 1,
    stderr: 'curl: (1) Protocol "ftp" not supported\n',
  });
  expect(await sh('curl --frobnicate x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('option --frobnicate'),
  });
  expect(await sh('curl -s -w "%{http_code} %{exitcode}" http://nowhere/')).toMatchObject({ code: 6, stdout: '000 6' });
});

test('calls its own pod as localhost', async () => {
  serveHttp(fabric, context.podIP, 15000, (_request, response) => response.end('admin'));
  expect((await sh('curl -s localhost:15000')).stdout).toBe('admin');
});
