import type { Paging } from '../parts/rows.tsx';
import { countIn, oneOfIn, textIn, textsIn } from '../parts/search-values.ts';

/** What the DAG list shows. */
export interface DagListSearch extends Paging {
  /** Part of an id. */
  readonly id?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly paused?: 'yes' | 'no' | undefined;
}

export function dagListSearch(search: Readonly<Record<string, unknown>>): DagListSearch {
  return {
    id: textIn(search, 'id'),
    tags: textsIn(search, 'tags'),
    paused: oneOfIn(search, 'paused', ['yes', 'no'] as const),
    page: countIn(search, 'page'),
    order: textIn(search, 'order'),
  };
}
