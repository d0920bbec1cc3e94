import type { Paging } from '../parts/rows.tsx';
import { countIn, oneOfIn, textIn } from '../parts/search-values.ts';

export const RUN_STATES = ['queued', 'running', 'success', 'failed'] as const;

/** What the list of all runs shows. */
export interface RunListSearch extends Paging {
  readonly state?: (typeof RUN_STATES)[number] | undefined;
}

export function runListSearch(search: Readonly<Record<string, unknown>>): RunListSearch {
  return {
    state: oneOfIn(search, 'state', RUN_STATES),
    page: countIn(search, 'page'),
    order: textIn(search, 'order'),
  };
}
