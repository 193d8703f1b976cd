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
  /** Good only for programs of our own user. */
  isShown: boolean;
}

export class SignInLinks {
  #links: Link[] = [];

  /**
   * Returns a new code of 192 random bits. `lifetime` in milliseconds; Infinity: until it is used. `isShown`: other
   * users of the machine may see it, so that it is good for our own user alone.
   */
  create(lifetime: number, isShown = false): string {
    const code = randomBytes(24).toString('base64url');
    this.#links.push({ digest: digest(code), expires: Date.now() + lifetime, used: false, isShown });
    this.#links.splice(0, this.#links.length - REMEMBERED);
    return code;
  }

  /** `spent`: it was good once; `foreign`: it is, but not for this peer. `isOwn` tells whether the peer is our user's. */
  use(code: string, isOwn: () => boolean = () => true): 'good' | 'spent' | 'foreign' | 'unknown' {
    const wanted = digest(code);
    const link = this.#links.find((known) => timingSafeEqual(known.digest, wanted));
    if (!link) return 'unknown';
    if (link.used || link.expires <= Date.now()) return 'spent';
    if (link.isShown && !isOwn()) return 'foreign';
    link.used = true;
    return 'good';
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest();
