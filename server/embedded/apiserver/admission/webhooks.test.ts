/** Webhooks over a real TLS connection, on an in-memory pair of streams in place of the pod network. */
import http from 'node:http';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { beforeAll, expect, it } from 'vitest';
import type { KubeObject } from '../../client.ts';
import type { Network } from '../../network/network.ts';
import { type Credentials, makeCredentials } from '../certificates.ts';
import { type Attributes, CLUSTER_ADMIN } from '../request.ts';
import { Store } from '../store.ts';
import { builtinResources } from '../wire/builtin.ts';
import { WebhookAdmission } from './webhooks.ts';

const pods = builtinResources.find(({ group, resource }) => group === '' && resource === 'pods')!;

/** Two streams, each of which reads what is written to the other. */
function pair(): [Duplex, Duplex] {
  const make = (): Duplex & { other?: Duplex } =>
    new Duplex({
      read() {},
      write(this: Duplex & { other?: Duplex }, chunk, _encoding, done) {
        this.other?.push(chunk);
        done();
      },
      final(this: Duplex & { other?: Duplex }, done) {
        this.other?.push(null);
        done();
      },
    });
  const [a, b] = [make(), make()];
  a.other = b;
  b.other = a;
  return [a, b];
}

let credentials: Credentials;
beforeAll(async () => {
  credentials = await makeCredentials();
});

/** The certificate is for `kubernetes.default.svc`, so that is where the webhook lives in these tests. */
function networkWith(answer: (review: { request: Record<string, unknown> }) => object | string): Network {
  return {
    listen: () => () => {},
    resolve: () => [],
    async dial() {
      const [client, server] = pair();
      const { certificate: cert, privateKey: key } = credentials.serving;
      const secure = new TLSSocket(server as never, { isServer: true, cert, key });
      secure.on('error', () => {});
      http
        .createServer((request, response) => {
          let body = '';
          request.on('data', (chunk) => {
            body += chunk;
          });
          request.on('end', () => {
            const said = answer(JSON.parse(body));
            response.end(typeof said === 'string' ? said : JSON.stringify(said));
          });
        })
        .emit('connection', secure);
      return client;
    },
  };
}

const refusing = (code: string): Network => ({
  listen: () => () => {},
  resolve: () => [],
  dial: () => Promise.reject(Object.assign(new Error(code), { code })),
});

const put = (store: Store, webhook: Record<string, unknown> = {}, kind = 'Mutating') =>
  store.put(`admissionregistration.k8s.io/${kind.toLowerCase()}webhookconfigurations`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: 'test' },
    webhooks: [
      {
        name: 'test.malha.io',
        clientConfig: {
          service: { namespace: 'default', name: 'kubernetes', path: '/inject', port: 443 },
          caBundle: Buffer.from(credentials.ca.certificate).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: '*' }],
        namespaceSelector: { matchLabels: { inject: 'yes' } },
        objectSelector: {},
        failurePolicy: 'Fail',
        timeoutSeconds: 5,
        reinvocationPolicy: 'Never',
        sideEffects: 'None',
        ...webhook,
      },
    ],
  });

const namespace = (store: Store, labels: Record<string, string>) =>
  store.put('/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team', labels } });

const pod = (): Attributes & { object: KubeObject } => ({
  operation: 'CREATE',
  resource: pods,
  namespace: 'team',
  name: 'web',
  object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } }, spec: {} },
  options: { user: CLUSTER_ADMIN },
});

const allow = (uid: unknown, patch?: unknown[]) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: {
    uid,
    allowed: true,
    ...(patch ? { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') } : {}),
  },
});

it('applies the patch of a webhook whose namespace selector matches', async () => {
  const store = new Store();
  put(store);
  namespace(store, { inject: 'yes' });
  const seen: Record<string, unknown>[] = [];
  const network = networkWith(({ request }) => {
    seen.push(request);
    return allow(request.uid, [{ op: 'add', path: '/metadata/labels/injected', value: 'true' }]);
  });
  const request = pod();
  await new WebhookAdmission(store, network).mutate(request);
  expect(request.object.metadata.labels).toEqual({ app: 'web', injected: 'true' });
  expect(seen[0]).toMatchObject({
    operation: 'CREATE',
    namespace: 'team',
    name: 'web',
    resource: { resource: 'pods' },
  });
});

it('leaves alone what its selectors or rules leave out', async () => {
  const store = new Store();
  put(store);
  namespace(store, {});
  const admission = new WebhookAdmission(store, refusing('ECONNREFUSED'));
  await admission.mutate(pod());
  namespace(store, { inject: 'yes' });
  await admission.mutate({ ...pod(), operation: 'UPDATE' });
  await expect(admission.mutate(pod())).rejects.toThrow();
});

it('refuses what a webhook denies, with its reason', async () => {
  const store = new Store();
  put(store, {}, 'Validating');
  namespace(store, { inject: 'yes' });
  const network = networkWith(({ request }) => ({
    response: { uid: request.uid, allowed: false, status: { message: 'no web here', code: 403 } },
  }));
  await expect(new WebhookAdmission(store, network).validate(pod())).rejects.toMatchObject({
    code: 403,
    message: 'admission webhook "test.malha.io" denied the request: no web here',
  });
});

it.each([
  ['ECONNREFUSED', /dial tcp kubernetes\.default\.svc(:443)?: connect: connection refused$/],
  ['EHOSTUNREACH', /no endpoints available for service "kubernetes"$/],
  ['ENOTFOUND', /service "kubernetes" not found$/],
])('fails in Kubernetes’ words when the network says %s, or lets pass where it may', async (code, words) => {
  const store = new Store();
  put(store);
  namespace(store, { inject: 'yes' });
  const admission = new WebhookAdmission(store, refusing(code));
  const error = await admission.mutate(pod()).catch((reason: Error) => reason);
  expect((error as Error).message).toMatch(
    /^Internal error occurred: failed calling webhook "test\.malha\.io": failed to call webhook: Post "https:\/\/kubernetes\.default\.svc(:443)?\/inject\?timeout=5s": /,
  );
  expect((error as Error).message).toMatch(words);
  put(store, { failurePolicy: 'Ignore' });
  await admission.mutate(pod());
});

it('does not trust a certificate that the caBundle did not sign', async () => {
  const store = new Store();
  const other = await makeCredentials();
  const service = { namespace: 'default', name: 'kubernetes', port: 443 };
  put(store, { clientConfig: { service, caBundle: Buffer.from(other.ca.certificate).toString('base64') } });
  namespace(store, { inject: 'yes' });
  const network = networkWith(({ request }) => allow(request.uid));
  await expect(new WebhookAdmission(store, network).mutate(pod())).rejects.toThrow(
    /x509: certificate signed by unknown authority/,
  );
});

it('does not take an answer to another question', async () => {
  const store = new Store();
  put(store);
  namespace(store, { inject: 'yes' });
  await expect(
    new WebhookAdmission(
      store,
      networkWith(() => allow('other')),
    ).mutate(pod()),
  ).rejects.toThrow(/expected response\.uid/);
  await expect(
    new WebhookAdmission(
      store,
      networkWith(() => 'hello'),
    ).mutate(pod()),
  ).rejects.toThrow(/not JSON/);
});
