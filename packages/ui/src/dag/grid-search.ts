import { countIn, oneOfIn, textIn, textsIn } from '../parts/search-values.ts';

export const RUN_STATES = ['queued', 'running', 'success', 'failed'] as const;
export const RUN_TYPES = ['scheduled', 'manual', 'backfill'] as const;
export const RUN_COUNTS = ['10', '25', '50', '100'] as const;

/** What grid and graph show: which runs, which groups are folded, and what is chosen. */
export interface GridSearch {
  readonly limit?: number | undefined;
  readonly state?: (typeof RUN_STATES)[number] | undefined;
  readonly type?: (typeof RUN_TYPES)[number] | undefined;
  readonly folded?: readonly string[] | undefined;
  readonly run?: string | undefined;
  readonly task?: string | undefined;
}

export function gridSearch(search: Readonly<Record<string, unknown>>): GridSearch {
  return {
    limit: limitIn(search),
    state: oneOfIn(search, 'state', RUN_STATES),
    type: oneOfIn(search, 'type', RUN_TYPES),
    folded: textsIn(search, 'folded'),
    run: textIn(search, 'run'),
    task: textIn(search, 'task'),
  };
}

function limitIn(search: Readonly<Record<string, unknown>>): number | undefined {
  const limit = countIn(search, 'limit');
  return RUN_COUNTS.some((count) => Number(count) === limit) ? limit : undefined;
}
