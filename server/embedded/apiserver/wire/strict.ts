/**
 * Finds what a request body should not hold: fields that its kind does not have, and values of the wrong JSON type, in
 * the words of a Kubernetes API server.
 */
import type { KubeObject } from '../../client.ts';
import type { ResourceInfo } from '../resource.ts';
import { objectMeta } from './schemas.ts';
import { type Field, jsonFields } from './types.ts';

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const join = (path: string, name: string) => (path ? `${path}.${name}` : name);

const typeMeta = new Set(['apiVersion', 'kind']);

/** The fields of `value`, an object of a built-in type, that the type does not have, and those of all below it. */
function* unknownInType(value: unknown, type: string, path: string): Generator<string> {
  const fields = jsonFields(type);
  if (!fields || !isPlain(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!path && typeMeta.has(name)) continue;
    const field = fields.get(name);
    const place = join(path, name);
    if (!field) yield place;
    else if (field.l && Array.isArray(inner))
      for (const [index, item] of inner.entries()) yield* unknownInType(item, field.t, `${place}[${index}]`);
    else if (!field.m) yield* unknownInType(inner, field.t, place);
  }
}

interface Schema extends Plain {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
}

/** The same by a structural schema: what Kubernetes would prune (apiextensions, "Field pruning"). */
function* unknownInSchema(value: unknown, schema: Schema, path: string): Generator<string> {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [index, item] of value.entries()) yield* unknownInSchema(item, items, `${path}[${index}]`);
    return;
  }
  if (!isPlain(value)) return;
  const embedded = !path || schema['x-kubernetes-embedded-resource'] === true;
  for (const [name, inner] of Object.entries(value)) {
    const place = join(path, name);
    const known = schema.properties?.[name];
    if (embedded && typeMeta.has(name)) continue;
    if (embedded && name === 'metadata') yield* unknownInType(inner, objectMeta, place);
    else if (known) yield* unknownInSchema(inner, known, place);
    else if (isPlain(schema.additionalProperties)) yield* unknownInSchema(inner, schema.additionalProperties, place);
    else if (!schema.additionalProperties && schema['x-kubernetes-preserve-unknown-fields'] !== true) yield place;
  }
}

/**
 * `unknown field "spec.containers[0].imag"` for each field that the resource does not have, in the order of the body.
 * A custom resource without a schema may hold anything.
 */
export const unknownFields = (resource: ResourceInfo, object: KubeObject): string[] => {
  const schema: Schema = (resource.schema as Schema | undefined) ?? { 'x-kubernetes-preserve-unknown-fields': true };
  const found = resource.type ? unknownInType(object, resource.type, '') : unknownInSchema(object, schema, '');
  return [...found].map((path) => `unknown field "${path}"`);
};

const quantity = /^[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const notAQuantity = `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Where Go's decoder stops: at the first foreign character, or where an incomplete group of four begins. */
const badByte = (text: string): number => {
  const foreign = text.search(/[^A-Za-z0-9+/=\r\n]/);
  return foreign >= 0 ? foreign : text.length - (text.length % 4);
};

/** A JSON value's type in Go's messages; a number that is no integer is named with its value. */
const jsonType = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return typeof value;
};

const goScalar: Record<string, string> = { bytes: '[]uint8', stringList: 'v1.ExtraValue', float64: 'float64' };

/** `core.v1.Container` → `v1.Container`. */
const goType = (field: Field): string => {
  const item = goScalar[field.t] ?? field.t.split('.').slice(-2).join('.');
  if (field.m) return `map[string]${item}`;
  return field.l ? `[]${item}` : item;
};

const unmarshal = (value: unknown, struct: string, path: string, type: string) =>
  `json: cannot unmarshal ${jsonType(value)} into Go struct field ${struct}.${path} of type ${type}`;

const integerRange: Record<string, [number, number]> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
};

const matchesScalar = (value: unknown, type: string): boolean => {
  const range = integerRange[type];
  if (range) return Number.isInteger(value) && (value as number) >= range[0] && (value as number) <= range[1];
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'float64') return typeof value === 'number';
  if (type === 'stringList') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === 'string';
};

/** What is wrong with one value of the field's type, list and map aside. */
function* wrongValue(value: unknown, field: Field, struct: string, path: string): Generator<string> {
  if (value === null) return;
  const type = field.t;
  switch (type) {
    case 'raw':
    case 'json':
    case 'fieldsV1':
      return;
    case 'quantity':
      if (typeof value !== 'number' && !(typeof value === 'string' && quantity.test(value))) yield notAQuantity;
      return;
    case 'intOrString':
      if (typeof value !== 'string' && !Number.isInteger(value))
        yield unmarshal(value, struct, path, 'intstr.IntOrString');
      return;
    case 'time':
    case 'microtime':
      if (typeof value !== 'string') yield unmarshal(value, struct, path, 'string');
      else if (!rfc3339.test(value) && value !== '')
        yield `parsing time "${value}" as "2006-01-02T15:04:05Z07:00": cannot parse "${value}" as "2006"`;
      return;
    case 'bytes':
      if (typeof value !== 'string') yield unmarshal(value, struct, path, '[]uint8');
      else if (!base64.test(value.replace(/[\r\n]/g, ''))) yield `illegal base64 data at input byte ${badByte(value)}`;
      return;
  }
  if (jsonFields(type)) yield* wrongInType(value, type, struct, path, goType({ ...field, l: false, m: false }));
  else if (!matchesScalar(value, type)) yield unmarshal(value, struct, path, goScalar[type] ?? type);
}

function* wrongInType(value: unknown, type: string, struct: string, path: string, go: string): Generator<string> {
  if (!isPlain(value)) {
    yield unmarshal(value, struct, path, go);
    return;
  }
  const own = type.split('.').at(-1)!;
  for (const [name, inner] of Object.entries(value)) {
    const field = jsonFields(type)?.get(name);
    if (!field || inner === null) continue;
    const place = join(path, name);
    if (field.l) {
      if (!Array.isArray(inner)) yield unmarshal(inner, own, place, goType(field));
      else for (const item of inner) yield* wrongValue(item, field, own, place);
    } else if (field.m) {
      if (!isPlain(inner)) yield unmarshal(inner, own, place, goType(field));
      else for (const item of Object.values(inner)) yield* wrongValue(item, field, own, place);
    } else yield* wrongValue(inner, field, own, place);
  }
}

/**
 * What Go's JSON decoder would say of each value of the wrong type, such as
 * `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. Empty for a custom
 * resource, whose metadata aside is a matter of its schema.
 */
export const typeErrors = (resource: ResourceInfo, object: KubeObject): string[] => {
  if (resource.type) return [...wrongInType(object, resource.type, resource.kind, '', `v1.${resource.kind}`)];
  return [...wrongInType(object.metadata ?? {}, objectMeta, 'ObjectMeta', 'metadata', 'v1.ObjectMeta')];
};
