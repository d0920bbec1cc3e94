import type { DagSpec, Json } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import type { DagRow } from '../../store/list-dags.ts';
import { DagVersionBody, dagVersionBody } from './dag-version-body.ts';
import { NullableInteger, NullableText, nullable } from './nullable.ts';
import { isoDuration } from './times.ts';

/** A DAG in Airflow's shape. What Gantry does not have holds the value that means so. */
export const DagBody = Type.Object({
  dag_id: Type.String(),
  dag_display_name: Type.String(),
  is_paused: Type.Boolean(),
  is_stale: Type.Boolean(),
  description: NullableText,
  fileloc: Type.String({ description: 'Path of the DAG file in the DAG folder.' }),
  relative_fileloc: Type.String(),
  file_token: Type.String(),
  bundle_name: NullableText,
  bundle_version: NullableText,
  tags: Type.Array(Type.Object({ name: Type.String(), dag_id: Type.String(), dag_display_name: Type.String() })),
  owners: Type.Array(Type.String()),
  timetable_summary: NullableText,
  timetable_description: NullableText,
  timetable_partitioned: Type.Boolean(),
  timetable_periodic: Type.Boolean(),
  is_backfillable: Type.Boolean(),
  max_active_runs: Type.Integer(),
  max_active_tasks: Type.Integer(),
  max_consecutive_failed_dag_runs: Type.Integer(),
  has_task_concurrency_limits: Type.Boolean(),
  has_import_errors: Type.Boolean(),
  last_parsed_time: Type.String(),
  next_dagrun_logical_date: NullableText,
  next_dagrun_data_interval_start: NullableText,
  next_dagrun_data_interval_end: NullableText,
  next_dagrun_run_after: NullableText,
});

export const DagListBody = Type.Object({ dags: Type.Array(DagBody), total_entries: Type.Integer() });

export const DagDetailsBody = Type.Object({
  ...DagBody.properties,
  catchup: Type.Boolean(),
  doc_md: NullableText,
  params: Type.Record(
    Type.String(),
    Type.Object({ value: Type.Unsafe<Json>({}), schema: Type.Unsafe<Json>({}), description: NullableText }),
  ),
  timezone: NullableText,
  start_date: NullableText,
  end_date: NullableText,
  dag_run_timeout: NullableText,
  is_paused_upon_creation: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] }),
  render_template_as_native_obj: Type.Boolean(),
  default_args: nullable(Type.Record(Type.String(), Type.Unsafe<Json>({}))),
  template_search_path: nullable(Type.Array(Type.String())),
  concurrency: NullableInteger,
  last_parsed: NullableText,
  latest_dag_version: nullable(DagVersionBody),
});

export function dagBody(row: DagRow, spec: DagSpec): Static<typeof DagBody> {
  return {
    dag_id: row.dag_id,
    dag_display_name: row.dag_id,
    is_paused: row.is_paused,
    is_stale: row.is_stale,
    description: row.description,
    fileloc: row.file,
    relative_fileloc: row.file,
    file_token: Buffer.from(row.file).toString('base64url'),
    bundle_name: null,
    bundle_version: null,
    tags: row.tags.map((name) => ({ name, dag_id: row.dag_id, dag_display_name: row.dag_id })),
    owners: [...row.owners],
    timetable_summary: row.timetable_summary,
    timetable_description: row.timetable_summary,
    timetable_partitioned: false,
    timetable_periodic: isPeriodic(spec),
    is_backfillable: isPeriodic(spec),
    max_active_runs: row.max_active_runs,
    max_active_tasks: row.max_active_tasks,
    max_consecutive_failed_dag_runs: 0,
    has_task_concurrency_limits: spec.tasks.some(
      (task) => task.maxActiveTisPerDag !== null || task.maxActiveTisPerDagrun !== null,
    ),
    has_import_errors: row.has_import_errors,
    last_parsed_time: row.last_parsed_at,
    next_dagrun_logical_date: row.next_logical_date,
    next_dagrun_data_interval_start: row.next_interval_start,
    next_dagrun_data_interval_end: row.next_interval_end,
    next_dagrun_run_after: row.next_run_after,
  };
}

/** Backfills need a schedule that has an interval for each run. */
function isPeriodic({ schedule }: DagSpec): boolean {
  return schedule.kind === 'cron' || schedule.kind === 'duration';
}

export function dagDetailsBody(row: DagRow, spec: DagSpec): Static<typeof DagDetailsBody> {
  return {
    ...dagBody(row, spec),
    catchup: spec.catchup,
    doc_md: spec.docMd,
    params: paramsBody(spec),
    timezone: spec.schedule.kind === 'cron' ? spec.schedule.timezone : 'UTC',
    start_date: spec.startDate,
    end_date: spec.endDate,
    dag_run_timeout: spec.dagrunTimeoutSeconds === null ? null : isoDuration(spec.dagrunTimeoutSeconds),
    is_paused_upon_creation: spec.isPausedUponCreation,
    render_template_as_native_obj: false,
    default_args: null,
    template_search_path: null,
    concurrency: row.max_active_tasks,
    last_parsed: row.last_parsed_at,
    latest_dag_version: dagVersionBody(row.dag_id, row.current_version, row.version_created_at),
  };
}

function paramsBody(spec: DagSpec): Static<typeof DagDetailsBody>['params'] {
  return Object.fromEntries(
    Object.entries(spec.params).map(([name, param]) => {
      const { description } = param.schema;
      const text = typeof description === 'string' ? description : null;
      return [name, { value: param.default ?? null, schema: param.schema, description: text }];
    }),
  );
}
