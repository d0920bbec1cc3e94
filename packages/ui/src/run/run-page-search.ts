import type { Paging } from '../parts/rows.tsx';
import { countIn, textIn } from '../parts/search-values.ts';

/** Which task instances of a run are shown, and how. */
export interface RunPageSearch extends Paging {
  /** `none` for those that have no state yet. */
  readonly state?: string | undefined;
  /** A part of the task's id. */
  readonly task?: string | undefined;
}

export function runPageSearch(search: Readonly<Record<string, unknown>>): RunPageSearch {
  return {
    state: textIn(search, 'state'),
    task: textIn(search, 'task'),
    page: countIn(search, 'page'),
    order: textIn(search, 'order'),
  };
}
