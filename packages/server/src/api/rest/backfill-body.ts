import type { JsonObject } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { REPROCESS_BEHAVIORS } from '../../store/create-backfill.ts';
import type { BackfillRow } from '../../store/list-backfills.ts';
import { nullable, Time } from './nullable.ts';

/** As Airflow's BackfillResponse, and beyond it who made it and what became of its logical dates. */
export const BackfillBody = Type.Object({
  id: Type.Integer(),
  dag_id: Type.String(),
  dag_display_name: Type.String(),
  from_date: Time,
  to_date: Time,
  dag_run_conf: Type.Unsafe<JsonObject>({ type: 'object', additionalProperties: true }),
  is_paused: Type.Boolean(),
  reprocess_behavior: Type.Enum([...REPROCESS_BEHAVIORS]),
  max_active_runs: Type.Integer(),
  created_at: Time,
  updated_at: Time,
  completed_at: nullable(Time),
  run_backwards: Type.Boolean(),
  created_by: Type.String(),
  /** Logical dates by the state of their run; `already exists` and `in flight` were left out. */
  run_counts: Type.Record(Type.String(), Type.Integer()),
});

export const BackfillListBody = Type.Object({
  backfills: Type.Array(BackfillBody),
  total_entries: Type.Integer(),
});

export function backfillBody(row: BackfillRow): Static<typeof BackfillBody> {
  return {
    id: row.id,
    dag_id: row.dag_id,
    dag_display_name: row.dag_id,
    from_date: row.from_date,
    to_date: row.to_date,
    dag_run_conf: row.conf,
    is_paused: row.is_paused,
    reprocess_behavior: row.reprocess_behavior,
    max_active_runs: row.max_active_runs,
    created_at: row.created_at,
    updated_at: row.updated_at,
    completed_at: row.completed_at,
    run_backwards: row.run_backwards,
    created_by: row.created_by,
    run_counts: { ...row.counts },
  };
}
