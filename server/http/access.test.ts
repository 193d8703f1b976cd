import { execFile } from 'node:child_process';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAB_PATH, SIGN_IN_LINKS_PATH, SIGN_IN_PATH, SOCKET_PATH } from '../protocol.ts';
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

  const newLink = () => new URL(place.door.signInLink('brief'));
  const pathOf = (link: URL, next = '') =>
    `${link.pathname}${link.search}${next && `&next=${encodeURIComponent(next)}`}`;

  it('turns the link into a cookie of this port, and goes on to a page of ours only', async () => {
    const link = await ask(pathOf(newLink(), '/install/'), { host: here() });
    expect(link.status).toBe(200);
    expect(link.body).toContain('url=/install/"');
    const cookie = String(link.headers['set-cookie']);
    expect(cookie).toMatch(new RegExp(`^malha-${port}=[^;]+; Path=/; HttpOnly; SameSite=Strict; Max-Age=\\d+$`));
    expect(cookie).not.toContain(TOKEN);
    const pair = cookie.split(';')[0]!;
    expect((await ask('/', { host: here(), cookie: `other=1; ${pair}` })).status).toBe(200);
    expect((await ask('/', { host: here(), cookie: `malha-${port}=junk; ${pair}` })).status).toBe(200);
    expect((await ask('/', { host: here(), cookie: pair.replace(String(port), '1') })).status).toBe(401);
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '\r\nX: y', 'javascript:1']) {
      expect((await ask(pathOf(newLink(), next), { host: here() })).body).toContain('url=/"');
    }
    expect((await ask(pathOf(newLink(), '/"><script>'), { host: here() })).body).not.toContain('<script');
  });

  it('takes neither the token nor anything but the cookie for a cookie', async () => {
    const link = await ask(pathOf(newLink()), { host: here() });
    const [name, value = ''] = String(link.headers['set-cookie']).split(';')[0]!.split('=');
    const [expires = '', seal = ''] = value.split('.');
    const wrong = [TOKEN, seal, `${Number(expires) + 1}.${seal}`, `${expires}.${'A'.repeat(43)}`, `${value}x`, ''];
    for (const cookie of wrong) {
      expect([401, 429]).toContain((await ask('/', { host: here(), cookie: `${name}=${cookie}` })).status);
    }
  });

  it('lets a link be used once, and sends the browser that used it on', async () => {
    const link = newLink();
    const first = await ask(pathOf(link), { host: here() });
    const cookie = String(first.headers['set-cookie']).split(';')[0];
    const other = await ask(pathOf(link, '/install/'), { host: here() });
    expect(other).toMatchObject({ status: 401 });
    expect(other.headers['set-cookie']).toBeUndefined();
    expect(other.body).toContain('lang="pt-BR"');
    expect(await ask(pathOf(link, '/install/'), { host: here(), cookie })).toMatchObject({
      status: 200,
      body: expect.stringContaining('url=/install/"'),
    });
    // A second tab opens it before the first one's cookie is kept: its page looks again.
    const again = /content="1;url=([^"]+)"/.exec(other.body)![1]!.replaceAll('&amp;', '&');
    expect((await ask(again, { host: here(), cookie })).body).toContain('url=/install/"');
    const stranger = await ask(again, { host: here() });
    expect(stranger).toMatchObject({ status: 401, body: expect.stringContaining('was used') });
    expect(stranger.body).not.toContain('http-equiv');
  });

  it('does not use a link up on what only looks at it', async () => {
    const link = newLink();
    expect((await ask(pathOf(link), { host: here() }, 'HEAD')).headers['set-cookie']).toBeUndefined();
    for (const ahead of [{ 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }]) {
      const answer = await ask(pathOf(link), { host: here(), ...ahead });
      expect({ status: answer.status, cookie: answer.headers['set-cookie'] }).toEqual({ status: 403 });
    }
    expect((await ask(pathOf(link), { host: here() })).headers['set-cookie']).toBeDefined();
  });

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'does not take a link that others can see from another user of the machine',
    async () => {
      const link = place.door.signInLink('shown');
      const get = `fetch(${JSON.stringify(link)}).then(({ status }) => process.stdout.write(String(status)))`;
      const statusFor = async (uid: number) =>
        (await promisify(execFile)(process.execPath, ['-e', get], { uid, cwd: '/' })).stdout;
      expect(await statusFor(65534)).toBe('403');
      // It was not used up, and is good for its owner.
      expect(await statusFor(0)).toBe('200');
      expect(await statusFor(0)).toBe('401');
    },
  );

  it('gives a new link for the token, and for nothing else', async () => {
    const own = { host: here(), origin: `http://${here()}` };
    const made = await ask(SIGN_IN_LINKS_PATH, { ...own, ...bearer }, 'POST');
    const { url } = JSON.parse(made.body) as { url: string };
    const cookie = String((await ask(pathOf(new URL(url)), { host: here() })).headers['set-cookie']).split(';')[0];
    expect((await ask('/', { host: here(), cookie })).status).toBe(200);
    expect((await ask(SIGN_IN_LINKS_PATH, { ...own, cookie }, 'POST')).status).toBe(401);
    expect((await ask(SIGN_IN_LINKS_PATH, { ...own, cookie, authorization: 'Bearer wrong' }, 'POST')).status).toBe(401);
    expect((await ask(SIGN_IN_LINKS_PATH, own, 'POST')).status).toBe(401);
    expect((await ask(SIGN_IN_LINKS_PATH, { host: here(), ...bearer }, 'POST')).status).toBe(403);
    expect((await ask(SIGN_IN_LINKS_PATH, { ...own, ...bearer })).status).toBe(404);
  });

  it('answers wrong secrets with 401, then 429, and never locks the right ones out', async () => {
    const statuses = new Set<number>();
    for (let index = 0; index < 40; index++) {
      statuses.add((await ask(`${SIGN_IN_PATH}?code=wrong${index}`, { host: here() })).status);
      statuses.add((await ask('/', { host: here(), authorization: 'Bearer wrong' })).status);
    }
    expect([...statuses].sort()).toEqual([401, 429]);
    expect((await ask(pathOf(newLink()), { host: here() })).status).toBe(200);
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
