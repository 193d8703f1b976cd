/**
 * Who may talk to the server. Every request and every upgrade passes here: the Host list stops DNS rebinding, the
 * Origin list stops other pages in the learner's browser, the token and what is made of it stop everybody else.
 */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface AccessOptions {
  /** At least 128 random bits; see `lab/token.ts`. */
  token: string;
  /** The port that we listen on. */
  port: number;
  /** Names and addresses, besides the machine's own loopback, under which the owner opened the server. */
  extraHosts?: string[];
}

export type Verdict =
  | { allowed: true }
  /** 400 malformed, 401 not signed in, 403 foreign, 429 too many wrong secrets. */
  | { allowed: false; status: 400 | 401 | 403 | 429; reason: string };

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Wrong secrets in a minute before we answer 429. A right one is always taken: nobody can lock the learner out. */
const FAILURES = 20;
const WINDOW = 60_000;
/** Other servers on this machine can set cookies of our name: so many are looked at. */
const CANDIDATES = 16;
/** How long a browser stays signed in, in seconds. */
export const COOKIE_AGE = 30 * 24 * 60 * 60;

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Compares digests in constant time: neither the secret's length nor its beginning shows. */
export const isSame = (candidate: string, secret: Buffer): boolean => timingSafeEqual(digest(candidate), secret);

export class Access {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  readonly cookieName: string;
  #token: string;
  #digest: Buffer;
  #port: number;
  #failures: number[] = [];

  constructor(options: AccessOptions) {
    const names = [...LOOPBACK, ...(options.extraHosts ?? [])];
    this.hosts = new Set(names.map((name) => `${name.toLowerCase()}:${options.port}`));
    this.origins = new Set([...this.hosts].map((host) => `http://${host}`));
    // Cookies do not heed ports: two servers on one machine must not overwrite each other's.
    this.cookieName = `malha-${options.port}`;
    this.#token = options.token;
    this.#digest = digest(options.token);
    this.#port = options.port;
  }

  /** `upgrade`: a WebSocket's handshake, which every browser sends with an Origin. */
  check(request: IncomingMessage, { upgrade = false } = {}): Verdict {
    return this.checkSource(request, { upgrade }) ?? this.checkSecret(request);
  }

  /** Host, Origin and what the browser says of where the request comes from; undefined where they are ours. */
  checkSource(request: IncomingMessage, { upgrade = false } = {}): Verdict | undefined {
    const hosts = headerValues(request, 'host');
    if (hosts.length !== 1) return refuse(400, 'Exactly one Host header is needed.');
    if (!this.hosts.has(hosts[0]!.toLowerCase())) return refuse(403, 'This Host is not served here.');
    const origins = headerValues(request, 'origin');
    if (origins.length > 1) return refuse(403, 'More than one Origin header.');
    const origin = origins[0];
    const mustHaveOrigin = upgrade || !['GET', 'HEAD'].includes(request.method ?? '');
    if (origin === undefined && mustHaveOrigin) return refuse(403, 'An Origin header is needed.');
    if (origin !== undefined && !this.origins.has(origin)) return refuse(403, 'This Origin may not talk to the lab.');
    return checkFetch(request);
  }

  /** The cookie, or the token as `Authorization: Bearer`. */
  checkSecret(request: IncomingMessage): Verdict {
    if (this.hasCookie(request) || this.#hasToken(request)) return { allowed: true };
    const isEmpty = bearerOf(request) === undefined && this.#cookies(request).length === 0;
    return isEmpty ? refuse(401, 'Sign in first.') : this.refuseSecret();
  }

  /** The token alone, which a browser never has: for what only a program of the owner's may do. */
  checkToken(request: IncomingMessage): Verdict {
    if (this.#hasToken(request)) return { allowed: true };
    return bearerOf(request) === undefined ? refuse(401, 'The token is needed.') : this.refuseSecret();
  }

  hasCookie(request: IncomingMessage): boolean {
    return this.#cookies(request).some((cookie) => this.#isCookie(cookie));
  }

  /**
   * What a browser that signs in gets: good for 30 days, at this port alone. Made of the token, so that it outlives the
   * server; not the token, which nobody can learn from it.
   */
  cookie(now = Date.now()): string {
    const expires = Math.floor(now / 1000) + COOKIE_AGE;
    const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_AGE}`;
    return `${this.cookieName}=${expires}.${this.#seal(expires)}; ${flags}`;
  }

  /** Counts a wrong secret. */
  refuseSecret(): Verdict {
    const now = Date.now();
    this.#failures = this.#failures.filter((at) => now - at < WINDOW);
    if (this.#failures.length >= FAILURES) return refuse(429, 'Too many wrong tokens. Wait a minute.');
    this.#failures.push(now);
    return refuse(401, 'This sign-in is not valid (any more).');
  }

  #seal(expires: number): string {
    return createHmac('sha256', this.#token).update(`cookie ${this.#port} ${expires}`).digest('base64url');
  }

  #isCookie(cookie: string): boolean {
    const [, expires, seal] = /^(\d{1,12})\.([\w-]{43})$/.exec(cookie) ?? [];
    if (expires === undefined || seal === undefined) return false;
    return isSame(seal, digest(this.#seal(Number(expires)))) && Number(expires) * 1000 > Date.now();
  }

  #hasToken(request: IncomingMessage): boolean {
    const bearer = bearerOf(request);
    return bearer !== undefined && isSame(bearer, this.#digest);
  }

  #cookies(request: IncomingMessage): string[] {
    return (request.headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.cookieName}=`))
      .map((pair) => pair.slice(this.cookieName.length + 1))
      .slice(0, CANDIDATES);
  }
}

const refuse = (status: 400 | 401 | 403 | 429, reason: string): Verdict => ({ allowed: false, status, reason });

/**
 * Fetch metadata, where the browser sends it: people may follow a link to the lab from anywhere; scripts, pictures and
 * frames may come from its own pages alone. Another port of this machine is `same-site`, and as foreign.
 */
function checkFetch({ headers }: IncomingMessage): Verdict | undefined {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
  const isLink = headers['sec-fetch-mode'] === 'navigate' && (headers['sec-fetch-dest'] ?? 'document') === 'document';
  return isLink ? undefined : refuse(403, 'Pages of other sites may not load parts of the lab.');
}

const bearerOf = (request: IncomingMessage): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** All values of a header as they were sent: Node itself keeps only the first of a doubled Host. */
function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) values.push(request.rawHeaders[index + 1] ?? '');
  }
  return values;
}
