/**
 * A built-in kind's JSON as it comes out of Go's types again: unknown fields and nulls gone, empty `omitempty` fields
 * left out, embedded structs always there (`status: {}`), times and quantities in their canonical form.
 */
import type { KubeObject } from '../client.ts';
import { canonicalQuantity } from './canonical-quantity.ts';
import { isObject, type Json } from './json.ts';
import { type Field, jsonFields } from './wire/types.ts';

const isEmpty = (value: unknown): boolean =>
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

/** Whole seconds in UTC, as metav1.Time has them. */
const wholeSeconds = (value: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? value : `${new Date(value).toISOString().slice(0, 19)}Z`;

function single(value: unknown, type: string): unknown {
  if (type === 'quantity') return canonicalQuantity(value as string | number);
  if (type === 'time' && typeof value === 'string' && value !== '') return wholeSeconds(value);
  return jsonFields(type) ? struct(isObject(value) ? value : {}, type) : value;
}

function many(value: unknown, f: Field): unknown {
  if (f.l && Array.isArray(value)) return value.map((item) => single(item, f.t));
  if (f.m && isObject(value)) {
    const out: Json = {};
    for (const key in value) if (value[key] !== null) out[key] = single(value[key], f.t);
    return out;
  }
  return single(value, f.t);
}

function struct(value: Json, type: string): Json {
  const fields = jsonFields(type)!;
  const out: Json = {};
  for (const name in value) {
    const f = fields.get(name);
    const inner = value[name];
    if (!f || inner === null || inner === undefined) continue;
    const done = many(inner, f);
    const isStruct = !f.l && !f.m && jsonFields(f.t) !== undefined;
    if (f.o && !f.p && !isStruct && f.t !== 'intOrString' && f.t !== 'quantity' && isEmpty(done)) continue;
    out[name] = done;
  }
  for (const [name, f] of fields) {
    if (out[name] === undefined && !f.p && !f.l && !f.m && jsonFields(f.t)) out[name] = struct({}, f.t);
  }
  return out;
}

/** A new object; `object` is not changed. Its types must have been checked (wire/strict.ts). */
export function normalize(object: KubeObject, type: string): KubeObject {
  const { apiVersion, kind } = object;
  return { apiVersion, kind, ...struct(object as unknown as Json, type) } as unknown as KubeObject;
}

/** The same for the metadata of a custom object. */
export const normalizeMetadata = (metadata: unknown): KubeObject['metadata'] =>
  struct(isObject(metadata) ? metadata : {}, 'meta.v1.ObjectMeta') as unknown as KubeObject['metadata'];
