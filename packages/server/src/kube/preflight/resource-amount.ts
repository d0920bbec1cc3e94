import { memoryQuantity } from '../pod/memory-quantity.ts';

const LARGE = 'kMGTPE';
const SMALL: { readonly [suffix: string]: number } = { n: 1e-9, u: 1e-6, m: 1e-3 };

/** A Kubernetes quantity of any resource, such as `500m`, `96Mi` or `1e3`, as a number; null when it is not one. */
export function resourceAmount(quantity: unknown): number | null {
  const match = /^\+?(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+)|([numkKMGTPE]i?)?)$/.exec(String(quantity));
  if (match === null) return null;
  const [, number = '', exponent, suffix = ''] = match;
  if (exponent !== undefined) return Number(`${number}e${exponent}`);
  const factor = suffix === '' ? 1 : (SMALL[suffix] ?? largeFactor(suffix));
  return factor === null ? null : Number(number) * factor;
}

function largeFactor(suffix: string): number | null {
  const isBinary = suffix.endsWith('i');
  const letter = suffix.charAt(0);
  const power = LARGE.indexOf(isBinary && letter === 'K' ? 'k' : letter) + 1;
  if (power === 0 || (letter === 'k' && isBinary) || (letter === 'K' && !isBinary)) return null;
  return (isBinary ? 1024 : 1000) ** power;
}

/** For people: `1.5 cpu`, `900Gi memory`. */
export function amountText(resource: string, amount: number): string {
  const inBytes = /^(memory|ephemeral-storage|hugepages-.*)$/.test(resource) && amount >= 1024;
  return `${inBytes ? memoryQuantity(amount) : Number(amount.toFixed(3))} ${resource}`;
}
