import type { Json } from '@gantry/sdk/model';
import { RUN_STATES, RUN_TYPES } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import type { RunRow } from '../../store/list-runs.ts';
import { DagVersionBody, dagVersionBody } from './dag-version-body.ts';
import { NullableNumber, NullableText, nullable } from './nullable.ts';
import { durationSeconds } from './times.ts';
import { TotalFields } from './total-fields.ts';

const Conf = Type.Unsafe<{ [key: string]: Json | undefined }>({ type: 'object', additionalProperties: true });

const SetAside = Type.Object(
  { sentence: Type.String(), since: Type.String(), failures: Type.Integer(), next_check_at: Type.String() },
  { description: 'Not null: its next step cannot be made. It is tried again at next_check_at; all other runs go on.' },
);

/** A run in Airflow's shape; `params`, `reason`, `set_aside` and `version_number` are Gantry's. */
export const RunBody = Type.Object({
  dag_run_id: Type.String(),
  dag_id: Type.String(),
  dag_display_name: Type.String(),
  state: Type.Enum([...RUN_STATES]),
  run_type: Type.Enum([...RUN_TYPES]),
  logical_date: NullableText,
  data_interval_start: NullableText,
  data_interval_end: NullableText,
  run_after: Type.String(),
  queued_at: NullableText,
  start_date: NullableText,
  end_date: NullableText,
  duration: NullableNumber,
  last_scheduling_decision: NullableText,
  triggered_by: Type.String(),
  triggering_user_name: NullableText,
  conf: Conf,
  params: Conf,
  note: NullableText,
  reason: NullableText,
  set_aside: nullable(SetAside),
  version_number: Type.Integer({ description: 'Version of the DAG that the run is pinned to.' }),
  dag_versions: Type.Array(DagVersionBody),
  bundle_version: NullableText,
});

export const RunListBody = Type.Object({ dag_runs: Type.Array(RunBody), ...TotalFields });

export function runBody(row: RunRow): Static<typeof RunBody> {
  return {
    dag_run_id: row.run_id,
    dag_id: row.dag_id,
    dag_display_name: row.dag_id,
    state: row.state,
    run_type: row.run_type,
    logical_date: row.logical_date,
    data_interval_start: row.data_interval_start,
    data_interval_end: row.data_interval_end,
    run_after: row.run_after,
    queued_at: row.queued_at,
    start_date: row.start_date,
    end_date: row.end_date,
    duration: durationSeconds(row.start_date, row.end_date),
    last_scheduling_decision: null,
    triggered_by: row.triggered_by,
    triggering_user_name: row.triggering_user,
    conf: row.conf,
    params: row.params,
    note: row.note,
    reason: row.reason,
    set_aside: row.set_aside,
    version_number: row.version,
    dag_versions: [dagVersionBody(row.dag_id, row.version, row.version_created_at)],
    bundle_version: null,
  };
}
