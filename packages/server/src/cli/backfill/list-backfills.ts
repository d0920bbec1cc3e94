import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { apiPath } from '../rest/api-path.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';
import { type BackfillBody, countsText } from './backfill-body.ts';

export async function listBackfills(
  dagId: string | undefined,
  options: { readonly output: OutputFormat },
): Promise<void> {
  const query = { order_by: '-id', ...(dagId === undefined ? {} : { dag_id: dagId }) };
  const backfills = await listAll<BackfillBody>(connect(), apiPath`backfills`, 'backfills', query);
  const columns: Column<BackfillBody>[] = [
    { key: 'id', value: ({ id }) => id, right: true },
    { key: 'dag_id', value: (backfill) => backfill.dag_id, title: 'dag', whole: true },
    { key: 'from_date', value: (backfill) => backfill.from_date, title: 'from' },
    { key: 'to_date', value: (backfill) => backfill.to_date, title: 'to' },
    { key: 'state', value: stateOf },
    { key: 'run_counts', value: countsText, title: 'runs' },
  ];
  await printRows(terminalOf(process.stdout), options.output, columns, backfills, 'There are no backfills.');
}

function stateOf({ completed_at: completedAt, is_paused: isPaused }: BackfillBody): string {
  if (completedAt !== null) return isPaused ? 'cancelled' : 'completed';
  return isPaused ? 'paused' : 'active';
}
