/** Quantities as Kubernetes shows them after a round trip. */
import { expect, it } from 'vitest';
import { canonicalQuantity } from './canonical-quantity.ts';

it.each([
  ['500m', '500m'],
  ['0.5', '500m'],
  [1, '1'],
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['100M', '100M'],
  ['1000k', '1M'],
  ['1e3', '1e3'],
  ['0', '0'],
  ['-2', '-2'],
  ['0.1n', '1n'],
  ['16384000Ki', '16000Mi'],
  ['nothing', 'nothing'],
])('%s is %s', (given, canonical) => expect(canonicalQuantity(given)).toBe(canonical));
