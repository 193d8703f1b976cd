/** Bookinfo's productpage: the page that puts details and reviews together, its API, and signing in as anyone. */
import { readBody } from '../../network/http.ts';
import { addressOf, ask, bookinfoImage, type Call, json } from './service.ts';

/** Milliseconds for one try, and how often reviews are tried: the sample's own, which one lesson is about. */
const TIMEOUT = 3000;
const REVIEW_TRIES = 2;
const USER_COOKIE = 'session-user';

interface Review {
  reviewer: string;
  text: string;
  rating?: { stars?: number; color?: string; error?: string };
}
interface Reviews {
  podname?: string;
  reviews: Review[];
}

const PRODUCTS = [
  {
    id: 0,
    title: 'The Comedy of Errors',
    descriptionHtml: 'Two pairs of twins, parted at birth, meet in one town and are taken for one another.',
  },
];

const userOf = (call: Call): string | undefined => {
  const value = new RegExp(`(?:^|; )${USER_COOKIE}=([^;]*)`).exec(call.request.headers.cookie ?? '')?.[1];
  return value ? decodeURIComponent(value) : undefined;
};

async function reviewsOf(call: Call, id: number): Promise<Reviews | undefined> {
  for (let attempt = 0; attempt < REVIEW_TRIES; attempt++) {
    const found = await ask(call, `${addressOf(call, 'reviews')}/reviews/${id}`, TIMEOUT);
    if (found) return found as Reviews;
  }
  return undefined;
}

const detailsOf = (call: Call, id: number) => ask(call, `${addressOf(call, 'details')}/details/${id}`, TIMEOUT);

async function api(call: Call): Promise<void> {
  const [, id, part] = /^\/api\/v1\/products(?:\/(\d+)(?:\/(reviews|ratings))?)?$/.exec(call.url.pathname) ?? [];
  const { response } = call;
  if (id === undefined) return json(response, 200, PRODUCTS);
  const unavailable = (what: string) => ({ error: `Sorry, product ${what} are currently unavailable for this book.` });
  const ratings = () => ask(call, `${addressOf(call, 'ratings')}/ratings/${id}`, TIMEOUT);
  const found =
    part === 'reviews'
      ? await reviewsOf(call, Number(id))
      : part === 'ratings'
        ? await ratings()
        : await detailsOf(call, Number(id));
  json(response, found ? 200 : 503, found ?? unavailable(part ?? 'details'));
}

const html = (text: unknown): string => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function reviewHtml({ reviewer, text, rating }: Review): string {
  const stars = rating?.stars ?? 0;
  const drawn = `<span style="color:${html(rating?.color ?? '')}">${'★'.repeat(stars)}${'☆'.repeat(5 - stars)}</span>`;
  const shown = !rating ? '' : rating.error ? `<p><i>${html(rating.error)}</i></p>` : `<p>${drawn}</p>`;
  return `<blockquote><p>${html(text)}</p><small>${html(reviewer)}</small>${shown}</blockquote>`;
}

async function page(call: Call): Promise<void> {
  const user = userOf(call);
  const [details, reviews] = await Promise.all([detailsOf(call, 0), reviewsOf(call, 0)]);
  const rows = Object.entries((details as Record<string, unknown> | undefined) ?? {}).filter(([name]) => name !== 'id');
  const facts = details
    ? `<dl>${rows.map(([name, value]) => `<dt>${html(name)}</dt><dd>${html(value)}</dd>`).join('')}</dl>`
    : '<p>Error fetching product details!</p>';
  const opinions = reviews
    ? `${reviews.reviews.map(reviewHtml).join('')}<p>Reviews served by: <b>${html(reviews.podname)}</b></p>`
    : '<p>Error fetching product reviews!</p>';
  const signed = user
    ? `<p>${html(user)} (<a href="logout">sign out</a>)</p>`
    : '<form method="post" action="login"><input name="username" aria-label="User name"><button>Sign in</button></form>';
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Simple Bookstore App</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark }</style>
</head>
<body>
<p>Bookinfo, simulated by the embedded cluster</p>
${signed}
<h1>${html(PRODUCTS[0]!.title)}</h1>
<p>${html(PRODUCTS[0]!.descriptionHtml)}</p>
<h2>Book Details</h2>
${facts}
<h2>Book Reviews</h2>
${opinions}
</body>
</html>
`;
  call.response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  call.response.end(body);
}

function goTo(call: Call, user: string | undefined): void {
  const cookie =
    user === undefined
      ? `${USER_COOKIE}=; Max-Age=0; Path=/`
      : `${USER_COOKIE}=${encodeURIComponent(user)}; Path=/; HttpOnly`;
  call.response.writeHead(302, { Location: '/productpage', 'Set-Cookie': cookie }).end();
}

export const productpage = bookinfoImage(['productpage-v1'], 'productpage', 'Bookinfo: the page', async (call) => {
  const user = userOf(call);
  if (user) call.passedOn['end-user'] = user;
  const { pathname } = call.url;
  if (pathname === '/productpage') return page(call);
  if (pathname.startsWith('/api/v1/products')) return api(call);
  if (pathname === '/login') {
    const form = new URLSearchParams(String(await readBody(call.request)));
    return goTo(call, form.get('username') ?? '');
  }
  if (pathname === '/logout') return goTo(call, undefined);
  if (pathname === '/' || pathname === '/index.html') {
    call.response.writeHead(302, { Location: '/productpage' }).end();
    return;
  }
  json(call.response, 404, { error: 'Not Found' });
});
