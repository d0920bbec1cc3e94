const SUFFIX_BYTES: { readonly [suffix: string]: number } = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Bytes of a Kubernetes quantity of memory such as `512Mi`, `1.5G` or `1e9`; null when it is not one, or not above 0. */
export function memoryBytes(quantity: unknown): number | null {
  const match = /^(\d+(?:\.\d+)?)(?:(e\d{1,2})|([A-Za-z]{0,2}))$/i.exec(String(quantity));
  const factor = match === null ? undefined : SUFFIX_BYTES[match[3] ?? ''];
  if (factor === undefined) return null;
  const bytes = Number(`${match?.[1]}${match?.[2] ?? ''}`) * factor;
  return bytes > 0 ? bytes : null;
}

/** A quantity in the largest binary unit that holds the bytes as a whole number; rounded up to whole Mi, or whole Ki below 1Mi. */
export function memoryQuantity(bytes: number): string {
  const unit = bytes >= 2 ** 20 ? 2 ** 20 : 2 ** 10;
  const whole = Math.ceil(bytes / unit) * unit;
  const suffix = whole % 2 ** 30 === 0 ? 'Gi' : whole % 2 ** 20 === 0 ? 'Mi' : 'Ki';
  return `${whole / (SUFFIX_BYTES[suffix] ?? 1)}${suffix}`;
}
