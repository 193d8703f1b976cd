/**
 * istiod's certificate authority: self-signed, kept in the Secret `istio-ca-secret` so that it outlives istiod's pods,
 * and used for istiod's own serving certificate and the workloads' SPIFFE certificates.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Client, KubeObject } from '../../client.ts';
import { isAlreadyExists, isNotFound } from '../../status.ts';
import { RESOURCES } from '../../types.ts';

const SECRET = 'istio-ca-secret';
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 24 * 3600_000;
/** Lifetimes are Istio's defaults. */
const ROOT_LIFETIME = 3650 * DAY;
const WORKLOAD_LIFETIME = DAY;
const SERVING_LIFETIME = 365 * DAY;
/** Clocks may differ by this much. */
const BACKDATE = 2 * 60_000;

export interface Pair {
  /** PEM, leaf first. */
  chain: string;
  key: string;
}

export interface CertificateAuthority {
  /** PEM */
  rootCertificate: string;
  /** How it came about, for istiod's log. */
  origin: 'created' | 'found';
  serve(dnsNames: string[]): Promise<Pair>;
  /** Signs a request for `spiffe://<trustDomain>/ns/<namespace>/sa/<serviceAccount>`; PEM chain. Rejects a bad request. */
  sign(csr: string, identity: string): Promise<string>;
}

const serialNumber = (): string => Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex');

const validity = (lifetime: number): { notBefore: Date; notAfter: Date } => {
  const now = Date.now();
  return { notBefore: new Date(now - BACKDATE), notAfter: new Date(now + lifetime) };
};

const exportKey = async (key: CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');

const importKey = (pem: string): Promise<CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), CURVE, false, ['sign']) as Promise<CryptoKey>;

const generateKeys = (): Promise<CryptoKeyPair> =>
  webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;

const decode = (secret: KubeObject, key: string): string => {
  const value = (secret.data as Record<string, string> | undefined)?.[key];
  if (!value) throw new Error(`Secret ${SECRET} has no key "${key}": delete it, and istiod makes a new one`);
  return Buffer.from(value, 'base64').toString('utf8');
};

async function selfSigned(organisation: string): Promise<{ certificate: string; key: string }> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: `O=${organisation}`,
      ...validity(ROOT_LIFETIME),
      keys,
      signingAlgorithm: CURVE,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto as Crypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

async function loadOrCreate(client: Client, namespace: string, organisation: string) {
  const load = async () => {
    const secret = await client.get(RESOURCES.secrets, { namespace, name: SECRET });
    return { certificate: decode(secret, 'ca-cert.pem'), key: decode(secret, 'ca-key.pem') };
  };
  try {
    return { ...(await load()), origin: 'found' as const };
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const made = await selfSigned(organisation);
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  try {
    await client.create(RESOURCES.secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SECRET, namespace },
      type: 'istio.io/ca-root',
      data: {
        'ca-cert.pem': encode(made.certificate),
        'ca-key.pem': encode(made.key),
        'cert-chain.pem': '',
        'key.pem': '',
        'root-cert.pem': encode(made.certificate),
      },
    });
    return { ...made, origin: 'created' as const };
  } catch (error) {
    // Another istiod was faster: its CA is the mesh's.
    if (!isAlreadyExists(error)) throw error;
    return { ...(await load()), origin: 'found' as const };
  }
}

/** Rejects where the Secret holds something that is no CA of this form, or the API refuses. */
export async function openAuthority(
  client: Client,
  namespace: string,
  trustDomain: string,
): Promise<CertificateAuthority> {
  const { certificate, key, origin } = await loadOrCreate(client, namespace, trustDomain);
  const issuer = new x509.X509Certificate(certificate);
  const signingKey = await importKey(key);

  const issue = async (publicKey: x509.PublicKeyType, names: x509.JsonGeneralNames, lifetime: number) => {
    const leaf = await x509.X509CertificateGenerator.create(
      {
        serialNumber: serialNumber(),
        subject: '',
        issuer: issuer.subject,
        ...validity(lifetime),
        publicKey,
        signingKey,
        signingAlgorithm: CURVE,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
          // Critical, because the subject is empty (RFC 5280, 4.2.1.6).
          new x509.SubjectAlternativeNameExtension(names, true),
        ],
      },
      webcrypto as Crypto,
    );
    return `${leaf.toString('pem')}\n${certificate}`;
  };

  return {
    rootCertificate: certificate,
    origin,
    async serve(dnsNames) {
      const keys = await generateKeys();
      const names = dnsNames.map((value) => ({ type: 'dns' as const, value }));
      return {
        chain: await issue(keys.publicKey, names, SERVING_LIFETIME),
        key: await exportKey(keys.privateKey),
      };
    },
    async sign(csr, identity) {
      const request = new x509.Pkcs10CertificateRequest(csr);
      if (!(await request.verify(webcrypto as Crypto)))
        throw new Error('the certificate request is not signed by its key');
      return issue(request.publicKey, [{ type: 'url', value: identity }], WORKLOAD_LIFETIME);
    },
  };
}

/** A fresh key and the request for its certificate: what a proxy sends to istiod. PEM both. */
export async function createRequest(identity: string): Promise<{ key: string; csr: string }> {
  const keys = await generateKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: '',
      keys,
      signingAlgorithm: CURVE,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'url', value: identity }])],
    },
    webcrypto as Crypto,
  );
  return { key: await exportKey(keys.privateKey), csr: request.toString('pem') };
}
