/**
 * Reads `application/vnd.kubernetes.protobuf` bodies, which kubectl and Helm send for built-in kinds, into the objects
 * that the same client would have sent as JSON. Driven by schema/kinds.json.
 */
import protobuf from 'protobufjs/minimal.js';
import type { KubeObject } from '../../client.ts';
import { StatusError } from '../../status.ts';
import { type Field, messageFields, typeOfKind } from './types.ts';

type Reader = protobuf.Reader;
type Plain = Record<string, unknown>;

const magic = Buffer.from('k8s\0', 'latin1');

const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

/** Calls `read` for each field of a message; it returns false for one that it does not know, which is skipped. */
const eachField = (reader: Reader, read: (number: number, wireType: number) => boolean): void => {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!read(tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
};

const sub = (reader: Reader): Reader => protobuf.Reader.create(reader.bytes());

/** Exact up to 2^53, as every number in JSON is. */
const int64 = (reader: Reader): number => Number(reader.int64().toString());

const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

/** The bytes or texts in field 1: how RawExtension, FieldsV1, Quantity and ExtraValue are wrapped. */
const firstField = <T>(reader: Reader, read: () => T): T[] => {
  const found: T[] = [];
  eachField(reader, (number) => {
    if (number !== 1) return false;
    found.push(read());
    return true;
  });
  return found;
};

const wrappedBytes = (reader: Reader): Uint8Array => firstField(reader, () => reader.bytes())[0] ?? new Uint8Array();

const utf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

const embedded = (bytes: Uint8Array): unknown => {
  if (!bytes.length) return null;
  return isProtobuf(bytes) ? decodeProtobuf(bytes) : JSON.parse(utf8(bytes));
};

/** A google.protobuf.Timestamp as RFC 3339, with `digits` of a second; null for Go's zero time. */
const timestamp = (reader: Reader, digits: 0 | 6): string | null => {
  let [seconds, nanos] = [0, 0];
  eachField(reader, (number) => {
    if (number === 1) seconds = int64(reader);
    else if (number === 2) nanos = reader.int32();
    else return false;
    return true;
  });
  if (!seconds && !nanos) return null;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return digits ? `${whole}.${String(Math.trunc(nanos / 1000)).padStart(digits, '0')}Z` : `${whole}Z`;
};

const intOrString = (reader: Reader): number | string => {
  let [type, number, text] = [0, 0, ''];
  eachField(reader, (field) => {
    if (field === 1) type = int64(reader);
    else if (field === 2) number = reader.int32();
    else if (field === 3) text = reader.string();
    else return false;
    return true;
  });
  return type === 1 ? text : number;
};

const strings = (reader: Reader): string[] => firstField(reader, () => reader.string());

/** One value of the field's type, list and map aside. */
const readValue = (reader: Reader, type: string): unknown => {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return int64(reader);
    case 'float64':
      return reader.double();
    case 'bytes':
      return base64(reader.bytes());
    case 'time':
      return timestamp(sub(reader), 0);
    case 'microtime':
      return timestamp(sub(reader), 6);
    case 'quantity':
      return utf8(wrappedBytes(sub(reader)));
    case 'intOrString':
      return intOrString(sub(reader));
    case 'raw':
    case 'fieldsV1':
      return embedded(wrappedBytes(sub(reader)));
    case 'stringList':
      return strings(sub(reader));
    default:
      return readMessage(sub(reader), type);
  }
};

const scalars = new Set(['bool', 'int32', 'int64']);

/** What a map's entry without a value means: Go writes both always, other encoders leave zero values out. */
const zeroOf = (type: string): unknown => (type === 'stringList' ? [] : type === 'time' ? null : '');

const readEntry = (reader: Reader, type: string): [string, unknown] => {
  let key = '';
  let value = zeroOf(type);
  eachField(reader, (number) => {
    if (number === 1) key = reader.string();
    else if (number === 2) value = readValue(reader, type);
    else return false;
    return true;
  });
  return [key, value];
};

