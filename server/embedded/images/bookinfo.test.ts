import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFabric, type Fabric } from '../network/fabric.ts';
import { readBody, request, serveHttp } from '../network/http.ts';
import { FixedClient, putService } from '../network/testing.ts';
import { productpage } from './bookinfo/productpage.ts';
import { details, ratings, reviews } from './bookinfo/services.ts';
import { fortio } from './fortio.ts';
import type { Image } from './image.ts';
import { nginx } from './nginx.ts';
import { runImage } from './testing.ts';

let client: FixedClient;
let fabric: Fabric;
let last = 10;

beforeEach(async () => {
  client = new FixedClient();
  fabric = createFabric({ client });
  await fabric.ready();
});
afterEach(() => fabric.stop());

function service(name: string, image: Image) {
  const running = runImage(client, fabric, image, { name: `${name}-0` });
  const ports = [{ name: 'http', port: 9080, targetPort: 9080 }];
  putService(client, 'bank', name, { clusterIP: `10.96.0.${++last}`, ports }, [running.context.podIP], 9080);
  return running;
}
async function get(url: string, headers: Record<string, string> = {}) {
  const response = await request(fabric, url, { headers }, { namespace: 'bank' });
  return { code: response.statusCode, headers: response.headers, text: String(await readBody(response)) };
}

test('Bookinfo’s page puts the services’ answers together', async () => {
  service('productpage', productpage);
  service('details', details);
  service('ratings', ratings);
  const third = service('reviews', reviews[2]!);
  const { code, text } = await get('http://productpage:9080/productpage');
  expect(code).toBe(200);
  expect(text).toContain('<title>Simple Bookstore App</title>');
  expect(text).toContain('color:red');
  expect(text).toContain('Reviews served by: <b>reviews-0</b>');
  expect(JSON.parse((await get('http://productpage:9080/api/v1/products/0/reviews')).text)).toMatchObject({
    id: '0',
    podname: 'reviews-0',
    reviews: [{ reviewer: 'Reviewer1', rating: { stars: 5, color: 'red' } }, { reviewer: 'Reviewer2' }],
  });
  expect((await get('http://reviews:9080/health')).text).toBe('{"status":"Reviews is healthy"}');
  await third.stop();
  expect((await get('http://productpage:9080/productpage')).text).toContain('Error fetching product reviews!');
});

test('a signed-in user is passed on as end-user', async () => {
  service('productpage', productpage);
  let seen: unknown;
  serveHttp(fabric, '10.244.0.90', 9080, (incoming, response) => {
    seen = incoming.headers['end-user'];
    response.end('{"reviews":[]}');
  });
  const ports = [{ name: 'http', port: 9080 }];
  putService(client, 'bank', 'reviews', { clusterIP: '10.96.0.99', ports }, ['10.244.0.90'], 9080);
  const signIn = await request(
    fabric,
    'http://productpage:9080/login',
    { method: 'POST', body: 'username=jason' },
    { namespace: 'bank' },
  );
  const cookie = String(signIn.headers['set-cookie']).split(';')[0]!;
  await get('http://productpage:9080/productpage', { cookie });
  expect(seen).toBe('jason');
});

test('fortio echoes; its load generator says that it is not there', async () => {
  const { context } = runImage(client, fabric, fortio);
  const url = `http://${context.podIP}:8080`;
  expect(await get(`${url}/?status=503&size=3`)).toMatchObject({ code: 503, text: 'FFF' });
  expect((await get(`${url}/fortio/`)).code).toBe(501);
  const load = runImage(client, fabric, fortio, { args: ['load', 'http://web'] });
  expect(await load.program.exited).toBe(1);
  expect(load.log[0]).toContain('fortio load http://web');
});

test('nginx welcomes, and serves what a volume puts into its root', async () => {
  const files = { '/usr/share/nginx/html/a.txt': 'from a volume' };
  const { context } = runImage(client, fabric, nginx, { files });
  expect((await get(`http://${context.podIP}/`)).text).toContain('Welcome to nginx!');
  expect(await get(`http://${context.podIP}/a.txt`)).toMatchObject({ code: 200, text: 'from a volume' });
  expect((await get(`http://${context.podIP}/b`)).code).toBe(404);
});
