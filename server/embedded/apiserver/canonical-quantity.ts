/** Quantities in canonical form, as k8s.io/apimachinery/pkg/api/resource writes them: `0.5` is `500m`, `1024Mi` is `1Gi`. */

const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE][+-]?\d+)|([KMGTPE]i)|([numkMGTPE]?))$/;
const NANO = 10n ** 9n;

/** Text that is no quantity comes back as it is. Amounts below a billionth are rounded up to one, as Kubernetes does. */
export function canonicalQuantity(quantity: string | number): string {
  const text = String(quantity).trim();
  const found = form.exec(text);
  if (!found) return text;
  const [, sign = '', whole = '', fraction = '', exponent, binary, decimal = ''] = found;
  const power = exponent ? Number(exponent.slice(1)) : 3 * (DECIMAL.indexOf(decimal) - 3);
  const factor = binary ? 1024n ** BigInt(BINARY.indexOf(binary)) : 1n;
  // In billionths, so that all is whole numbers.
  let scaled = BigInt(`${whole}${fraction}` || '0') * factor * NANO;
  const shift = (binary ? 0 : power) - fraction.length;
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  if (shift > 0) scaled *= 10n ** BigInt(shift);
  const nanos = (scaled + divisor - 1n) / divisor;
  if (nanos === 0n) return '0';
  const prefix = sign === '-' ? '-' : '';
  if (binary && nanos % NANO === 0n) {
    let units = nanos / NANO;
    let step = 0;
    while (units % 1024n === 0n && step < BINARY.length - 1) {
      units /= 1024n;
      step++;
    }
    return `${prefix}${units}${BINARY[step]}`;
  }
  let units = nanos;
  let step = 0;
  while (units % 1000n === 0n && step < DECIMAL.length - 1) {
    units /= 1000n;
    step++;
  }
  if (exponent) return `${prefix}${units}${step === 3 ? '' : `e${3 * (step - 3)}`}`;
  return `${prefix}${units}${DECIMAL[step]}`;
}
