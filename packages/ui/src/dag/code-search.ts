import { countIn } from '../parts/search-values.ts';

/** What the code of a DAG shows. */
export interface CodeSearch {
  /** Not given: the newest. */
  readonly version?: number | undefined;
}

export function codeSearch(search: Readonly<Record<string, unknown>>): CodeSearch {
  return { version: countIn(search, 'version') };
}
