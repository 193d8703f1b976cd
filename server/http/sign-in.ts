/** The routes that let a browser in: a one-time link becomes a cookie; the owner's programs get new links. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SIGN_IN_LINKS_PATH, SIGN_IN_PATH } from '../protocol.ts';
import type { Access } from './access.ts';
import { refuseRequest } from './guard.ts';
import { LINK_LIFETIME, type SignInLinks } from './links.ts';
import { forbiddenPage, signedInPage, signInPage, spentPage } from './pages.ts';
import { isOwnUser } from './peer.ts';

interface Query {
  code?: unknown;
  next?: unknown;
  /** A browser comes back with it from the page about a spent link. */
  again?: unknown;
}

/** `urlOf` makes the address of a code. */
export function addSignIn(
  app: FastifyInstance,
  { access, links, urlOf }: { access: () => Access; links: SignInLinks; urlOf: (code: string) => string },
): void {
  app.get<{ Querystring: Query }>(SIGN_IN_PATH, { exposeHeadRoute: false }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { code, again } = request.query;
    const next = localPath(request.query.next);
    // A browser that is signed in does not use the link up: another one may.
    if (access().hasCookie(request.raw)) return html(reply, 200, signedInPage(next));
    if (typeof code !== 'string') return html(reply, 401, again === undefined ? signInPage() : spentPage());
    // What a browser fetches ahead may never be looked at, and would use the link up.
    if (isAhead(request)) return html(reply, 403, signInPage());
    switch (links.use(code, () => isOwnUser(request.socket))) {
      case 'good':
        reply.header('set-cookie', access().cookie());
        return html(reply, 200, signedInPage(next));
      case 'spent':
        // Perhaps by this browser a moment ago (a double click, a second tab), or its cookie was left out since the
        // link stands on another site's page: it looks again, from our own page.
        return html(reply, 401, spentPage(`${SIGN_IN_PATH}?again=1&next=${encodeURIComponent(next)}`));
      case 'foreign':
        return html(reply, 403, forbiddenPage());
      case 'unknown': {
        const verdict = access().refuseSecret();
        if (!verdict.allowed) refuseRequest(request.raw, reply.hijack().raw, verdict);
        return reply;
      }
    }
  });

  // Programs that preview links ask for their headers first.
  app.head(SIGN_IN_PATH, async (_, reply) => reply.header('cache-control', 'no-store').send());

  app.post<{ Querystring: { shown?: unknown } }>(SIGN_IN_LINKS_PATH, async (request, reply) => {
    const verdict = access().checkToken(request.raw);
    if (!verdict.allowed) {
      refuseRequest(request.raw, reply.hijack().raw, verdict);
      return reply;
    }
    const code = links.create(LINK_LIFETIME, request.query.shown !== undefined);
    return reply.header('cache-control', 'no-store').send({ url: urlOf(code) });
  });
}

const html = (reply: FastifyReply, status: number, page: string) =>
  reply.code(status).type('text/html; charset=utf-8').send(page);

const isAhead = ({ headers }: FastifyRequest) =>
  /prefetch|prerender|preview/i.test([headers['sec-purpose'], headers.purpose, headers['x-moz']].join(' '));

/** A path of this server; anything else (another host, `//host`) becomes the home page. */
function localPath(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : '/';
}
