import { once } from 'node:events';
import tls from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RESOURCES } from '../types.ts';
import { createFabric, type Fabric } from './fabric.ts';
import { PodAgent, readBody, request, serveHttp } from './http.ts';
import { FixedClient, putPod, putService } from './testing.ts';

let client: FixedClient;
let fabric: Fabric;
const caller = { namespace: 'bank', podIP: '10.244.0.5' };

beforeEach(async () => {
  client = new FixedClient();
  fabric = createFabric({ client });
  await fabric.ready();
});
afterEach(() => fabric.stop());

function answer(ip: string, port: number, text = ip) {
  return serveHttp(fabric, ip, port, (incoming, response) =>
    response.end(`${text} ${incoming.headers.host} from ${incoming.socket.remoteAddress}`),
  );
}
async function get(url: string, from = caller) {
  return String(await readBody(await request(fabric, url, {}, from)));
}

test('a pod address, a service address and a service name reach the pod', async () => {
  answer('10.244.0.9', 9090, 'web');
  putService(client, 'bank', 'web', { clusterIP: '10.96.0.7' }, ['10.244.0.9']);
  expect(await get('http://10.244.0.9:9090/')).toBe('web 10.244.0.9:9090 from 10.244.0.5');
  expect(await get('http://10.96.0.7/')).toBe('web 10.96.0.7 from 10.244.0.5');
  expect(await get('http://web/')).toBe('web web from 10.244.0.5');
  expect(await get('http://web.bank.svc.cluster.local/')).toContain('web');
});

test('only ready endpoints get connections, and all of them do', async () => {
  answer('10.244.0.9', 9090);
  answer('10.244.0.10', 9090);
  answer('10.244.0.11', 9090);
  const unready = { addresses: ['10.244.0.11'], conditions: { ready: false } };
  putService(client, 'bank', 'web', { clusterIP: '10.96.0.7' }, ['10.244.0.9', '10.244.0.10', unready]);
  const seen = new Set<string>();
  for (let i = 0; i < 60; i++) seen.add((await get('http://web/')).split(' ')[0]!);
  expect([...seen].sort()).toEqual(['10.244.0.10', '10.244.0.9']);
});

test('sessionAffinity ClientIP keeps a caller with its endpoint', async () => {
  const ips = ['10.244.0.9', '10.244.0.10', '10.244.0.11'];
  for (const ip of ips) answer(ip, 9090);
  putService(client, 'bank', 'web', { clusterIP: '10.96.0.7', sessionAffinity: 'ClientIP' }, ips);
  const seen = new Set<string>();
  for (let i = 0; i < 30; i++) seen.add(await get('http://web/'));
  expect(seen.size).toBe(1);
});

