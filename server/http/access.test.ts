import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAB_PATH, SIGN_IN_PATH, SOCKET_PATH } from '../protocol.ts';
import { type House, house, TOKEN } from './testing.ts';

let place: House;
let port: number;
beforeAll(async () => {
  place = await house({
    site: { '404.html': 'lost', 'pt-BR/404.html': 'perdido', 'install/index.html': 'walk', 'assets/app.js': 'js' },
  });
  port = place.door.port;
});
afterAll(() => place.end());

/** A request with exactly these headers; `Connection: Upgrade` answers are told by their status alone. */
function ask(path: string, headers: OutgoingHttpHeaders | string[] = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode!, headers: response.headers, body: '' });
    });
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    request.on('error', reject);
    request.end();
  });
}
const here = () => `127.0.0.1:${port}`;
const bearer = { authorization: `Bearer ${TOKEN}` };
const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

// Host, Origin, token → status of a page and of the upgrade. PORT stands for ours.
const TABLE: [string, string | undefined, boolean, number, number][] = [
  ['127.0.0.1:PORT', undefined, true, 200, 403],
  ['127.0.0.1:PORT', 'http://127.0.0.1:PORT', true, 200, 101],
  ['localhost:PORT', 'http://localhost:PORT', true, 200, 101],
  ['LOCALHOST:PORT', 'http://localhost:PORT', true, 200, 101],
  ['[::1]:PORT', 'http://[::1]:PORT', true, 200, 101],
  ['127.0.0.1:PORT', 'http://localhost:PORT', true, 200, 101],
  ['127.0.0.1:PORT', undefined, false, 401, 403],
  ['127.0.0.1:PORT', 'http://127.0.0.1:PORT', false, 401, 401],
  ['127.0.0.1:PORT', 'https://127.0.0.1:PORT', true, 403, 403],
  ['127.0.0.1:PORT', 'http://127.0.0.1:1', true, 403, 403],
  ['127.0.0.1:PORT', 'http://127.0.0.1', true, 403, 403],
  ['127.0.0.1:PORT', 'http://evil.example', true, 403, 403],
  ['127.0.0.1:PORT', 'http://evil.example:PORT', true, 403, 403],
  ['127.0.0.1:PORT', 'http://127.0.0.1:PORT.evil.example', true, 403, 403],
  ['127.0.0.1:PORT', 'http://127.0.0.1:PORT@evil.example', true, 403, 403],
  ['127.0.0.1:PORT', 'null', true, 403, 403],
  ['127.0.0.1:PORT', '', true, 403, 403],
  ['127.0.0.1:PORT', 'http://127.0.0.1:PORT, http://evil.example', true, 403, 403],
  ['127.0.0.1', undefined, true, 403, 403],
  ['127.0.0.1:1', 'http://127.0.0.1:PORT', true, 403, 403],
  ['evil.example', undefined, true, 403, 403],
  ['evil.example:PORT', 'http://evil.example:PORT', true, 403, 403],
  ['rebound.example:PORT', 'http://127.0.0.1:PORT', true, 403, 403],
  ['127.0.0.1:PORT.evil.example', undefined, true, 403, 403],
];

describe('who is let in', () => {
  it.each(TABLE)('Host %j, Origin %j, token %j: page %i, upgrade %i', async (host, origin, token, page, upgrade) => {
    const headers = {
      host: host.replaceAll('PORT', String(port)),
      ...(origin === undefined ? {} : { origin: origin.replaceAll('PORT', String(port)) }),
      ...(token ? bearer : {}),
    };
    for (const path of ['/', '/install/', '/assets/app.js', LAB_PATH]) {
      expect(`${path} ${(await ask(path, headers)).status}`).toBe(`${path} ${page}`);
    }
    expect((await ask(SOCKET_PATH, { ...headers, ...handshake })).status).toBe(upgrade);
  });

  it('refuses doubled Host and Origin headers', async () => {
    const pair = (...more: string[]) => ['Host', here(), 'Authorization', bearer.authorization, ...more];
    expect((await ask('/', pair())).status).toBe(200);
    expect((await ask('/', pair('Host', 'evil.example'))).status).toBe(400);
    expect((await ask('/', ['Host', '', 'Authorization', bearer.authorization])).status).toBe(403);
    const own = `http://${here()}`;
    expect((await ask('/', pair('Origin', own, 'Origin', 'http://evil.example'))).status).toBe(403);
  });

  it('lets no other site load parts of it, but lets people follow a link', async () => {
    const from = { host: here(), ...bearer, 'sec-fetch-site': 'cross-site' };
    expect((await ask('/assets/app.js', { ...from, 'sec-fetch-mode': 'no-cors' })).status).toBe(403);
    expect((await ask('/', { ...from, 'sec-fetch-mode': 'navigate' })).status).toBe(200);
  });

  it('upgrades on the socket’s path alone', async () => {
    const headers = { host: here(), origin: `http://${here()}`, ...bearer, ...handshake };
    expect((await ask('/', headers)).status).toBe(404);
  });

  it('asks for an Origin where a request could change something', async () => {
    expect((await ask('/', { host: here(), ...bearer }, 'POST')).status).toBe(403);
    expect((await ask('/', { host: here(), ...bearer, origin: `http://${here()}` }, 'DELETE')).status).toBe(404);
  });
});

