import type { Paging } from '../parts/rows.tsx';
import { countIn, textIn } from '../parts/search-values.ts';

/** What an administrator's list shows: a page and an order. */
export type ListSearch = Paging;

export function listSearch(search: Readonly<Record<string, unknown>>): ListSearch {
  return { page: countIn(search, 'page'), order: textIn(search, 'order') };
}
