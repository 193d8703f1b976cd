/** Bookinfo's details, ratings and reviews, in the versions that Istio's samples deploy. */
import { addressOf, ask, bookinfoImage, type Call, json } from './service.ts';

/** Milliseconds that reviews waits for ratings: longer than productpage waits for reviews, as in the sample. */
const RATINGS_TIMEOUT = 10_000;

const idOf = (call: Call, collection: string): number | undefined => {
  const id = new RegExp(`^/${collection}/(\\d+)$`).exec(call.url.pathname)?.[1];
  return id === undefined ? undefined : Number(id);
};

const badId = (call: Call): void => json(call.response, 400, { error: 'please provide numeric product ID' });

export const details = bookinfoImage(
  ['details-v1', 'details-v2'],
  'details',
  'Bookinfo: facts about a book',
  (call) => {
    const id = idOf(call, 'details');
    if (id === undefined) return badId(call);
    json(call.response, 200, {
      id,
      author: 'William Shakespeare',
      year: 1595,
      type: 'paperback',
      pages: 200,
      publisher: 'PublisherA',
      language: 'English',
      'ISBN-10': '1234567890',
      'ISBN-13': '123-1234567890',
    });
  },
);

export const ratings = bookinfoImage(['ratings-v1', 'ratings-v2'], 'ratings', 'Bookinfo: stars for a book', (call) => {
  const id = idOf(call, 'ratings');
  if (id === undefined) return badId(call);
  json(call.response, 200, { id, ratings: { Reviewer1: 5, Reviewer2: 4 } });
});

const TEXTS: Record<string, string> = {
  Reviewer1: 'A play that makes one laugh from the first act to the last.',
  Reviewer2: 'Great fun, though thin beside the other plays.',
};

/** v1 has no stars, v2 black ones, v3 red ones. */
const reviewsVersion = (version: string, color: string | undefined) =>
  bookinfoImage(
    [`reviews-${version}`],
    'reviews',
    `Bookinfo: reviews, ${color ? `${color} stars` : 'no stars'}`,
    async (call) => {
      const id = idOf(call, 'reviews');
      if (id === undefined) return badId(call);
      const answer = color
        ? await ask(call, `${addressOf(call, 'ratings')}/ratings/${id}`, RATINGS_TIMEOUT)
        : undefined;
      const stars = (answer as { ratings?: Record<string, number> } | undefined)?.ratings;
      const rating = (reviewer: string) => {
        if (!color) return {};
        const value = stars?.[reviewer];
        return {
          rating: value === undefined ? { error: 'Ratings service is currently unavailable' } : { stars: value, color },
        };
      };
      json(call.response, 200, {
        id: String(id),
        podname: call.context.env.HOSTNAME ?? call.context.pod.metadata.name,
        clustername: 'null',
        reviews: Object.entries(TEXTS).map(([reviewer, text]) => ({ reviewer, text, ...rating(reviewer) })),
      });
    },
  );

export const reviews = [reviewsVersion('v1', undefined), reviewsVersion('v2', 'black'), reviewsVersion('v3', 'red')];