describe('signing in', () => {
  it('answers a stranger with a page in both languages, and the API with JSON', async () => {
    const page = await ask('/install/', { host: here() });
    expect(page).toMatchObject({ status: 401, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.body).toContain('npm start');
    expect(page.body).toContain('lang="pt-BR"');
    expect(JSON.parse((await ask(LAB_PATH, { host: here() })).body)).toEqual({ error: 'Sign in first.' });
  });

  it('turns the link into a cookie of this port, and goes on to a page of ours only', async () => {
    const link = await ask(`${SIGN_IN_PATH}?token=${TOKEN}&next=/install/`, { host: here() });
    expect(link.status).toBe(200);
    expect(link.body).toContain('url=/install/"');
    const cookie = String(link.headers['set-cookie']);
    expect(cookie).toMatch(new RegExp(`^malha-${port}=[^;]+; Path=/; HttpOnly; SameSite=Strict; Max-Age=\\d+$`));
    expect((await ask('/', { host: here(), cookie: `other=1; ${cookie.split(';')[0]}` })).status).toBe(200);
    expect((await ask('/', { host: here(), cookie: cookie.replace(String(port), '1') })).status).toBe(401);
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '\r\nX: y']) {
      expect(
        (await ask(`${SIGN_IN_PATH}?token=${TOKEN}&next=${encodeURIComponent(next)}`, { host: here() })).body,
      ).toContain('url=/"');
    }
  });

  it('answers wrong tokens with 401, then 429, and never locks the right one out', async () => {
    const statuses = new Set<number>();
    for (let index = 0; index < 40; index++) {
      statuses.add((await ask(`${SIGN_IN_PATH}?token=wrong${index}`, { host: here() })).status);
      statuses.add((await ask('/', { host: here(), authorization: 'Bearer wrong' })).status);
    }
    expect([...statuses].sort()).toEqual([401, 429]);
    expect((await ask(`${SIGN_IN_PATH}?token=${TOKEN}`, { host: here() })).status).toBe(200);
    expect((await ask('/', { host: here(), ...bearer })).status).toBe(200);
  });
});

describe('the site', () => {
  const signedIn = () => ({ host: here(), ...bearer });

  it('allows a page’s own scripts by hash, and no framing', async () => {
    const { headers } = await ask('/', signedIn());
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/]+=*';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.split('; ').find((part) => part.startsWith('script-src'))).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  it('answers a missing page with 404 in its language', async () => {
    expect(await ask('/nowhere/', signedIn())).toMatchObject({ status: 404, body: 'lost' });
    expect(await ask('/pt-BR/nowhere/', signedIn())).toMatchObject({ status: 404, body: 'perdido' });
  });

  it('sends a folder without its slash to the one with it', async () => {
    expect(await ask('/install', signedIn())).toMatchObject({ status: 308, headers: { location: '/install/' } });
  });

  it.each([
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%00',
    '/%zz',
    '//etc/passwd',
    '/..%5c..%5cetc',
    '/.git/config',
  ])('serves nothing outside the site: %s', async (path) => {
    const { status, body } = await ask(path, signedIn());
    expect([400, 404]).toContain(status);
    expect(body).not.toContain('root:');
  });

  it('sends files with a hashed name to be kept', async () => {
    const { headers, body } = await ask('/assets/app.js', signedIn());
    expect(body).toBe('js');
    expect(headers['cache-control']).toContain('immutable');
  });
});
