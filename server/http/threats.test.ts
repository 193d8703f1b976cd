/** Who is let in: every Host with every Origin, at every kind of route and at the socket; and what every answer carries. */
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAB_PATH, RECORDINGS_PATH, SIGN_IN_LINKS_PATH, SIGN_IN_PATH, SOCKET_PATH } from '../protocol.ts';
import { type House, house, TOKEN } from './testing.ts';

let place: House;
let port: number;
let cookie: string;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
beforeAll(async () => {
  place = await house({ site: { '404.html': 'lost', 'install/index.html': 'walk', 'assets/app.js': 'js' } });
  port = place.door.port;
  const answer = await fetch(place.door.signInLink('brief'));
  cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
});
afterAll(async () => {
  agent.destroy();
  await place.end();
});

/** The status of a request with exactly these headers; PORT stands for ours. */
function statusOf(path: string, headers: [string, string][], method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const own = headers.flatMap(([name, value]) => [name, value.replaceAll('PORT', String(port))]);
    if (method === 'POST') own.push('Content-Length', '0');
    const isUpgrade = headers.some(([name]) => name === 'Upgrade');
    const options = { host: '127.0.0.1', port, path, method, headers: own, agent: isUpgrade ? false : agent };
    const request = httpRequest(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode!);
    });
    request.on('error', reject);
    request.end();
  });
}

const HANDSHAKE: [string, string][] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
];
const HOSTS = ['127.0.0.1:PORT', 'localhost:PORT', 'LocalHost:PORT', '[::1]:PORT'];
const FOREIGN_HOSTS = [
  ...['', '127.0.0.1', 'localhost', '[::1]', '127.0.0.1:', '127.0.0.1:1', '127.0.0.1:0PORT', '127.0.0.1:PORT0'],
  ...['127.0.0.2:PORT', '0.0.0.0:PORT', '[::]:PORT', '::1:PORT', '[0:0:0:0:0:0:0:1]:PORT', '[::ffff:127.0.0.1]:PORT'],
  ...['localhost.:PORT', '127.0.0.1.:PORT', '127.1:PORT', '2130706433:PORT', '0x7f000001:PORT'],
  ...['evil.example', 'evil.example:PORT', 'localhost.evil.example:PORT', '127.0.0.1:PORT.evil.example'],
  ...['user@127.0.0.1:PORT', '127.0.0.1:PORT@evil.example', '127.0.0.1:PORT/', '127.0.0.1:PORT,evil.example'],
  ...['http://127.0.0.1:PORT', '127.0.0.1:PORT#', '127.0.0.1 :PORT', '127.0.0.1\t:PORT', '*', '*:PORT'],
];
const ORIGINS = ['http://127.0.0.1:PORT', 'http://localhost:PORT', 'http://[::1]:PORT'];
const FOREIGN_ORIGINS = [
  ...['', 'null', 'NULL', '*', 'undefined', 'file://', 'about:blank', 'data:', 'chrome-extension://abc'],
  ...[
    'https://127.0.0.1:PORT',
    'ws://127.0.0.1:PORT',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://127.0.0.1:PORT0',
  ],
  ...['http://127.0.0.1:PORT/', 'http://127.0.0.1:PORT/x', 'http://127.0.0.1:PORT#', 'http://127.0.0.1:PORT?'],
  ...['HTTP://127.0.0.1:PORT', 'http://LOCALHOST:PORT', 'http://localhost.:PORT', '//127.0.0.1:PORT', '127.0.0.1:PORT'],
  ...['http://user@127.0.0.1:PORT', 'http://127.0.0.1:PORT@evil.example', 'http://127.0.0.1:PORT.evil.example'],
  ...['http://evil.example', 'http://evil.example:PORT', 'http://127.0.0.2:PORT', 'http://0.0.0.0:PORT'],
  ...['http://[::ffff:127.0.0.1]:PORT', 'http://127.0.0.1:PORT, http://127.0.0.1:PORT', 'http://127.0.0.1:PORT null'],
];
/** Path, method, and the status for those who may. */
const ROUTES: [string, string, number][] = [
  ['/', 'GET', 200],
  ['/', 'HEAD', 200],
  ['/install/', 'GET', 200],
  ['/install', 'GET', 308],
  ['/assets/app.js', 'GET', 200],
  ['/nowhere/', 'GET', 404],
  ['/%zz', 'GET', 400],
  [LAB_PATH, 'GET', 200],
  ['/api/nowhere', 'GET', 404],
  ['/', 'POST', 404],
  ['/', 'OPTIONS', 404],
  [SIGN_IN_LINKS_PATH, 'POST', 200],
  [SIGN_IN_PATH, 'POST', 404],
  ['/', 'PROPFIND', 404],
  ['/', 'TRACE', 404],
];
const token: [string, string] = ['Authorization', `Bearer ${TOKEN}`];

