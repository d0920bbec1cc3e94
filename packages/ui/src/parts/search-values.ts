/** What a URL says, as far as it can be understood; the rest is left out instead of refused. */
type Search = Readonly<Record<string, unknown>>;

export function textIn(search: Search, name: string): string | undefined {
  const value = search[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number of at least `least`. */
export function countIn(search: Search, name: string, least = 1): number | undefined {
  const value = Number(search[name]);
  return search[name] !== undefined && Number.isSafeInteger(value) && value >= least ? value : undefined;
}

export function oneOfIn<Value extends string>(
  search: Search,
  name: string,
  values: readonly Value[],
): Value | undefined {
  return values.find((value) => value === search[name]);
}

export function textsIn(search: Search, name: string): string[] | undefined {
  const values = [search[name]].flat().filter((value) => typeof value === 'string' && value !== '') as string[];
  return values.length === 0 ? undefined : values;
}
