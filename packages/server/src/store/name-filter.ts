import { Filter } from './list-page.ts';

/** What a list of things with a name may be narrowed to. */
export interface NameFilter {
  /** A part of the name, in any case; % and _ are wildcards. */
  readonly pattern?: string | undefined;
  /** What the name begins with, in exactly this case. */
  readonly prefix?: string | undefined;
}

/** The conditions for the column that holds the name. */
export function nameFilter(column: string, { pattern, prefix }: NameFilter): Filter {
  return new Filter()
    .when(pattern, (place) => `${column} ilike '%' || ${place} || '%'`)
    .when(prefix, (place) => `starts_with(${column}, ${place})`);
}
