/** The cluster's certificate authority and the API server's own certificate, on P-256 keys of the Web Crypto API. */
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const SERVING_DAYS = 365;
/** Clocks differ: a certificate counts from a little before it was made. */
const SLACK_MS = 5 * 60_000;

/** By what clients may call the API server. */
const DNS_NAMES = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];
const ADDRESSES = ['127.0.0.1', '::1', '10.96.0.1'];

export interface Authority {
  /** PEM. */
  certificate: string;
  privateKey: string;
}

/** All that an API server needs to be trusted and to know its clients. PEM throughout. */
export interface Credentials {
  ca: Authority;
  serving: { certificate: string; privateKey: string };
  /** The bearer token of the cluster's administrator. */
  token: string;
  /** Signs service accounts' tokens. */
  tokenKey: string;
}

type Keys = webcrypto.CryptoKeyPair;

const newKeys = () => webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']) as Promise<Keys>;

const pemOf = async (key: webcrypto.CryptoKey) => {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END PRIVATE KEY-----\n`;
};

const keyOf = (pem: string) => {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, KEY, true, ['sign']);
};

const validity = (days: number) => ({
  notBefore: new Date(Date.now() - SLACK_MS),
  notAfter: new Date(Date.now() + days * DAY_MS),
});

const serialNumber = () => `00${randomBytes(15).toString('hex')}`;

async function newAuthority(): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=malha-embedded-ca',
    ...validity(CA_DAYS),
    signingAlgorithm: KEY,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: await pemOf(keys.privateKey) };
}

async function newServing(ca: Authority): Promise<Credentials['serving']> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(ca.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=kube-apiserver',
    issuer: issuer.subject,
    ...validity(SERVING_DAYS),
    publicKey: keys.publicKey,
    signingKey: await keyOf(ca.privateKey),
    signingAlgorithm: KEY,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...DNS_NAMES.map((value) => ({ type: 'dns' as const, value })),
        ...ADDRESSES.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: await pemOf(keys.privateKey) };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

type Kept = Omit<Credentials, 'serving'>;

/** The kept CA, token and key, or undefined where there are none, or not whole: then new ones are made. */
async function readKept(file: string): Promise<Kept | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8'));
    const { certificate, privateKey } = kept.ca;
    if (!isText(certificate) || !isText(privateKey) || !isText(kept.token) || !isText(kept.tokenKey)) return undefined;
    createPrivateKey(kept.tokenKey);
    if (new x509.X509Certificate(certificate).notAfter.getTime() < Date.now() + SERVING_DAYS * DAY_MS) return undefined;
    return kept;
  } catch {
    return undefined;
  }
}

/**
 * New credentials; with `stateDir`, the CA, the token and the key that it keeps (in a file for its owner alone), so
 * that a kubeconfig and what the cluster's objects say of its CA stay good over a restart.
 */
export async function makeCredentials(stateDir?: string): Promise<Credentials> {
  const file = stateDir === undefined ? undefined : path.join(stateDir, 'credentials.json');
  const kept = file === undefined ? undefined : await readKept(file);
  const ca = kept?.ca ?? (await newAuthority());
  const token = kept?.token ?? randomBytes(32).toString('base64url');
  const tokenKey = kept?.tokenKey ?? (await pemOf((await newKeys()).privateKey));
  if (file !== undefined && stateDir !== undefined && kept === undefined) {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await writeFile(file, JSON.stringify({ ca, token, tokenKey }), { mode: 0o600 });
  }
  return { ca, serving: await newServing(ca), token, tokenKey };
}
