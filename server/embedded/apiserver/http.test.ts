/** The API server over HTTP itself: tokens, watches and their resumption, lists in pieces, both HTTP versions. */
import http2 from 'node:http2';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from './server.ts';

const CONFIGMAPS = { group: '', version: 'v1', resource: 'configmaps' };
const path = '/api/v1/namespaces/default/configmaps';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api.close());

interface Answer {
  status: number;
  // Tests look into answers of many shapes.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

const headers = () => ({ authorization: `Bearer ${api.credentials.token}` });
const target = (url: string, more: https.RequestOptions = {}): [string, https.RequestOptions] => [
  `${api.server}${url}`,
  { ca: api.credentials.ca.certificate, headers: headers(), ...more },
];

const ask = (url: string, more: https.RequestOptions = {}, body?: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = https.request(...target(url, more), (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        const json = response.headers['content-type']?.startsWith('application/json');
        resolve({ status: response.statusCode ?? 0, body: json ? JSON.parse(text) : text });
      });
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { name } },
  data,
});

/** Reads a watch line by line. */
async function watch(query: string) {
  const [url, options] = target(`${path}?watch=true&${query}`);
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    https.get(url, options, resolve).on('error', reject);
  });
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next();
      return done ? undefined : JSON.parse(value);
    },
    stop: () => response.destroy(),
  };
}

describe('a request', () => {
  it('needs a token, but for health', async () => {
    expect(await ask('/api', { headers: {} })).toMatchObject({
      status: 401,
      body: { kind: 'Status', reason: 'Unauthorized', code: 401 },
    });
    expect((await ask('/api', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect(await ask('/readyz', { headers: {} })).toEqual({ status: 200, body: 'ok' });
    expect((await ask('/version')).body.gitVersion).toMatch(/^v1\.35\./);
  });

  it('may come with a service account token while the account is there', async () => {
    const accounts = { group: '', version: 'v1', resource: 'serviceaccounts' };
    const place = { name: 'robot', namespace: 'default' };
    await api.client.create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: place });
    const authorization = `Bearer ${await api.issueToken('default', 'robot')}`;
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const who = await ask(
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { method: 'POST', headers: { authorization } },
      review,
    );
    expect(who.body.status.userInfo.username).toBe('system:serviceaccount:default:robot');
    await api.client.delete(accounts, place);
    expect((await ask('/api', { headers: { authorization } })).status).toBe(401);
  });

  it('is refused where the path, the method or the format is unknown', async () => {
    expect((await ask('/apis/nothing/v1/things')).status).toBe(404);
    expect((await ask(path, { method: 'PUT' }, configMap('x'))).status).toBe(405);
    const csv = { method: 'POST', headers: { ...headers(), 'content-type': 'text/csv' } };
    expect((await ask(path, csv, 'a')).body.reason).toBe('UnsupportedMediaType');
    const broken = await ask(path, { method: 'POST' }, { ...configMap('x'), kind: 'Secret' });
    expect(broken).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
  });

  it('works over HTTP/2 as well', async () => {
    const session = http2.connect(api.server, { ca: api.credentials.ca.certificate });
    const request = session.request({ ':path': '/api/v1/namespaces/default', ...headers() });
    let text = '';
    for await (const chunk of request) text += chunk;
    session.close();
    expect(JSON.parse(text)).toMatchObject({ kind: 'Namespace', status: { phase: 'Active' } });
  });
});

describe('a list', () => {
  it('comes in pieces of one state', async () => {
    for (const name of ['a', 'b', 'c']) await api.client.create(CONFIGMAPS, configMap(`page-${name}`));
    const first = await ask(`${path}?limit=2`);
    expect(first.body.items.map((o: { metadata: { name: string } }) => o.metadata.name)).toEqual(['page-a', 'page-b']);
    expect(first.body.metadata.remainingItemCount).toBe(1);
    await api.client.create(CONFIGMAPS, configMap('page-d'));
    const rest = await ask(`${path}?limit=2&continue=${first.body.metadata.continue}`);
    expect(rest.body.items.map((o: { metadata: { name: string } }) => o.metadata.name)).toEqual(['page-c']);
    expect(rest.body.metadata).toEqual({ resourceVersion: first.body.metadata.resourceVersion });
    expect((await ask(`${path}?limit=2&continue=unknown`)).body).toMatchObject({ code: 410, reason: 'Expired' });
  });

  it('comes as a table or as metadata', async () => {
    const as = (form: string) => ({
      headers: { ...headers(), accept: `application/json;as=${form};v=v1;g=meta.k8s.io,application/json` },
    });
    expect((await ask(path, as('Table'))).body).toMatchObject({
      kind: 'Table',
      columnDefinitions: [{ name: 'Name' }, {}, {}],
    });
    const { kind, items } = (await ask(path, as('PartialObjectMetadataList'))).body;
    expect(kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
  });
});

describe('a watch', () => {
  it('goes on from a version, and sees what comes to match and what no longer does', async () => {
    const { resourceVersion } = (await ask(path)).body.metadata;
    await api.client.create(CONFIGMAPS, configMap('seen'));
    const events = await watch(`resourceVersion=${resourceVersion}&labelSelector=name%3Dseen`);
    expect(await events.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'seen' } } });
    const place = { namespace: 'default', name: 'seen' };
    await api.client.patch(CONFIGMAPS, place, 'merge', { data: { a: '1' } });
    const changed = await events.next();
    expect(changed).toMatchObject({ type: 'MODIFIED', object: { data: { a: '1' } } });
    await api.client.patch(CONFIGMAPS, place, 'merge', { metadata: { labels: { name: 'hidden' } } });
    expect(await events.next()).toMatchObject({ type: 'DELETED' });
    events.stop();
    const resumed = await watch(`resourceVersion=${changed.object.metadata.resourceVersion}`);
    expect(await resumed.next()).toMatchObject({
      type: 'MODIFIED',
      object: { metadata: { labels: { name: 'hidden' } } },
    });
    await api.client.delete(CONFIGMAPS, place);
    expect(await resumed.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'seen' } } });
    resumed.stop();
  });

  it('begins with what there is, and says when that is over', async () => {
    await api.client.create(CONFIGMAPS, configMap('first'));
    const events = await watch(
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dfirst',
    );
    expect(await events.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'first' } } });
    expect(await events.next()).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    events.stop();
  });

  it('ends with 410 where its version is too old, and after its time', async () => {
    await api.client.create(CONFIGMAPS, configMap('busy'));
    const place = { namespace: 'default', name: 'busy' };
    for (let i = 0; i < 4001; i++) await api.client.patch(CONFIGMAPS, place, 'merge', { data: { i: String(i) } });
    const old = await watch('resourceVersion=1');
    expect(await old.next()).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    expect(await old.next()).toBeUndefined();
    const { resourceVersion } = (await ask(path)).body.metadata;
    const short = await watch(`resourceVersion=${resourceVersion}&timeoutSeconds=1`);
    expect(await short.next()).toBeUndefined();
  });
});

it('keeps the CA and the token where it has a folder for them', async () => {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const stateDir = await mkdtemp('/tmp/malha-state-');
  try {
    const first = await startApiServer({ stateDir });
    await first.close();
    const again = await startApiServer({ stateDir });
    expect(again.credentials.token).toBe(first.credentials.token);
    expect(again.credentials.ca).toEqual(first.credentials.ca);
    await again.close();
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});

it('says when its port is taken', async () => {
  const port = Number(new URL(api.server).port);
  await expect(startApiServer({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
