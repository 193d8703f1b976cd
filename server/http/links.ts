/** Sign-in links: each has a code that signs in one browser, once. Only digests are kept. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a link that was asked for is good, in milliseconds; a learner opens it at once. */
export const LINK_LIFETIME = 10 * 60_000;
/** So many links are remembered, those that were used among them; the oldest go first. */
const REMEMBERED = 64;

interface Link {
  digest: Buffer;
  /** Milliseconds since 1970. */
  expires: number;
  used: boolean;
}

export class SignInLinks {
  #links: Link[] = [];

  /** Returns a new code of 192 random bits. `lifetime` in milliseconds; Infinity: until it is used. */
  create(lifetime: number): string {
    const code = randomBytes(24).toString('base64url');
    this.#links.push({ digest: digest(code), expires: Date.now() + lifetime, used: false });
    this.#links.splice(0, this.#links.length - REMEMBERED);
    return code;
  }

  /** `spent`: it was good once. */
  use(code: string): 'good' | 'spent' | 'unknown' {
    const wanted = digest(code);
    const link = this.#links.find((known) => timingSafeEqual(known.digest, wanted));
    if (!link) return 'unknown';
    if (link.used || link.expires <= Date.now()) return 'spent';
    link.used = true;
    return 'good';
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest();
