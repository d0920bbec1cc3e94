import { type DagSpec, RUN_STATES, RUN_TYPES, TASK_STATES, type TaskState } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { type GridCell, gridCells } from '../../store/grid-cells.ts';
import { listRuns } from '../../store/list-runs.ts';
import { dagAccessOf } from '../dag-access-of.ts';
import type { Routes } from '../routes.ts';
import { requireDag } from './dag-routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { NullableText, nullable, Time } from './nullable.ts';
import type { RestParts } from './rest-parts.ts';
import { RunBody, runBody } from './run-body.ts';

const MOST_RUNS = 100;

const Query = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_RUNS, default: 25 })),
    state: Type.Optional(Type.Array(Type.Enum([...RUN_STATES]))),
    run_type: Type.Optional(Type.Array(Type.Enum([...RUN_TYPES]))),
    before: Type.Optional(Time),
  },
  { additionalProperties: false },
);

const TaskOfGrid = Type.Object({
  task_id: Type.String(),
  group_id: NullableText,
  kind: nullable(Type.Enum(['task', 'branch', 'short_circuit', 'pod', 'empty'])),
  upstream: Type.Array(Type.String()),
  trigger_rule: NullableText,
});

const Counts = Type.Unsafe<Partial<Record<TaskState, number>>>({
  type: 'object',
  additionalProperties: { type: 'integer' },
});

const RunOfGrid = Type.Object({
  ...RunBody.properties,
  states: Type.Array(nullable(Type.Enum([...TASK_STATES])), {
    description: 'One for each task of the grid, in its order; null where the run has no such task.',
  }),
  mapped: Type.Record(Type.String(), Counts, {
    description: 'The instances of each mapped task, counted by state; its entry in `states` is the gravest of them.',
  }),
});

const GridBody = Type.Object({
  dag_id: Type.String(),
  version_number: Type.Integer(),
  groups: Type.Array(Type.Object({ group_id: Type.String(), parent_id: NullableText, tooltip: Type.String() })),
  tasks: Type.Array(TaskOfGrid, {
    description:
      'Those of the newest version in order of definition, then those that only older runs have (kind null).',
  }),
  runs: Type.Array(RunOfGrid, { description: 'Newest first.' }),
});

/** The runs of a DAG by its tasks, in one answer: what the grid and the graph of the web page are drawn from. */
export function gridRoute(app: Routes, { database, code }: RestParts): void {
  const params = Type.Object({ dag_id: Type.String() });
  const schema = { tags: ['Gantry'], params, querystring: Query, response: { 200: GridBody, ...ErrorResponses } };
  app.get('/api/v2/gantry/dags/:dag_id/grid', { schema }, async (request) => {
    const { params: of, query } = request;
    const { row, spec } = await requireDag(database, code, of.dag_id);
    const { before } = query;
    const filter = {
      access: dagAccessOf(request, 'viewer'),
      dagId: of.dag_id,
      states: query.state,
      runTypes: query.run_type,
      ranges: before === undefined ? [] : [{ field: 'run_after', operator: 'lt' as const, value: before }],
    };
    const { rows } = await listRuns(database, filter, { orderBy: ['-run_after'], limit: query.limit ?? 25, offset: 0 });
    const cells = await gridCells(
      database,
      rows.map((run) => run.run_key),
    );
    const tasks = tasksOf(spec, cells);
    return {
      dag_id: of.dag_id,
      version_number: row.current_version,
      groups: spec.groups.map(({ groupId, parentId, tooltip }) => ({
        group_id: groupId,
        parent_id: parentId,
        tooltip,
      })),
      tasks,
      runs: rows.map((run) => ({ ...runBody(run), ...cellsOfRun(run.run_key, tasks, cells) })),
    };
  });
}

function tasksOf(spec: DagSpec, cells: readonly GridCell[]): Static<typeof TaskOfGrid>[] {
  const present = spec.tasks.map((task) => ({
    task_id: task.taskId,
    group_id: task.groupId,
    kind: task.kind,
    upstream: [...task.upstream],
    trigger_rule: task.triggerRule,
  }));
  const known = new Set(present.map(({ task_id: taskId }) => taskId));
  const gone = [...new Set(cells.map(({ task_id: taskId }) => taskId))].filter((taskId) => !known.has(taskId));
  const past = { group_id: null, kind: null, upstream: [], trigger_rule: null };
  return [...present, ...gone.map((taskId) => ({ task_id: taskId, ...past }))];
}

/** The gravest first: what a person wants to know of many instances at one look. */
const BY_GRAVITY: readonly TaskState[] = [
  ...(['failed', 'upstream_failed', 'up_for_retry', 'restarting', 'running', 'queued', 'scheduled', 'none'] as const),
  ...(['success', 'skipped', 'removed'] as const),
];

function cellsOfRun(runKey: number, tasks: readonly Static<typeof TaskOfGrid>[], cells: readonly GridCell[]) {
  const counts = new Map<string, Partial<Record<TaskState, number>>>();
  const mapped: Record<string, Partial<Record<TaskState, number>>> = {};
  for (const cell of cells) {
    if (cell.run_key !== runKey) continue;
    const of = { ...counts.get(cell.task_id), [cell.state]: cell.instances };
    counts.set(cell.task_id, of);
    if (cell.is_mapped || mapped[cell.task_id] !== undefined) mapped[cell.task_id] = of;
  }
  const states = tasks.map(({ task_id: taskId }) => {
    const of = counts.get(taskId);
    return of === undefined ? null : (BY_GRAVITY.find((state) => of[state] !== undefined) ?? null);
  });
  return { states, mapped };
}
