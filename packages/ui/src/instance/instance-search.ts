import { countIn, oneOfIn, textIn, textsIn } from '../parts/search-values.ts';

export const INSTANCE_TABS = ['logs', 'attempts', 'pod', 'why', 'xcom', 'inputs', 'details'] as const;
export type InstanceTab = (typeof INSTANCE_TABS)[number];

/** What the page of a task instance shows. */
export interface InstanceSearch {
  /** Of a mapped task; without it they are listed. */
  readonly map_index?: number | undefined;
  readonly try?: number | undefined;
  readonly tab?: InstanceTab | undefined;
  readonly page?: number | undefined;
  readonly order?: string | undefined;
  /** Of the log: only lines of these levels; all when not given. */
  readonly levels?: readonly string[] | undefined;
  /** Of the log: a text that is looked for as it is. */
  readonly find?: string | undefined;
  /** Of the pod: the attempt whose pod is shown; the newest when not given. */
  readonly attempt?: string | undefined;
  /** Of the pod: what it is compared with. */
  readonly against?: 'previous' | 'success' | undefined;
}

export function instanceSearch(search: Readonly<Record<string, unknown>>): InstanceSearch {
  return {
    map_index: countIn(search, 'map_index', 0),
    try: countIn(search, 'try'),
    tab: oneOfIn(search, 'tab', INSTANCE_TABS),
    page: countIn(search, 'page'),
    order: textIn(search, 'order'),
    levels: textsIn(search, 'levels'),
    find: textIn(search, 'find'),
    attempt: textIn(search, 'attempt'),
    against: oneOfIn(search, 'against', ['previous', 'success']),
  };
}
