import { GantryError, isSensitiveName, type Json, MASK } from '@gantry/sdk/model';

/** Refuses the mask where a secret is expected: it is what the API shows in place of one. */
export function refuseMask(given: Json, place: string, remedy: string): void {
  if (given === MASK) {
    throw new GantryError('invalid', `${place}: ${MASK} is what the API shows in place of a secret; ${remedy}.`);
  }
}

/**
 * What a client means that read a value with masks, changed something and sends it back: each mask under a sensitive name
 * stands for what is stored at its place. Where nothing is, it is refused.
 */
export function unmasked(
  given: Json,
  stored: Json | undefined,
  place: string,
  sensitiveNames: readonly string[],
): Json {
  if (Array.isArray(given)) {
    const before = Array.isArray(stored) ? stored : [];
    return given.map((item, index) => unmasked(item, before[index], `${place}.${index}`, sensitiveNames));
  }
  if (typeof given !== 'object' || given === null) return given;
  const before = typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? stored : {};
  const fields = Object.entries(given as { readonly [name: string]: Json }).map(([name, item]) => {
    const kept = Object.hasOwn(before, name) ? (before as { readonly [name: string]: Json })[name] : undefined;
    if (item !== MASK || !isSensitiveName(name, sensitiveNames)) {
      return [name, unmasked(item, kept, `${place}.${name}`, sensitiveNames)];
    }
    if (kept === undefined) refuseMask(item, `${place}.${name}`, 'send the value itself');
    return [name, kept];
  });
  return Object.fromEntries(fields);
}
