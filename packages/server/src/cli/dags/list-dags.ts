import type { OutputFormat } from '../output/output-format.ts';
import { type Column, printRows } from '../output/print-rows.ts';
import { terminalOf } from '../output/terminal.ts';
import { shortTime } from '../output/time.ts';
import { apiPath } from '../rest/api-path.ts';
import type { DagBody } from '../rest/bodies.ts';
import { connect } from '../rest/connect.ts';
import { listAll } from '../rest/list-all.ts';

export async function listDags(options: { readonly all?: true; readonly output: OutputFormat }): Promise<void> {
  const dags = await listAll<DagBody>(connect(), apiPath`dags`, 'dags', {
    order_by: 'dag_id',
    exclude_stale: options.all === true ? false : undefined,
  });
  const terminal = terminalOf(process.stdout);
  const { colors } = terminal;
  const columns: Column<DagBody>[] = [
    { key: 'dag_id', value: (dag) => dag.dag_id, whole: true },
    {
      key: 'is_paused',
      value: (dag) => dag.is_paused,
      shown: (dag) => (dag.is_stale ? 'stale' : dag.is_paused ? 'paused' : 'active'),
      paint: (dag) => (dag.is_stale ? colors.dim : dag.is_paused ? colors.yellow : colors.green),
      title: 'state',
    },
    { key: 'schedule', value: (dag) => dag.timetable_summary },
    {
      key: 'next_run_after',
      value: (dag) => dag.next_dagrun_run_after,
      shown: (dag) => shortTime(dag.next_dagrun_run_after),
      title: 'next run',
      whole: true,
    },
    {
      key: 'file',
      value: (dag) => dag.fileloc,
      paint: (dag) => (dag.has_import_errors ? colors.red : (text) => text),
    },
    { key: 'tags', value: (dag) => dag.tags.map(({ name }) => name) },
    { key: 'owners', value: (dag) => dag.owners, onlyData: true },
    { key: 'description', value: (dag) => dag.description, onlyData: true },
    { key: 'is_stale', value: (dag) => dag.is_stale, onlyData: true },
    { key: 'has_import_errors', value: (dag) => dag.has_import_errors, onlyData: true },
  ];
  await printRows(
    terminal,
    options.output,
    columns,
    dags,
    'There are no DAGs yet; gantry dags list-import-errors tells when a file cannot be used.',
  );
}
