import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { configMaps } from '../../../istioctl/manifests/configmaps.ts';
import { PROFILES } from '../../../istioctl/manifests/profiles.ts';
import type { Client, KubeObject } from '../../client.ts';
import { PodStream } from '../../network/stream.ts';
import { FixedClient, putPod } from '../../network/testing.ts';
import { RESOURCES } from '../../types.ts';
import { type Message, receive, send } from '../discovery.ts';
import { readInjectorSettings } from '../injection/config.ts';
import { createLogger } from '../log.ts';
import { createRequest, openAuthority } from './ca.ts';
import { injectHandler } from './inject-handler.ts';
import { createProxyRegistry } from './proxies.ts';

const log = createLogger(() => {});

/** A client that also creates. */
function creating(): { client: Client; fixed: FixedClient } {
  const fixed = new FixedClient();
  const client = Object.assign(Object.create(fixed) as Client, {
    create: async <T extends KubeObject>(resource: Parameters<Client['create']>[0], object: T): Promise<T> => {
      fixed.put(resource, object);
      return object;
    },
  });
  return { client, fixed };
}

describe('the certificate authority', () => {
  it('is made once, and found by the next istiod', async () => {
    const { client } = creating();
    const first = await openAuthority(client, 'istio-system', 'cluster.local');
    const second = await openAuthority(client, 'istio-system', 'cluster.local');
    expect([first.origin, second.origin]).toEqual(['created', 'found']);
    expect(second.rootCertificate).toBe(first.rootCertificate);
    const root = new X509Certificate(first.rootCertificate);
    expect(root.ca).toBe(true);
    expect(root.subject).toBe('O=cluster.local');
  });

  it('issues certificates that it vouches for', async () => {
    const { client } = creating();
    const authority = await openAuthority(client, 'istio-system', 'cluster.local');
    const root = new X509Certificate(authority.rootCertificate);
    const serving = new X509Certificate((await authority.serve(['istiod.istio-system.svc'])).chain);
    expect(serving.verify(root.publicKey)).toBe(true);
    expect(serving.checkHost('istiod.istio-system.svc', { subject: 'never' })).toBe('istiod.istio-system.svc');
    const identity = 'spiffe://cluster.local/ns/shop/sa/web';
    const leaf = new X509Certificate(await authority.sign((await createRequest(identity)).csr, identity));
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe(`URI:${identity}`);
    expect(Date.parse(leaf.validTo) - Date.now()).toBeLessThanOrEqual(24 * 3600_000);
  });

  it('says what to do about a secret that holds no CA', async () => {
    const { client, fixed } = creating();
    fixed.put(RESOURCES.secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'istio-ca-secret', namespace: 'istio-system' },
      data: {},
    });
    await expect(openAuthority(client, 'istio-system', 'cluster.local')).rejects.toThrow('has no key "ca-cert.pem"');
  });
});

describe('proxies', () => {
  async function register(change: object = {}): Promise<{ answer: Message; proxies: string[] }> {
    const { client, fixed } = creating();
    putPod(fixed, 'shop', 'web-1', '10.244.0.9');
    const authority = await openAuthority(client, 'istio-system', 'cluster.local');
    const registry = createProxyRegistry({ client, authority, trustDomain: 'cluster.local', istiod: 'istiod-1', log });
    const address = { ip: '10.244.0.9', port: 40000 };
    const { client: near, server: far } = PodStream.pair(address, { ip: '10.244.0.2', port: 15012 });
    registry.accept(far);
    const answered = new Promise<Message>((resolve) => receive(near, resolve));
    send(near, {
      type: 'register',
      node: 'sidecar~10.244.0.9~web-1.shop~shop.svc.cluster.local',
      mode: 'sidecar',
      pod: 'web-1',
      namespace: 'shop',
      serviceAccount: 'default',
      ip: '10.244.0.9',
      clusterId: 'Kubernetes',
      istioVersion: '1.31.0',
      csr: (await createRequest('spiffe://cluster.local/ns/shop/sa/default')).csr,
      ...change,
    });
    const answer = await answered;
    const proxies = registry.list().map(({ proxy }) => proxy);
    registry.close();
    return { answer, proxies };
  }

  it('get a certificate for the service account of their pod', async () => {
    const { answer, proxies } = await register();
    if (answer.type !== 'accepted') throw new Error(JSON.stringify(answer));
    expect(new X509Certificate(answer.certificateChain).subjectAltName).toBe(
      'URI:spiffe://cluster.local/ns/shop/sa/default',
    );
    expect(proxies).toEqual(['web-1.shop']);
  });

  it.each([
    ['another service account', { serviceAccount: 'admin' }, 'runs as default, not as admin'],
    ['another address', { ip: '10.244.0.1' }, 'has address 10.244.0.9, not 10.244.0.1'],
    ['a pod that is not there', { pod: 'nobody' }, 'not found'],
    ['no certificate request', { csr: 'nonsense' }, ''],
  ])('are refused when they claim %s', async (_what, change, reason) => {
    const { answer, proxies } = await register(change);
    expect(answer).toMatchObject({ type: 'refused', reason: expect.stringContaining(reason) });
    expect(proxies).toEqual([]);
  });
});

describe('/inject', () => {
  const [mesh, injector] = configMaps(PROFILES.demo!).map((map) => map.data as Record<string, string>);
  const settings = readInjectorSettings(injector, mesh, 'default');
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'x' }] },
  };

  async function post(body: string, contentType = 'application/json', current = () => settings) {
    const counts = { success: 0, skipped: 0, failed: 0 };
    const handler = injectHandler(current, log, counts);
    const request = Object.assign(Readable.from([body]), { headers: { 'content-type': contentType } });
    let code = 0;
    let answer = '';
    const response = {
      writeHead(status: number) {
        code = status;
        return response;
      },
      end(text: string) {
        answer = text;
      },
    };
    await handler(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    return { code, answer, counts };
  }

  const review = (object: object): string =>
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: 'u1', namespace: 'shop', object },
    });

  it('answers with a patch', async () => {
    const { code, answer, counts } = await post(review(pod));
    expect(code).toBe(200);
    const { response } = JSON.parse(answer);
    expect(response).toMatchObject({ uid: 'u1', allowed: true, patchType: 'JSONPatch' });
    expect(Buffer.from(response.patch, 'base64').toString()).toContain('istio-proxy');
    expect(counts.success).toBe(1);
  });

  it('allows a pod that needs none, without a patch', async () => {
    const spec = { ...pod.spec, hostNetwork: true };
    const { answer, counts } = await post(review({ ...pod, spec }));
    expect(JSON.parse(answer).response).toEqual({ uid: 'u1', allowed: true });
    expect(counts.skipped).toBe(1);
  });

  it('refuses where it cannot inject, and says why', async () => {
    const { answer } = await post(review(pod), 'application/json', () => {
      throw new Error('injection is not configured');
    });
    expect(JSON.parse(answer).response).toEqual({
      uid: 'u1',
      allowed: false,
      status: { message: 'injection is not configured' },
    });
  });

  it.each([
    ['no JSON', '{', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['no request', '{}', 'application/json', 400],
    ['another type', '{}', 'text/plain', 415],
  ])('answers %s with an HTTP error', async (_what, body, contentType, code) => {
    expect((await post(body, contentType)).code).toBe(code);
  });
});
