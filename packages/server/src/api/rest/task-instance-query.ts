import { TASK_STATES } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import {
  TASK_INSTANCE_PATTERNS,
  TASK_INSTANCE_RANGES,
  TASK_PATTERNS,
  type TaskInstanceFilter,
} from '../../store/list-task-instances.ts';
import { BatchPageFields } from './batch-query.ts';
import { nullable } from './nullable.ts';
import { kindsOf } from './operator-name.ts';
import { numberRangeFields, PageFields, patternFields, patternsOf, rangeFields, rangesOf } from './page-query.ts';

const RANGED = Object.keys(TASK_INSTANCE_RANGES);
const NUMBERED = ['duration'];
const PATTERNED = [...Object.keys(TASK_INSTANCE_PATTERNS), ...Object.keys(TASK_PATTERNS)];
const closed = { additionalProperties: false };
const texts = Type.Optional(Type.Array(Type.String(), { maxItems: 1000 }));
const integers = Type.Optional(Type.Array(Type.Integer({ minimum: -1, maximum: 2 ** 31 - 1 }), { maxItems: 1000 }));
const BoundFields = { ...rangeFields(RANGED), ...numberRangeFields(NUMBERED) };
/** Of Airflow's states those that no task instance of Gantry is ever in may be asked for; they find nothing. */
const STATES = [...TASK_STATES, 'no_status', 'up_for_reschedule', 'deferred', 'awaiting_input'] as const;

/** What a list of task instances is asked by. */
export const TaskInstanceQuery = Type.Object(
  {
    ...PageFields,
    ...BoundFields,
    ...patternFields([...PATTERNED, 'operator_name']),
    task_id: texts,
    task_group_id: Type.Optional(Type.String()),
    map_index: integers,
    state: Type.Optional(Type.Array(Type.Enum([...STATES]))),
    pool: texts,
    queue: texts,
    executor: texts,
    operator: texts,
    try_number: integers,
    version_number: integers,
  },
  closed,
);

type Asked = Omit<TaskInstanceFilter, 'access' | 'dagId' | 'runId'>;

export function taskInstanceFilterOf(query: Static<typeof TaskInstanceQuery>): Asked {
  return {
    taskIds: query.task_id,
    groupId: query.task_group_id,
    mapIndexes: query.map_index,
    states: query.state?.map(stateOf),
    pools: query.pool,
    queues: query.queue,
    executors: query.executor,
    kinds: kindsOf(query.operator, patternsOf(query, ['operator_name'])),
    tryNumbers: query.try_number,
    versions: query.version_number,
    patterns: patternsOf(query, PATTERNED),
    ranges: rangesOf(query, [...RANGED, ...NUMBERED]),
  };
}

const names = Type.Optional(nullable(Type.Array(Type.String(), { maxItems: 10_000 })));

/** The same in a body, as Airflow's TaskInstancesBatchBody. */
export const TaskInstanceBatchBody = Type.Object(
  {
    ...BatchPageFields,
    ...BoundFields,
    dag_ids: names,
    dag_run_ids: names,
    task_ids: names,
    pool: names,
    queue: names,
    executor: names,
    state: Type.Optional(nullable(Type.Array(nullable(Type.Enum([...STATES]))))),
  },
  closed,
);

export function taskInstanceBatchFilterOf(body: Static<typeof TaskInstanceBatchBody>): Asked {
  return {
    dagIds: body.dag_ids ?? undefined,
    runIds: body.dag_run_ids ?? undefined,
    taskIds: body.task_ids ?? undefined,
    pools: body.pool ?? undefined,
    queues: body.queue ?? undefined,
    executors: body.executor ?? undefined,
    states: body.state?.map((state) => stateOf(state ?? 'none')),
    ranges: rangesOf(body, [...RANGED, ...NUMBERED]),
  };
}

function stateOf(state: string): string {
  return state === 'no_status' ? 'none' : state;
}
