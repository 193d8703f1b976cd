/** The three things done to plain JSON values everywhere in the API server: copy, freeze, compare. */

/** A deep copy of a JSON value, without keys that are `undefined`; much faster than structuredClone, which must expect more than JSON. */
export function cloneJson<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  const copy: Record<string, unknown> = {};
  for (const key in value) if (value[key] !== undefined) copy[key] = cloneJson(value[key]);
  return copy as T;
}

/** Freezes a JSON value through and through, so that the store can hand out one object to many readers. */
export function freezeJson<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  for (const key in value) freezeJson(value[key]);
  return Object.freeze(value);
}

/** True where both are the same JSON value; a key that is `undefined` counts as absent. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => equalJson(item, b[i]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  let count = 0;
  for (const key in left) {
    if (left[key] === undefined) continue;
    count++;
    if (!equalJson(left[key], right[key])) return false;
  }
  for (const key in right) if (right[key] !== undefined) count--;
  return count === 0;
}

/** A JSON object, to look into what a client sent. */
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The value as an object, or an empty one. */
export const asObject = (value: unknown): Json => (isObject(value) ? value : {});

/** The value as a list of objects, or an empty one. */
export const asList = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** The object at `key`, put there first where it is missing. */
export function objectAt(parent: Json, key: string): Json {
  if (!isObject(parent[key])) parent[key] = {};
  return parent[key] as Json;
}