const isZero = (value: unknown): boolean =>
  value === '' ||
  value === 0 ||
  value === false ||
  value === null ||
  (typeof value === 'object' && !Array.isArray(value) && Object.keys(value as object).length === 0);

/** Go writes every plain field, set or not: one that its JSON would leave out, or that says nothing, is left out. */
const omitted = (field: Field, value: unknown): boolean =>
  !field.p && isZero(value) && (field.o === true || value === null);

const readField = (reader: Reader, field: Field, wireType: number, into: Plain): void => {
  if (field.inline) {
    Object.assign(into, readMessage(sub(reader), field.t));
  } else if (field.m) {
    const [key, value] = readEntry(sub(reader), field.t);
    const map = (into[field.n] ?? {}) as Plain;
    // Not by assignment, so that a key named __proto__ stays a key.
    Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
    into[field.n] = map;
  } else if (field.l) {
    const list = (into[field.n] ?? []) as unknown[];
    into[field.n] = list;
    if (wireType === 2 && scalars.has(field.t)) {
      const packed = sub(reader);
      while (packed.pos < packed.len) list.push(readValue(packed, field.t));
    } else list.push(readValue(reader, field.t));
  } else {
    const value = readValue(reader, field.t);
    if (!omitted(field, value)) into[field.n] = value;
  }
};

function readMessage(reader: Reader, type: string): Plain {
  const fields = messageFields(type);
  if (!fields)
    throw new StatusError(
      415,
      'UnsupportedMediaType',
      `a field of type ${type} cannot be read from protobuf: send JSON`,
    );
  const byNumber = new Map(fields.map((field) => [field.i, field]));
  const message: Plain = {};
  eachField(reader, (number, wireType) => {
    const field = byNumber.get(number);
    if (!field) return false;
    readField(reader, field, wireType, message);
    return true;
  });
  return message;
}

interface Envelope {
  apiVersion: string;
  kind: string;
  raw: Uint8Array;
}

/** runtime.Unknown: typeMeta {apiVersion, kind} and the object's own bytes. */
const readEnvelope = (bytes: Uint8Array): Envelope => {
  const envelope: Envelope = { apiVersion: '', kind: '', raw: new Uint8Array() };
  const reader = protobuf.Reader.create(bytes.subarray(magic.length));
  eachField(reader, (number) => {
    if (number === 1) {
      const meta = sub(reader);
      eachField(meta, (field) => {
        if (field === 1) envelope.apiVersion = meta.string();
        else if (field === 2) envelope.kind = meta.string();
        else return false;
        return true;
      });
    } else if (number === 2) envelope.raw = reader.bytes();
    else return false;
    return true;
  });
  return envelope;
};

/** Kinds of meta/v1 that a client sends under the version of the group it talks to. */
const metaKinds: Record<string, string> = { DeleteOptions: 'meta.v1.DeleteOptions', Status: 'meta.v1.Status' };

export const isProtobuf = (bytes: Uint8Array): boolean =>
  bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);

/**
 * The object in a Kubernetes protobuf body. Throws a StatusError: 400 where the bytes are no such body or name a kind
 * that is not built in (custom resources have no protobuf form), 415 for a CustomResourceDefinition, whose schema is
 * read from JSON alone.
 */
export function decodeProtobuf(bytes: Uint8Array): KubeObject {
  if (!isProtobuf(bytes))
    throw badRequest('the provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  try {
    const { apiVersion, kind, raw } = readEnvelope(bytes);
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const type = metaKinds[kind] ?? typeOfKind(group!, version!, kind);
    if (!type) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}" in protobuf`);
    return { apiVersion, kind, ...readMessage(protobuf.Reader.create(raw), type) } as KubeObject;
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw badRequest(`unable to decode the protobuf body: ${(error as Error).message}`);
  }
}