describe('every route and the socket', () => {
  const crossed = [...HOSTS, ...FOREIGN_HOSTS].map((host) => [host] as const);
  it.each(crossed)('with Host %j and every Origin', async (host) => {
    const isOwnHost = HOSTS.includes(host);
    const seen: string[] = [];
    const expected: string[] = [];
    for (const origin of [undefined, ...ORIGINS, ...FOREIGN_ORIGINS]) {
      const headers: [string, string][] = [['Host', host], token];
      if (origin !== undefined) headers.push(['Origin', origin]);
      const isOwnOrigin = origin !== undefined && ORIGINS.includes(origin);
      // Each route with the one origin that a browser would send, and with one that it would not; the rest take turns.
      const turn = seen.length % ROUTES.length;
      const routes = isOwnHost || origin === undefined || isOwnOrigin ? ROUTES : [ROUTES[turn]!];
      for (const [path, method, status] of routes) {
        const isRead = method === 'GET' || method === 'HEAD';
        const isAllowed = isOwnHost && (isOwnOrigin || (origin === undefined && isRead));
        expected.push(`${method} ${path} from ${origin}: ${isAllowed ? status : 403}`);
        seen.push(`${method} ${path} from ${origin}: ${await statusOf(path, headers, method)}`);
      }
      expected.push(`socket from ${origin}: ${isOwnHost && isOwnOrigin ? 101 : 403}`);
      seen.push(`socket from ${origin}: ${await statusOf(SOCKET_PATH, [...headers, ...HANDSHAKE])}`);
    }
    expect(seen).toEqual(expected);
  });

  it('with every secret', async () => {
    const own: [string, string][] = [
      ['Host', HOSTS[0]!],
      ['Origin', ORIGINS[0]!],
    ];
    const [name, value = ''] = cookie.split('=');
    const secrets: [[string, string] | undefined, boolean][] = [
      [token, true],
      [['Cookie', cookie], true],
      [['Cookie', `a=b; ${cookie}; c=d`], true],
      [['Authorization', `bearer ${TOKEN}`], true],
      [undefined, false],
      [['Cookie', ''], false],
      [['Cookie', `${name}=${TOKEN}`], false],
      [['Cookie', `malha-1=${value}`], false],
      [['Cookie', `x${cookie}`], false],
      [['Cookie', `${name}=${value.slice(0, -1)}`], false],
      [['Cookie', `${name}=0.${value.split('.')[1]}`], false],
      [['Cookie', `${name}=999999999999.${value.split('.')[1]}`], false],
      [['Authorization', `Bearer ${value}`], false],
      [['Authorization', 'Bearer '], false],
      [['Authorization', `Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}`], false],
      [['Authorization', TOKEN], false],
      [['Authorization', `Bearer ${TOKEN.toUpperCase()}`], false],
      [['X-Forwarded-Authorization', `Bearer ${TOKEN}`], false],
    ];
    for (const [secret, isRight] of secrets) {
      const headers = secret ? [...own, secret] : own;
      for (const [path, method, status] of ROUTES) {
        if (path === SIGN_IN_LINKS_PATH && secret?.[0] === 'Cookie') continue;
        const got = await statusOf(path, headers, method);
        expect([secret, path, method, got]).toEqual([secret, path, method, isRight ? status : got === 429 ? 429 : 401]);
      }
      const socket = await statusOf(SOCKET_PATH, [...headers, ...HANDSHAKE]);
      expect([secret, socket]).toEqual([secret, isRight ? 101 : socket === 429 ? 429 : 401]);
      expect(await statusOf(`${LAB_PATH}?token=${TOKEN}&code=${TOKEN}`, own)).not.toBe(200);
    }
    expect(await statusOf(SIGN_IN_LINKS_PATH, [...own, ['Cookie', cookie]], 'POST')).toBe(401);
  });

  it('with what a browser says of where it comes from', async () => {
    const base: [string, string][] = [['Host', HOSTS[0]!], token];
    const from = (site: string, mode: string, dest: string): [string, string][] => [
      ...base,
      ['Sec-Fetch-Site', site],
      ['Sec-Fetch-Mode', mode],
      ['Sec-Fetch-Dest', dest],
    ];
    for (const path of ['/', '/assets/app.js', LAB_PATH, RECORDINGS_PATH]) {
      for (const site of ['cross-site', 'same-site']) {
        for (const [mode, dest] of [
          ['no-cors', 'script'],
          ['no-cors', 'image'],
          ['cors', 'empty'],
          ['navigate', 'iframe'],
          ['navigate', 'object'],
          ['navigate', 'embed'],
          ['websocket', 'websocket'],
        ] as const) {
          const got = await statusOf(path, from(site, mode, dest));
          expect([path, site, mode, dest, got]).toEqual([path, site, mode, dest, 403]);
        }
      }
    }
    for (const site of ['none', 'same-origin', 'same-site', 'cross-site'])
      expect(await statusOf('/', from(site, 'navigate', 'document'))).toBe(200);
    expect(await statusOf(LAB_PATH, from('same-origin', 'cors', 'empty'))).toBe(200);
  });

  it('with a header twice', async () => {
    const evil = 'evil.example';
    const own: [string, string][] = [['Host', HOSTS[0]!], token, ['Origin', ORIGINS[0]!]];
    for (const [path, method] of [...ROUTES.map(([path, method]) => [path, method] as const), ['', ''] as const]) {
      const ask = (more: [string, string][]) =>
        path === ''
          ? statusOf(SOCKET_PATH, [...own, ...more, ...HANDSHAKE])
          : statusOf(path, [...own, ...more], method);
      expect(await ask([['Host', HOSTS[0]!]])).toBe(400);
      expect(await ask([['host', evil]])).toBe(400);
      expect(await ask([['Origin', ORIGINS[0]!]])).toBe(403);
      expect(await ask([['oRIGIN', `http://${evil}`]])).toBe(403);
    }
  });
});

