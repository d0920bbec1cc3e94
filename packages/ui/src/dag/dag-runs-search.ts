import type { Paging } from '../parts/rows.tsx';
import { countIn, oneOfIn, textIn } from '../parts/search-values.ts';
import { RUN_STATES, RUN_TYPES } from './grid-search.ts';

/** Which runs of a DAG are listed. */
export interface DagRunsSearch extends Paging {
  readonly state?: (typeof RUN_STATES)[number] | undefined;
  readonly type?: (typeof RUN_TYPES)[number] | undefined;
}

export function dagRunsSearch(search: Readonly<Record<string, unknown>>): DagRunsSearch {
  return {
    page: countIn(search, 'page'),
    order: textIn(search, 'order'),
    state: oneOfIn(search, 'state', RUN_STATES),
    type: oneOfIn(search, 'type', RUN_TYPES),
  };
}
