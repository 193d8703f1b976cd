/** Reads Kubernetes quantities (`500m`, `64Mi`, `2`, `1e3`) and writes them the way kubectl shows them. */
import type { Quantity } from './types.ts';

const SUFFIXES: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The quantity as a number in its base unit (cores, bytes). Throws an Error on text that is none. */
export function parseQuantity(quantity: Quantity): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(String(quantity));
  if (!match) throw new Error(`not a quantity: ${JSON.stringify(quantity)}`);
  const [, number = '0', exponent = '', suffix = ''] = match;
  return Number(number + exponent) * (SUFFIXES[suffix] ?? 1);
}

/** The sum per resource name, over any number of request lists. */
export function addQuantities(lists: (Record<string, Quantity> | undefined)[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const list of lists) {
    for (const [name, quantity] of Object.entries(list ?? {})) sum[name] = (sum[name] ?? 0) + parseQuantity(quantity);
  }
  return sum;
}

/** The quantity in units of `divisor`, rounded up: what resourceFieldRef shows. */
export const inUnitsOf = (value: number, divisor: Quantity | undefined): number =>
  Math.ceil(value / (parseQuantity(divisor ?? 1) || 1) - 1e-9);
