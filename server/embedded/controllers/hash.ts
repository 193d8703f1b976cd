/** Names derived from content: the hash of a pod template, in the alphabet in which Kubernetes writes such names. */

/** No vowels and no look-alikes, so that no word and no misreading comes out (apimachinery's `rand` package). */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** JSON with sorted keys and without empty values: two objects that mean the same give the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(normalise(value)) ?? 'null';
}

function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map((item) => normalise(item) ?? null) : undefined;
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, normalise(item)] as const)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** 32-bit FNV-1a. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Each character replaced by one of the safe alphabet (`rand.SafeEncodeString`). */
export const safeEncode = (text: string): string =>
  [...Buffer.from(text)].map((byte) => SAFE[byte % SAFE.length]).join('');

/** The value of `pod-template-hash`; `collisionCount` sets apart templates whose hashes fall together. */
export const templateHash = (template: unknown, collisionCount = 0): string =>
  safeEncode(String(fnv32a(canonical(template) + (collisionCount > 0 ? collisionCount : ''))));
