import { oneOfIn, textIn, textsIn } from '../parts/search-values.ts';

/** What the graph shows: the states of which run, which groups are folded, which way it goes, what is chosen. */
export interface GraphSearch {
  readonly run?: string | undefined;
  readonly task?: string | undefined;
  readonly folded?: readonly string[] | undefined;
  readonly direction?: 'down' | undefined;
}

export function graphSearch(search: Readonly<Record<string, unknown>>): GraphSearch {
  return {
    run: textIn(search, 'run'),
    task: textIn(search, 'task'),
    folded: textsIn(search, 'folded'),
    direction: oneOfIn(search, 'direction', ['down'] as const),
  };
}
