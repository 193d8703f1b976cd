/**
 * Makes X.509 certificates (RFC 5280) with ECDSA P-256 keys: an authority, and the certificates that it signs. Written
 * out here because loading a library for it takes longer than all else that a cluster does to start.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

export interface KeyPair {
  /** PEM. */
  certificate: string;
  /** PEM, PKCS #8. */
  key: string;
}

export interface Request {
  commonName: string;
  organizations?: string[];
  /** Subject alternative names: DNS names, IP addresses, and URIs (with `://`). */
  names: string[];
  usage: ('server' | 'client')[];
  /** Seconds; ten years where it is left out. */
  validFor?: number;
  /** A public key of the caller's own, PEM; otherwise a pair is made. */
  publicKey?: string;
}

const TEN_YEARS = 10 * 365 * 24 * 3600;
/** A clock that is a little behind must not refuse what was just made. */
const BACKDATED = 5 * 60;

const tag = (number: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([number, body.length]), body]);
  const bytes: number[] = [];
  for (let rest = body.length; rest > 0; rest >>>= 8) bytes.unshift(rest & 255);
  return Buffer.concat([Buffer.from([number, 128 | bytes.length, ...bytes]), body]);
};
const sequence = (...parts: Buffer[]) => tag(0x30, ...parts);
const set = (...parts: Buffer[]) => tag(0x31, ...parts);
const octets = (...parts: Buffer[]) => tag(0x04, ...parts);
const utf8 = (text: string) => tag(0x0c, Buffer.from(text));
const bits = (body: Buffer, unused = 0) => tag(0x03, Buffer.from([unused]), body);
const yes = tag(0x01, Buffer.from([255]));

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 127];
    for (let high = part >>> 7; high > 0; high >>>= 7) groups.unshift((high & 127) | 128);
    bytes.push(...groups);
  }
  return tag(0x06, Buffer.from(bytes));
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const USAGE = { server: oid('1.3.6.1.5.5.7.3.1'), client: oid('1.3.6.1.5.5.7.3.2') };

/** UTCTime until 2049, GeneralizedTime after that. */
function time(milliseconds: number): Buffer {
  const digits = `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return digits < '2050' ? tag(0x17, Buffer.from(digits.slice(2))) : tag(0x18, Buffer.from(digits));
}

function distinguishedName(commonName: string, organizations: string[] = []): Buffer {
  const attribute = (id: string, value: string) => set(sequence(oid(id), utf8(value)));
  return sequence(
    ...organizations.map((o) => attribute('2.5.4.10', o)),
    ...(commonName ? [attribute('2.5.4.3', commonName)] : []),
  );
}

function ipBytes(ip: string): Buffer {
  if (isIPv4(ip)) return Buffer.from(ip.split('.').map(Number));
  const [left = '', right] = ip.split('::');
  const groups = (text: string) => text.split(':').filter(Boolean);
  const head = groups(left);
  const tail = groups(right ?? '');
  const all = right === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(all.flatMap((g) => [Number.parseInt(g, 16) >> 8, Number.parseInt(g, 16) & 255]));
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name) || isIPv6(name)) return tag(0x87, ipBytes(name));
  return tag(name.includes('://') ? 0x86 : 0x82, Buffer.from(name));
}

const extension = (id: string, critical: boolean, value: Buffer) =>
  sequence(oid(id), ...(critical ? [yes] : []), octets(value));

const pem = (body: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${body.toString('base64').replace(/(.{64})(?!$)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;

interface Parts {
  issuer: Buffer;
  subject: Buffer;
  publicKey: KeyObject;
  signer: KeyObject;
  validFor: number;
  extensions: Buffer[];
}

function certificate({ issuer, subject, publicKey, signer, validFor, extensions }: Parts): string {
  const serial = randomBytes(16);
  // Positive and without a leading zero byte, as DER wants integers.
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const start = Date.now() - BACKDATED * 1000;
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, serial),
    ECDSA_SHA256,
    issuer,
    sequence(time(start), time(Date.now() + validFor * 1000)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, sequence(...extensions)),
  );
  return pem(sequence(body, ECDSA_SHA256, bits(sign('sha256', body, signer))));
}

const newPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;

/** A certificate authority, signed by itself. */
export function createAuthority(commonName: string, organizations: string[] = []): KeyPair {
  const { publicKey, privateKey } = newPair();
  const name = distinguishedName(commonName, organizations);
  return {
    key: pkcs8(privateKey),
    certificate: certificate({
      issuer: name,
      subject: name,
      publicKey,
      signer: privateKey,
      validFor: TEN_YEARS,
      extensions: [
        extension('2.5.29.19', true, sequence(yes)),
        // digitalSignature, keyCertSign and cRLSign.
        extension('2.5.29.15', true, bits(Buffer.from([0b10000110]), 1)),
      ],
    }),
  };
}

/** The subject of a certificate in PEM, in DER, for the issuer field of what it signs. */
function subjectOf(certificatePem: string): Buffer {
  const der = Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const content = (at: number): { start: number; end: number } => {
    const short = der[at + 1]!;
    if (short < 128) return { start: at + 2, end: at + 2 + short };
    const count = short & 127;
    const length = der.readUIntBE(at + 2, count);
    return { start: at + 2 + count, end: at + 2 + count + length };
  };
  let at = content(content(0).start).start;
  // version, serial number, signature algorithm, issuer and validity come before it.
  for (let skip = 0; skip < 5; skip++) at = content(at).end;
  return der.subarray(at, content(at).end);
}

/** A certificate signed by `authority`; `key` is empty where the caller brought a public key. */
export function issueCertificate(authority: KeyPair, request: Request): KeyPair {
  const { commonName, organizations, names, usage, validFor = TEN_YEARS } = request;
  const pair = request.publicKey ? undefined : newPair();
  const subject = distinguishedName(commonName, organizations);
  return {
    key: pair ? pkcs8(pair.privateKey) : '',
    certificate: certificate({
      issuer: subjectOf(authority.certificate),
      subject,
      publicKey: pair?.publicKey ?? createPublicKey(request.publicKey!),
      signer: createPrivateKey(authority.key),
      validFor,
      extensions: [
        extension('2.5.29.15', true, bits(Buffer.from([0b10100000]), 5)),
        extension('2.5.29.37', false, sequence(...usage.map((u) => USAGE[u]))),
        extension('2.5.29.19', true, sequence()),
        extension('2.5.29.17', commonName === '', sequence(...names.map(alternativeName))),
      ],
    }),
  };
}
