/** Service account tokens: JSON Web Tokens (RFC 7519) that this API server signs and knows again. */
import { createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import type { KubeObject } from '../../client.ts';
import { asObject, isObject, type Json } from '../json.ts';
import type { Registry } from '../registry.ts';
import type { UserInfo } from '../request.ts';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** Seconds: the least and the default that TokenRequest allows. */
const SHORTEST = 600;
const DEFAULT = 3600;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const userName = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`;

export const serviceAccountUser = (namespace: string, name: string, uid?: string): UserInfo => ({
  username: userName(namespace, name),
  ...(uid ? { uid } : {}),
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

export interface IssuedToken {
  token: string;
  expirationTimestamp: string;
}

export interface TokenOptions {
  audiences?: string[];
  expirationSeconds?: number;
  /** The pod or secret that the token ends with. */
  boundObjectRef?: { kind?: string; name?: string; uid?: string };
}

export class ServiceAccountTokens {
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;

  /** `key`: PEM of a P-256 private key, so that tokens stay good over a restart. */
  constructor(key: string) {
    this.privateKey = createPrivateKey(key);
    this.publicKey = createPublicKey(this.privateKey);
  }

  /** `account` is the ServiceAccount as it is stored. */
  issue(account: KubeObject, options: TokenOptions = {}): IssuedToken {
    const { namespace = '', name, uid } = account.metadata;
    const now = Math.floor(Date.now() / 1000);
    const exp = now + Math.max(options.expirationSeconds ?? DEFAULT, SHORTEST);
    const bound = options.boundObjectRef;
    const claims = {
      aud: options.audiences?.length ? options.audiences : [ISSUER],
      exp,
      iat: now,
      nbf: now,
      iss: ISSUER,
      jti: randomUUID(),
      sub: userName(namespace, name),
      'kubernetes.io': {
        namespace,
        serviceaccount: { name, uid },
        ...(bound?.kind ? { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } } : {}),
      },
    };
    const signed = `${encode({ alg: 'ES256', typ: 'JWT', kid: 'malha' })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
    return {
      token: `${signed}.${signature.toString('base64url')}`,
      expirationTimestamp: `${new Date(exp * 1000).toISOString().slice(0, 19)}Z`,
    };
  }

  /** Whose token it is; undefined where it is not ours, has expired, or its account is gone. */
  verify(registry: Registry, token: string): { user: UserInfo; audiences: string[] } | undefined {
    const [header, payload, signature, ...more] = token.split('.');
    if (!header || !payload || !signature || more.length > 0) return undefined;
    const key = { key: this.publicKey, dsaEncoding: 'ieee-p1363' as const };
    if (!verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))) {
      return undefined;
    }
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Json;
    if (!isObject(claims) || (claims.exp as number) * 1000 < Date.now()) return undefined;
    const own = asObject(claims['kubernetes.io']);
    const account = asObject(own.serviceaccount);
    const stored = registry.store.get('/serviceaccounts', String(own.namespace), String(account.name));
    if (!stored || stored.metadata.uid !== account.uid) return undefined;
    return {
      user: serviceAccountUser(String(own.namespace), stored.metadata.name, stored.metadata.uid),
      audiences: claims.aud as string[],
    };
  }
}