/** Everything that comes back for these bytes, until the server hangs up. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text.replaceAll('PORT', String(port))));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

describe('every answer', () => {
  const OWN = `Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\nAuthorization: Bearer ${TOKEN}\r\n`;
  const CLOSE = 'Connection: close\r\n';
  const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
  it.each([
    ['a page', `GET / HTTP/1.1\r\n${OWN}${CLOSE}\r\n`, 200],
    ['a file', `GET /assets/app.js HTTP/1.1\r\n${OWN}${CLOSE}\r\n`, 200],
    ['the API', `GET ${LAB_PATH} HTTP/1.1\r\n${OWN}${CLOSE}\r\n`, 200],
    ['a redirect', `GET /install HTTP/1.1\r\n${OWN}${CLOSE}\r\n`, 308],
    ['a missing page', `GET /nowhere HTTP/1.1\r\n${OWN}${CLOSE}\r\n`, 404],
    ['a broken address', `GET /%zz HTTP/1.1\r\n${OWN}${CLOSE}\r\n`, 400],
    ['a method that we lack', `PROPFIND / HTTP/1.1\r\n${OWN}${CLOSE}\r\n`, 404],
    [
      'a body that is none',
      `POST /api/x HTTP/1.1\r\n${OWN}${CLOSE}Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{`,
      400,
    ],
    ['the sign-in page', `GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n${CLOSE}\r\n`, 401],
    ['a wrong link', `GET ${SIGN_IN_PATH}?code=x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n${CLOSE}\r\n`, 401],
    ['a foreign name', `GET / HTTP/1.1\r\nHost: evil.example\r\n${CLOSE}\r\n`, 403],
    ['no name', `GET / HTTP/1.1\r\n${CLOSE}\r\n`, 400],
    ['HTTP/1.0', `GET / HTTP/1.0\r\n\r\n`, 400],
    ['an expectation', `GET / HTTP/1.1\r\n${OWN}${CLOSE}Expect: tea\r\n\r\n`, 417],
    ['bytes that are no request', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', 400],
    ['headers without an end', `GET / HTTP/1.1\r\n${OWN}X: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['two lengths', `POST / HTTP/1.1\r\n${OWN}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    [
      'an upgrade without a sign-in',
      `GET ${SOCKET_PATH} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\n${UPGRADE}${KEY}\r\n`,
      401,
    ],
    [
      'an upgrade from elsewhere',
      `GET ${SOCKET_PATH} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: null\r\n${UPGRADE}${KEY}\r\n`,
      403,
    ],
    ['an upgrade elsewhere', `GET /api/lab HTTP/1.1\r\n${OWN}${UPGRADE}${KEY}\r\n`, 404],
    ['an upgrade without a key', `GET ${SOCKET_PATH} HTTP/1.1\r\n${OWN}${UPGRADE}\r\n`, 400],
    ['an upgrade by POST', `POST ${SOCKET_PATH} HTTP/1.1\r\n${OWN}${UPGRADE}${KEY}\r\n`, 400],
    [
      'an upgrade to something else',
      `GET ${SOCKET_PATH} HTTP/1.1\r\n${OWN}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
      400,
    ],
  ])('to %s keeps the page to itself', async (_, request, status) => {
    const answer = await raw(request);
    const [head = ''] = answer.split('\r\n\r\n');
    // The tests above have used up the wrong secrets of this minute.
    expect(head.split(' ')[1]?.replace('429', '401')).toBe(String(status));
    const headers = head.toLowerCase().split('\r\n');
    expect(headers).toContain('x-content-type-options: nosniff');
    expect(headers).toContain('referrer-policy: no-referrer');
    expect(headers).toContain('x-frame-options: deny');
    expect(headers).toContain('cross-origin-resource-policy: same-origin');
    const policies = headers.filter((line) => line.startsWith('content-security-policy:'));
    expect(policies).toHaveLength(1);
    expect(policies[0]).toContain("frame-ancestors 'none'");
    expect(policies[0]).toMatch(/script-src 'self'( 'sha256-[\w+/]+=*')*;/);
    expect(headers.join()).not.toMatch(/access-control-allow|x-powered-by|^server:/m);
  });
});
