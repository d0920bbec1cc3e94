import { GantryError } from '@gantry/sdk/model';
import { ALL_DAGS } from '../../store/dag-access.ts';
import type { Queryable } from '../../store/database.ts';
import type { Range } from '../../store/list-page.ts';
import { listRuns, type RunRow } from '../../store/list-runs.ts';
import { requireRun } from './run-routes.ts';

const MOST_RUNS = 1000;

export interface RunChoice {
  readonly dagId: string;
  /** Null: every run within the dates. */
  readonly runId: string | null;
  readonly includePast: boolean;
  readonly includeFuture: boolean;
  /** Bounds on the logical date, ISO 8601; null leaves a side open. */
  readonly startDate: string | null;
  readonly endDate: string | null;
}

/** The runs that a request of several runs means. Throws `not_found`, and `bad_request` when it cannot mean any or means too many. */
export async function chooseRuns(database: Queryable, choice: RunChoice): Promise<readonly RunRow[]> {
  const { dagId, runId, includePast, includeFuture, startDate, endDate } = choice;
  const ranges: Range[] = [];
  const bound = (operator: Range['operator'], value: string | null): void => {
    if (value !== null) ranges.push({ field: 'logical_date', operator, value });
  };
  if (runId !== null) {
    const run = await requireRun(database, dagId, runId);
    if (!includePast && !includeFuture) return [run];
    if (run.logical_date === null) {
      throw new GantryError(
        'bad_request',
        `The run ${runId} has no logical date, so it has no past and no future; leave include_past and include_future out.`,
      );
    }
    if (!includePast) bound('gte', run.logical_date);
    if (!includeFuture) bound('lte', run.logical_date);
  } else if (includePast || includeFuture) {
    throw new GantryError('bad_request', 'include_past and include_future need a dag_run_id to start from.');
  }
  bound('gte', startDate);
  bound('lte', endDate);
  const page = { orderBy: ['logical_date'], limit: MOST_RUNS, offset: 0 };
  const { rows, total } = await listRuns(database, { access: ALL_DAGS, dagId, ranges }, page);
  if (total <= MOST_RUNS) return rows;
  throw new GantryError(
    'bad_request',
    `That means ${total} runs and at most ${MOST_RUNS} are changed at once; narrow it by dates or dag_run_id.`,
  );
}
