/** The order of API versions by Kubernetes' version priority: v2, v1, v2beta1, v1beta2, v1alpha1, then other names. */

interface Parsed {
  major: number;
  /** 3 for a stable version, 2 for beta, 1 for alpha. */
  stability: number;
  minor: number;
}

const parse = (version: string): Parsed | undefined => {
  const found = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (!found) return undefined;
  const stability = found[2] === undefined ? 3 : found[2] === 'beta' ? 2 : 1;
  return { major: Number(found[1]), stability, minor: Number(found[3] ?? 0) };
};

/** Negative where `a` goes before `b`; for Array.sort. See "Version priority" in the CustomResourceDefinition documentation. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [parse(a), parse(b)];
  if (!left || !right) {
    if (left || right) return left ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor;
};
