import type { DagSpec, FailureCounts, Json, TaskState } from '@gantry/sdk/model';
import { TASK_STATES } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import type { TaskInstanceRow } from '../../store/list-task-instances.ts';
import { DagVersionBody, dagVersionBody } from './dag-version-body.ts';
import { NullableInteger, NullableNumber, NullableText, nullable } from './nullable.ts';
import { operatorName } from './operator-name.ts';
import { durationSeconds } from './times.ts';
import { TotalFields } from './total-fields.ts';

const PlaceBody = Type.Object({
  kind: Type.Enum(['pod', 'process']),
  name: Type.String(),
  namespace: NullableText,
  uid: NullableText,
  node: NullableText,
});

const State = Type.Unsafe<Exclude<TaskState, 'none'> | null>({
  type: ['string', 'null'],
  enum: [...TASK_STATES.filter((state) => state !== 'none'), null],
});

/** A task instance in Airflow's shape; `reason`, `waiting`, `place`, `attempt_id`, `not_before` and `failures` are Gantry's. */
export const TaskInstanceBody = Type.Object({
  id: Type.String(),
  task_id: Type.String(),
  dag_id: Type.String(),
  dag_run_id: Type.String(),
  map_index: Type.Integer(),
  task_display_name: Type.String(),
  dag_display_name: Type.String(),
  state: State,
  try_number: Type.Integer(),
  max_tries: Type.Integer(),
  logical_date: NullableText,
  run_after: Type.String(),
  scheduled_when: NullableText,
  queued_when: NullableText,
  start_date: NullableText,
  end_date: NullableText,
  duration: NullableNumber,
  hostname: NullableText,
  unixname: NullableText,
  pid: NullableInteger,
  pool: Type.String(),
  pool_slots: Type.Integer(),
  queue: NullableText,
  priority_weight: NullableInteger,
  operator: NullableText,
  operator_name: NullableText,
  executor: NullableText,
  executor_config: Type.String(),
  note: NullableText,
  rendered_map_index: NullableText,
  rendered_fields: Type.Unsafe<{ [key: string]: Json }>({ type: 'object', additionalProperties: true }),
  trigger: Type.Null(),
  triggerer_job: Type.Null(),
  dag_version: DagVersionBody,
  reason: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Why it is where it is.' }),
  waiting: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Why its attempt has not started yet.',
  }),
  place: nullable(PlaceBody),
  attempt_id: NullableText,
  not_before: NullableText,
  failures: Type.Unsafe<FailureCounts>({
    type: 'object',
    additionalProperties: true,
    description:
      'By class of failure: total, the attempts that failed so in all tries, and free, the free launches of the present try spent on it.',
  }),
});

export const TaskInstanceListBody = Type.Object({
  task_instances: Type.Array(TaskInstanceBody),
  ...TotalFields,
});

/** `spec` is that of the version the run is pinned to. */
export function taskInstanceBody(row: TaskInstanceRow, spec: DagSpec): Static<typeof TaskInstanceBody> {
  const task = spec.tasks[row.task_index];
  const operator = task === undefined ? null : operatorName(task.kind);
  return {
    id: row.id,
    task_id: row.task_id,
    dag_id: row.dag_id,
    dag_run_id: row.run_id,
    map_index: row.map_index,
    task_display_name: row.task_id,
    dag_display_name: row.dag_id,
    state: row.state === 'none' ? null : row.state,
    try_number: row.try_number,
    max_tries: row.max_tries,
    logical_date: row.logical_date,
    run_after: row.run_after,
    scheduled_when: row.scheduled_at,
    queued_when: row.queued_at,
    start_date: row.start_date,
    end_date: row.end_date,
    duration: durationSeconds(row.start_date, row.end_date),
    hostname: row.hostname,
    unixname: null,
    pid: row.pid,
    pool: task?.pool ?? 'default_pool',
    pool_slots: task?.poolSlots ?? 1,
    queue: task?.queue ?? null,
    priority_weight: task?.priorityWeight ?? null,
    operator,
    operator_name: operator,
    executor: row.executor ?? task?.executor ?? null,
    executor_config: '{}',
    note: row.note,
    rendered_map_index: null,
    rendered_fields: {},
    trigger: null,
    triggerer_job: null,
    dag_version: dagVersionBody(row.dag_id, row.version, row.version_created_at),
    reason: row.reason,
    waiting: row.state === 'queued' ? row.waiting : null,
    place: row.place,
    attempt_id: row.attempt_id,
    not_before: row.not_before,
    failures: row.failures,
  };
}