test('a node port reaches the service on the node’s address', async () => {
  answer('10.244.0.9', 9090, 'web');
  const ports = [{ name: 'http', port: 80, targetPort: 9090, nodePort: 30080 }];
  putService(client, 'bank', 'web', { type: 'NodePort', clusterIP: '10.96.0.7', ports }, ['10.244.0.9']);
  client.put(RESOURCES.nodes, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node' },
    status: { addresses: [{ type: 'InternalIP', address: '172.18.0.2' }] },
  });
  expect(await get('http://172.18.0.2:30080/')).toContain('web');
  await expect(fabric.dial('172.18.0.2', 30081)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('fails as net.connect does', async () => {
  putService(client, 'bank', 'empty', { clusterIP: '10.96.0.8' });
  putPod(client, 'bank', 'sleep', '10.244.0.20');
  const dial = (host: string, port = 80) => fabric.dial(host, port, caller);
  await expect(dial('nowhere')).rejects.toMatchObject({ code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND nowhere' });
  await expect(dial('empty')).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED 10.96.0.8:80',
  });
  await expect(dial('10.96.0.8', 81)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(dial('10.244.0.20')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(dial('10.244.0.99')).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
});

test('a port listens once; it is free again after', () => {
  const stop = fabric.listen('10.244.0.9', 80, () => {});
  expect(() => fabric.listen('10.244.0.9', 80, () => {})).toThrow(/EADDRINUSE/);
  stop();
  fabric.listen('10.244.0.9', 80, () => {});
});

test('loopback is the caller’s own pod', async () => {
  answer('10.244.0.5', 15000, 'admin');
  putPod(client, 'bank', 'web-0', '10.244.0.5');
  expect(await get('http://localhost:15000/')).toBe('admin localhost:15000 from 127.0.0.1');
  expect(await get('http://web-0:15000/')).toBe('admin web-0:15000 from 10.244.0.5');
  await expect(fabric.dial('127.0.0.1', 15000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('names resolve along the search path', () => {
  putService(client, 'bank', 'web', { clusterIP: '10.96.0.7' });
  putService(client, 'default', 'kubernetes', { clusterIP: '10.96.0.1' });
  putService(client, 'bank', 'db', { clusterIP: 'None' }, [
    { addresses: ['10.244.0.30'], hostname: 'db-0', conditions: { ready: true } },
    { addresses: ['10.244.0.31'], hostname: 'db-1', conditions: { ready: true } },
  ]);
  putService(client, 'bank', 'rates', { type: 'ExternalName', externalName: 'web.bank.svc.cluster.local' });
  putService(client, 'bank', 'away', { type: 'ExternalName', externalName: 'example.com' });
  const resolve = (name: string, namespace = 'bank') => fabric.resolve(name, { namespace });
  expect(resolve('web')).toEqual(['10.96.0.7']);
  expect(resolve('WEB.bank')).toEqual(['10.96.0.7']);
  expect(resolve('web.bank.svc.cluster.local.')).toEqual(['10.96.0.7']);
  expect(resolve('web', 'default')).toEqual([]);
  expect(resolve('web.', 'bank')).toEqual([]);
  expect(resolve('kubernetes.default')).toEqual(['10.96.0.1']);
  expect(resolve('db').sort()).toEqual(['10.244.0.30', '10.244.0.31']);
  expect(resolve('db-1.db')).toEqual(['10.244.0.31']);
  expect(resolve('db-2.db')).toEqual([]);
  expect(resolve('rates')).toEqual(['10.96.0.7']);
  expect(resolve('away')).toEqual([]);
  expect(resolve('10-244-0-31.bank.pod.cluster.local')).toEqual(['10.244.0.31']);
});

test('a server that closes lets the running response end', async () => {
  let finish: (() => void) | undefined;
  const service = serveHttp(fabric, '10.244.0.9', 80, (_request, response) => {
    response.write('begun ');
    finish = () => response.end('and ended');
  });
  const response = await request(fabric, 'http://10.244.0.9/');
  service.close();
  await expect(fabric.dial('10.244.0.9', 80)).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
  finish!();
  expect(String(await readBody(response))).toBe('begun and ended');
});

test('a request gives up at its timeout, and when its signal says so', async () => {
  serveHttp(fabric, '10.244.0.9', 80, () => {});
  await expect(request(fabric, 'http://10.244.0.9/', { timeoutMs: 10 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  const signal = AbortSignal.abort();
  await expect(request(fabric, 'http://10.244.0.9/', { signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('an agent keeps its connection', async () => {
  const seen = new Set<number | undefined>();
  serveHttp(fabric, '10.244.0.9', 80, (incoming, response) => {
    seen.add(incoming.socket.remotePort);
    response.end('ok');
  });
  const agent = new PodAgent(fabric, caller);
  for (let i = 0; i < 3; i++) {
    const response = await request(fabric, 'http://10.244.0.9/', { agent });
    expect(String(await readBody(response))).toBe('ok');
  }
  agent.destroy();
  expect(seen.size).toBe(1);
  await expect(request(fabric, 'http://10.244.0.99/', { agent })).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
});

test('TLS runs over it', async () => {
  const psk = { key: Buffer.alloc(32, 7), ciphers: 'PSK+HIGH', max: 'TLSv1.2' as const };
  fabric.listen('10.244.0.9', 443, (stream) => {
    const secure = new tls.TLSSocket(
      stream as unknown as import('node:net').Socket,
      {
        isServer: true,
        ciphers: psk.ciphers,
        maxVersion: psk.max,
        pskCallback: () => psk.key,
      } as tls.TLSSocketOptions,
    );
    secure.end('over TLS');
  });
  const secure = tls.connect({
    socket: await fabric.dial('10.244.0.9', 443),
    ciphers: psk.ciphers,
    maxVersion: psk.max,
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk: psk.key, identity: 'test' }),
  });
  secure.setEncoding('utf8');
  const [text] = await once(secure, 'data');
  expect(text).toBe('over TLS');
});
