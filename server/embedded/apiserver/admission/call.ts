/** One call of a webhook: an AdmissionReview over TLS that its caBundle vouches for, inside the cluster or outside. */
import { randomUUID } from 'node:crypto';
import https from 'node:https';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Network } from '../../network/network.ts';
import { asObject, type Json } from '../json.ts';
import type { Attributes } from '../request.ts';
import type { Webhook } from './rules.ts';

export interface Verdict {
  allowed: boolean;
  /** The JSON patch of a mutating webhook. */
  patch?: unknown[];
  warnings: string[];
  status: Json;
}

/** A webhook could not be asked, or did not answer as it must; `message` is what Kubernetes would say. */
export class CallError extends Error {}

const LARGEST_ANSWER = 16 * 1024 * 1024;

function reviewOf(attributes: Attributes): Json {
  const { resource, subresource, operation, name, namespace, object, oldObject, options } = attributes;
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const gvr = { group: resource.group, version: resource.version, resource: resource.resource };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: randomUUID(),
      kind,
      resource: gvr,
      ...(subresource ? { subResource: subresource } : {}),
      requestKind: kind,
      requestResource: gvr,
      ...(subresource ? { requestSubResource: subresource } : {}),
      ...(name ? { name } : {}),
      ...(namespace ? { namespace } : {}),
      operation,
      userInfo: options.user,
      object: object ?? null,
      oldObject: oldObject ?? null,
      dryRun: options.dryRun ?? false,
      options: null,
    },
  };
}

interface Target {
  url: URL;
  /** The name that the certificate must be for. */
  serverName: string;
  dial(): Promise<Duplex>;
}

function targetOf(webhook: Webhook, network: Network): Target {
  const { service, url } = webhook.clientConfig;
  if (service) {
    const { name, namespace, path = '', port = 443 } = service;
    const host = `${name}.${namespace}.svc`;
    return {
      url: new URL(`https://${host}:${port}${path.startsWith('/') || path === '' ? path : `/${path}`}`),
      serverName: host,
      dial: () => network.dial(host, port),
    };
  }
  const target = new URL(url ?? '');
  const port = Number(target.port || 443);
  return {
    url: target,
    serverName: target.hostname,
    dial: () =>
      new Promise((resolve, reject) => {
        const socket = connectTcp({ host: target.hostname, port }, () => resolve(socket)).once('error', reject);
      }),
  };
}

/** Node's URL leaves the scheme's usual port out; Kubernetes' message has it. */
const hostAndPort = (url: URL): string => `${url.hostname}:${url.port || 443}`;

/** Errors of the network in the words that Go's client has for them, which learners will search for. */
function goWords(error: NodeJS.ErrnoException, target: Target): string {
  const { address, port } = error as { address?: string; port?: number };
  const at = address ? `${address}:${port}` : hostAndPort(target.url);
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${at}: connect: connection refused`;
    case 'ENOTFOUND':
      return `service "${target.serverName.split('.')[0]}" not found`;
    case 'EHOSTUNREACH':
      return `no endpoints available for service "${target.serverName.split('.')[0]}"`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_SIGNATURE_FAILURE':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    default:
      return error.message;
  }
}

async function post(target: Target, body: string, ca: string | undefined, signal: AbortSignal): Promise<string> {
  const raw = await target.dial();
  const secure = connectTls({ socket: raw, servername: target.serverName, ...(ca ? { ca } : {}) });
  try {
    return await new Promise<string>((resolve, reject) => {
      secure.once('error', reject);
      const request = https.request(
        target.url,
        {
          method: 'POST',
          // Without an agent: Node then takes the connection from here.
          createConnection: () => secure,
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            'content-length': Buffer.byteLength(body),
          },
          signal,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            text += chunk;
            if (text.length > LARGEST_ANSWER) request.destroy(new Error('the answer is too large'));
          });
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode === 200) resolve(text);
            else
              reject(
                new CallError(
                  `an error on the server ("${text.trim().slice(0, 500)}") has prevented the request from succeeding`,
                ),
              );
          });
        },
      );
      request.once('error', reject);
      request.end(body);
    });
  } finally {
    secure.destroy();
    raw.destroy();
  }
}

function verdictOf(text: string, uid: unknown): Verdict {
  let review: Json;
  try {
    review = asObject(JSON.parse(text));
  } catch {
    throw new CallError('the server’s answer is not JSON');
  }
  const response = asObject(review.response);
  if (response.uid !== uid) throw new CallError(`expected response.uid="${uid}", got "${response.uid ?? ''}"`);
  const warnings = Array.isArray(response.warnings) ? response.warnings.map(String) : [];
  let patch: unknown[] | undefined;
  if (response.patch !== undefined && response.patch !== null) {
    if (response.patchType !== 'JSONPatch')
      throw new CallError(`webhook returned invalid response.patchType of "${response.patchType ?? ''}"`);
    patch = JSON.parse(Buffer.from(String(response.patch), 'base64').toString('utf8')) as unknown[];
  }
  return {
    allowed: response.allowed === true,
    warnings,
    status: asObject(response.status),
    ...(patch ? { patch } : {}),
  };
}

/** Rejects with a CallError: `failed calling webhook "…": failed to call webhook: Post "…": …`. */
export async function callWebhook(webhook: Webhook, attributes: Attributes, network: Network): Promise<Verdict> {
  const review = reviewOf(attributes);
  const target = targetOf(webhook, network);
  const timeout = `${webhook.timeoutSeconds}s`;
  target.url.searchParams.set('timeout', timeout);
  const ca = webhook.clientConfig.caBundle;
  const signal = AbortSignal.timeout(webhook.timeoutSeconds * 1000);
  const expired = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new CallError('context deadline exceeded')), { once: true });
  });
  try {
    const answer = post(
      target,
      JSON.stringify(review),
      ca ? Buffer.from(ca, 'base64').toString('utf8') : undefined,
      signal,
    );
    const text = await Promise.race([answer, expired]);
    return verdictOf(text, asObject(review.request).uid);
  } catch (error) {
    const why = error instanceof CallError ? error.message : goWords(error as NodeJS.ErrnoException, target);
    const { url } = target;
    const shown = webhook.clientConfig.service ? `https://${hostAndPort(url)}${url.pathname}${url.search}` : url.href;
    throw new CallError(`failed calling webhook "${webhook.name}": failed to call webhook: Post "${shown}": ${why}`);
  }
}
