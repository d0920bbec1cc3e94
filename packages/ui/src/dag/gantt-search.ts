import { textIn } from '../parts/search-values.ts';

/** Whose attempts are shown; the newest run unless one is named. */
export interface GanttSearch {
  readonly run?: string | undefined;
}

export function ganttSearch(search: Readonly<Record<string, unknown>>): GanttSearch {
  return { run: textIn(search, 'run') };
}
