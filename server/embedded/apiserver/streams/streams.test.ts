/** Logs, exec, port-forward and proxies, through the real kubectl. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { spawn } from 'node-pty';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from '../../../../tests/kubectl.ts';
import { readBody, serveHttp } from '../../network/http.ts';
import { RESOURCES } from '../../types.ts';
import { POD_IP, type StreamServer, startStreamServer } from './testing.ts';

let server: StreamServer;
beforeAll(async () => {
  server = await startStreamServer();
  serveHttp(server.fabric, POD_IP, 9090, async (request, response) => {
    const body = await readBody(request);
    response.setHeader('X-Path', request.url ?? '');
    response.setHeader('X-From', String(request.socket.remoteAddress));
    response.end(body.length > 0 ? body : `hello ${request.method} ${request.headers.host}\n`);
  });
});
afterAll(() => server?.stop());

const kubectl = (args: string[], input?: string) => server.kubectl(args, input);

/** One request to the host's port, on a connection of its own. */
async function ask(
  port: number,
  body?: Buffer,
): Promise<{ code: number; body: Buffer; headers: http.IncomingHttpHeaders }> {
  const request = http.request({ host: '127.0.0.1', port, method: body ? 'POST' : 'GET', agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { code: response.statusCode ?? 0, body: await readBody(response), headers: response.headers };
}

describe('logs', () => {
  test('of a container, the last lines, and as they come', async () => {
    server.logs.current!.append('one\ntwo\nthree');
    expect(await kubectl(['logs', 'web', '-c', 'web'])).toMatchObject({ code: 0, stdout: 'one\ntwo\nthree\n' });
    expect(await kubectl(['logs', 'web', '--tail=1', '--timestamps'])).toMatchObject({
      stdout: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z three\n$/),
    });
    let seen = '';
    const child = await server.watch(['logs', '-f', 'web', '-c', 'web', '--tail=1'], (text) => {
      seen += text;
      if (seen === 'three\n') server.logs.current!.append('four');
      if (seen === 'three\nfour\n') child.kill();
    });
    await once(child, 'exit');
    expect(seen).toBe('three\nfour\n');
  });

  test('need a container’s name where there are several', async () => {
    const raw = await kubectl(['get', '--raw', '/api/v1/namespaces/default/pods/web/log']);
    expect(raw.stderr).toContain(
      'a container name must be specified for pod web, choose one of: [web side] or one of the init containers: [init]',
    );
    expect((await kubectl(['logs', 'web', '-c', 'nope'])).stderr).toContain('container nope is not valid for pod web');
    expect((await kubectl(['logs', 'nope'])).stderr).toContain('pods "nope" not found');
    expect((await kubectl(['logs', 'web', '-c', 'web', '-p'])).stderr).toContain(
      'previous terminated container "web" in pod "web" not found',
    );
  });
});

describe('exec', () => {
  test('prints what the command prints and ends with its code', async () => {
    expect(await kubectl(['exec', 'web', '-c', 'web', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\ncommand terminated with exit code 3\n',
    });
    expect(await kubectl(['exec', 'web', '-c', 'web', '--', 'curl', '-s', 'localhost:9090'])).toMatchObject({
      code: 0,
      stdout: 'hello GET localhost:9090\n',
    });
  });

  test('passes standard input on, and its end', async () => {
    const input = 'line\n'.repeat(100_000);
    expect(await kubectl(['exec', '-i', 'web', '-c', 'web', '--', 'wc', '-c'], input)).toMatchObject({
      stdout: '500000\n',
    });
    expect(await kubectl(['exec', '-i', 'web', '-c', 'web', '--', 'cat'], 'hi\n')).toMatchObject({
      code: 0,
      stdout: 'hi\n',
    });
  });

  test('gives a terminal', async () => {
    const terminal = spawn(await findKubectl(), ['exec', '-it', 'web', '-c', 'web', '--', 'sh'], {
      env: server.env,
    });
    let screen = '';
    const steps: [after: string, type: string][] = [
      ['/ # ', 'sleep 1000\r'],
      ['sleep 1000\r\n', '\x03'],
      ['^C\r\n/ # ', 'hostname\r'],
      ['\r\nweb\r\n/ # ', 'exit 4\r'],
    ];
    terminal.onData((text) => {
      screen += text;
      const [after, type] = steps[0] ?? [];
      if (after === undefined || !screen.endsWith(after)) return;
      steps.shift();
      terminal.write(type!);
    });
    const code = await new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    expect(steps).toEqual([]);
    expect(code).toBe(4);
  });

  test('refuses what is not there', async () => {
    expect((await kubectl(['exec', 'web', '-c', 'init', '--', 'true'])).stderr).toContain(
      'container not found ("init")',
    );
    expect((await kubectl(['exec', 'nope', '--', 'true'])).stderr).toContain('pods "nope" not found');
  });
});

describe.each([
  ['through a WebSocket', {}],
  ['by SPDY alone', { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
])('port-forward %s', (_name, env) => {
  test('carries fifty requests at once, and large bodies both ways', async () => {
    const { port, child } = await server.forward(9090, env);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(port)));
    expect(new Set(answers.map(({ code, body }) => `${code} ${body}`))).toEqual(
      new Set([`200 hello GET 127.0.0.1:${port}\n`]),
    );
    expect(answers[0]!.headers['x-from']).toBe('127.0.0.1');
    const large = randomBytes(10 * 1024 * 1024);
    const [first, second] = await Promise.all([ask(port, large), ask(port, large)]);
    expect(first.body.equals(large) && second.body.equals(large)).toBe(true);
    child.kill();
  });

  test('passes the end of one direction on and keeps the other open', async () => {
    const stop = server.fabric.listen(POD_IP, 7000, (stream) => {
      let received = '';
      stream.on('data', (chunk) => {
        received += chunk;
      });
      stream.on('end', () => stream.end(`received ${received}`));
    });
    const { port, child } = await server.forward(7000, env);
    const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.end('question');
    expect(String(await readBody(socket))).toBe('received question');
    stop();
    child.kill();
  });

  test('tells of a port on which nothing listens', async () => {
    const { port, child, output } = await server.forward(9999, env);
    const closed = once(child, 'close');
    await expect(ask(port)).rejects.toThrow();
    await closed;
    expect(output()).toContain('error forwarding port 9999 to pod');
    expect(output()).toContain('dial tcp4 127.0.0.1:9999: connect: connection refused');
  });
});

describe('proxy', () => {
  beforeAll(async () => {
    const { client } = server.api;
    const ports = [{ name: 'http', port: 80, targetPort: 9090 }];
    for (const name of ['web', 'empty']) {
      await client.create(RESOURCES.services, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'default' },
        spec: { selector: { app: name }, ports },
      });
    }
    await client.create(RESOURCES.endpointslices, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-x', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [POD_IP], conditions: { ready: true } }],
      ports: [{ name: 'http', port: 9090, protocol: 'TCP' }],
    });
  });
  const raw = (path: string) => kubectl(['get', '--raw', `/api/v1/namespaces/default/${path}`]);

  test('reaches services by port name and number, and pods', async () => {
    const fromService = { code: 0, stdout: 'hello GET web.default.svc.cluster.local:80\n' };
    expect(await raw('services/web:http/proxy/a?b=c')).toMatchObject(fromService);
    expect(await raw('services/web:80/proxy/')).toMatchObject(fromService);
    expect(await raw('services/http:web:80/proxy/')).toMatchObject(fromService);
    expect(await raw('pods/web:9090/proxy/')).toMatchObject({ stdout: `hello GET ${POD_IP}:9090\n` });
    expect(await raw('pods/web/proxy/')).toMatchObject({ stdout: `hello GET ${POD_IP}:9090\n` });
  });

  test('says what it cannot reach', async () => {
    expect((await raw('services/empty/proxy/')).stderr).toContain('no endpoints available for service "empty"');
    expect((await raw('services/web:nope/proxy/')).stderr).toContain('no service port "nope" found for service "web"');
    expect((await raw('pods/web:9998/proxy/')).stderr).toContain('error trying to reach service');
    expect((await raw('services/nope/proxy/')).stderr).toContain('services "nope" not found');
  });
});
