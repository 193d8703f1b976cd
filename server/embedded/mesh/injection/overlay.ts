/** Lays a pod's own `istio-proxy` container over the injected one, as a strategic merge patch of a container does. */
import type { Container } from '../../types.ts';

/** Lists of a container that merge by a key instead of being replaced (Kubernetes API reference: patchMergeKey). */
const MERGE_KEYS: Record<string, string> = { env: 'name', volumeMounts: 'mountPath', ports: 'containerPort' };

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergeValue(base: unknown, over: unknown): unknown {
  if (!isPlain(base) || !isPlain(over)) return over;
  const merged: Plain = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = mergeValue(base[key], value);
  return merged;
}

function mergeList(base: Plain[], over: Plain[], key: string): Plain[] {
  const merged = base.map((item) => {
    const own = over.find((candidate) => candidate[key] === item[key]);
    return own ? (mergeValue(item, own) as Plain) : item;
  });
  return [...merged, ...over.filter((item) => !base.some((known) => known[key] === item[key]))];
}

/** Fields of `over` win; `image: auto` keeps the injected image. Neither argument is changed. */
export function overlayContainer(base: Container, over: Container): Container {
  const merged: Plain = { ...base };
  for (const [field, value] of Object.entries(over)) {
    if (field === 'image' && value === 'auto') continue;
    const key = MERGE_KEYS[field];
    const current = merged[field];
    merged[field] =
      key && Array.isArray(current) && Array.isArray(value)
        ? mergeList(current as Plain[], value as Plain[], key)
        : mergeValue(current, value);
  }
  return merged as unknown as Container;
}
