/**
 * Who may talk to the server. Every request and every upgrade passes here: the Host list stops DNS rebinding, the
 * Origin list stops other pages in the learner's browser, the token stops everybody else.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface AccessOptions {
  token: string;
  /** The port that we listen on. */
  port: number;
  /** Names and addresses, besides the machine's own loopback, under which the owner opened the server. */
  extraHosts?: string[];
}

export type Verdict =
  | { allowed: true }
  /** 400 malformed, 401 no token, 403 foreign, 429 too many wrong tokens. */
  | { allowed: false; status: 400 | 401 | 403 | 429; reason: string };

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Wrong tokens in a minute before we answer 429. A right token is always taken: nobody can lock the learner out. */
const FAILURES = 20;
const WINDOW = 60_000;

const digest = (text: string) => createHash('sha256').update(text).digest();

export class Access {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  readonly cookieName: string;
  #digest: Buffer;
  #failures: number[] = [];

  constructor(options: AccessOptions) {
    const names = [...LOOPBACK, ...(options.extraHosts ?? [])];
    this.hosts = new Set(names.map((name) => `${name.toLowerCase()}:${options.port}`));
    this.origins = new Set([...this.hosts].map((host) => `http://${host}`));
    // Cookies do not heed ports: two servers on one machine must not overwrite each other's.
    this.cookieName = `malha-${options.port}`;
    this.#digest = digest(options.token);
  }

  /** Compares digests in constant time: neither the token's length nor its beginning shows. */
  isToken(candidate: string): boolean {
    return timingSafeEqual(digest(candidate), this.#digest);
  }

  /** `upgrade`: a WebSocket's handshake, which every browser sends with an Origin. */
  check(request: IncomingMessage, { upgrade = false } = {}): Verdict {
    return this.checkSource(request, { upgrade }) ?? this.checkToken(request);
  }

  /** Host and Origin; undefined where they are ours. */
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
    const site = request.headers['sec-fetch-site'];
    if (site === 'cross-site' && request.headers['sec-fetch-mode'] !== 'navigate')
      return refuse(403, 'Pages of other sites may not load parts of the lab.');
    return undefined;
  }

  /** The token from the cookie or from `Authorization: Bearer`. */
  checkToken(request: IncomingMessage): Verdict {
    const candidates = this.#candidates(request);
    if (candidates.some((candidate) => this.isToken(candidate))) return { allowed: true };
    if (candidates.length === 0) return refuse(401, 'Sign in first.');
    return this.refuseToken();
  }

  /** Counts a wrong token. */
  refuseToken(): Verdict {
    const now = Date.now();
    this.#failures = this.#failures.filter((at) => now - at < WINDOW);
    if (this.#failures.length >= FAILURES) return refuse(429, 'Too many wrong tokens. Wait a minute.');
    this.#failures.push(now);
    return refuse(401, 'This sign-in is not valid (any more).');
  }

  #candidates(request: IncomingMessage): string[] {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const cookies = (request.headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.cookieName}=`))
      .map((pair) => pair.slice(this.cookieName.length + 1));
    return (bearer ? [bearer, ...cookies] : cookies).slice(0, 4);
  }
}

const refuse = (status: 400 | 401 | 403 | 429, reason: string): Verdict => ({ allowed: false, status, reason });

/** All values of a header as they were sent: Node itself keeps only the first of a doubled Host. */
function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) values.push(request.rawHeaders[index + 1] ?? '');
  }
  return values;
}
