import { type DagSpec, GantryError, type TaskSpec } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import type { Routes } from '../routes.ts';
import { requireDag } from './dag-routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableInteger, NullableText, nullable } from './nullable.ts';
import { operatorName } from './operator-name.ts';
import type { RestParts } from './rest-parts.ts';
import { timeDelta } from './times.ts';

const TimeDeltaBody = Type.Object({
  __type: Type.Literal('TimeDelta'),
  days: Type.Integer(),
  seconds: Type.Integer(),
  microseconds: Type.Integer(),
});

const TaskBody = Type.Object({
  task_id: Type.String(),
  task_display_name: Type.String(),
  task_group_id: NullableText,
  owner: Type.String(),
  operator_name: Type.String(),
  start_date: NullableText,
  end_date: NullableText,
  trigger_rule: Type.String(),
  depends_on_past: Type.Boolean(),
  wait_for_downstream: Type.Boolean(),
  retries: Type.Number(),
  retry_delay: TimeDeltaBody,
  retry_exponential_backoff: Type.Number(),
  max_retry_delay: nullable(TimeDeltaBody),
  execution_timeout: nullable(TimeDeltaBody),
  queue: NullableText,
  executor: NullableText,
  pool: Type.String(),
  pool_slots: Type.Number(),
  priority_weight: Type.Number(),
  weight_rule: Type.String(),
  max_active_tis_per_dag: NullableInteger,
  max_active_tis_per_dagrun: NullableInteger,
  upstream_task_ids: Type.Array(Type.String()),
  downstream_task_ids: Type.Array(Type.String()),
  template_fields: Type.Array(Type.String()),
  extra_links: Type.Array(Type.String()),
  is_mapped: Type.Boolean(),
  doc_md: NullableText,
});

const Params = Type.Object({ dag_id: Type.String() });
const TaskParams = Type.Object({ dag_id: Type.String(), task_id: Type.String() });
const ListBody = Type.Object({ tasks: Type.Array(TaskBody), total_entries: Type.Integer() });

/** The tasks of a DAG's newest version, in order of definition. */
export function taskRoutes(app: Routes, { database, code }: RestParts): void {
  const tags = ['Task'];
  app.get(
    '/api/v2/dags/:dag_id/tasks',
    { schema: { tags, params: Params, response: { 200: ListBody, ...ErrorResponses } } },
    async ({ params }) => {
      const { spec } = await requireDag(database, code, params.dag_id);
      const downstream = downstreamOf(spec);
      const tasks = spec.tasks.map((task) => taskBody(task, spec, downstream));
      return { tasks, total_entries: tasks.length };
    },
  );
  app.get(
    '/api/v2/dags/:dag_id/tasks/:task_id',
    { schema: { tags, params: TaskParams, response: { 200: TaskBody, ...ErrorResponses } } },
    async ({ params }) => {
      const { spec } = await requireDag(database, code, params.dag_id);
      const task = spec.tasks.find(({ taskId }) => taskId === params.task_id);
      if (task === undefined)
        throw new GantryError('not_found', `The DAG ${params.dag_id} has no task ${params.task_id}.`);
      return taskBody(task, spec, downstreamOf(spec));
    },
  );
}

function taskBody(task: TaskSpec, spec: DagSpec, downstream: ReadonlyMap<string, string[]>): Static<typeof TaskBody> {
  return {
    task_id: task.taskId,
    task_display_name: task.taskId,
    task_group_id: task.groupId,
    owner: task.owner,
    operator_name: operatorName(task.kind),
    start_date: spec.startDate,
    end_date: spec.endDate,
    trigger_rule: task.triggerRule,
    depends_on_past: task.dependsOnPast,
    wait_for_downstream: false,
    retries: task.retries,
    retry_delay: timeDelta(task.retryDelaySeconds),
    retry_exponential_backoff: task.retryExponentialBackoff,
    max_retry_delay: task.maxRetryDelaySeconds === null ? null : timeDelta(task.maxRetryDelaySeconds),
    execution_timeout: task.executionTimeoutSeconds === null ? null : timeDelta(task.executionTimeoutSeconds),
    queue: task.queue,
    executor: task.executor,
    pool: task.pool,
    pool_slots: task.poolSlots,
    priority_weight: task.priorityWeight,
    weight_rule: 'absolute',
    max_active_tis_per_dag: task.maxActiveTisPerDag,
    max_active_tis_per_dagrun: task.maxActiveTisPerDagrun,
    upstream_task_ids: [...task.upstream],
    downstream_task_ids: downstream.get(task.taskId) ?? [],
    template_fields: [],
    extra_links: [],
    is_mapped: false,
    doc_md: task.docMd,
  };
}

function downstreamOf(spec: DagSpec): Map<string, string[]> {
  const downstream = new Map<string, string[]>(spec.tasks.map(({ taskId }) => [taskId, []]));
  for (const { taskId, upstream } of spec.tasks) for (const above of upstream) downstream.get(above)?.push(taskId);
  return downstream;
}
