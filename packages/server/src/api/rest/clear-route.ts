import { GantryError, type RequestedTask } from '@gantry/sdk/model';
import { type Static, Type } from 'typebox';
import { changeRunNote } from '../../store/change-notes.ts';
import type { TaskInstanceRow } from '../../store/list-task-instances.ts';
import { audited } from '../audit/audited.ts';
import { accountOf } from '../authentication.ts';
import type { Routes } from '../routes.ts';
import { chooseInstances } from './choose-instances.ts';
import { chooseRuns } from './choose-runs.ts';
import { requireDag } from './dag-routes.ts';
import { ErrorResponses } from './error-responses.ts';
import { Note, requireStorableNote } from './note.ts';
import { nullable, Time } from './nullable.ts';
import { instanceListBody, noteInstances, requestInstances } from './requested-instances.ts';
import type { RestParts } from './rest-parts.ts';
import { RunBody, runBody } from './run-body.ts';
import { requireRun } from './run-routes.ts';
import { TaskInstanceListBody } from './task-instance-body.ts';

const flag = (initial: boolean) => Type.Optional(Type.Boolean({ default: initial }));
const TaskName = Type.Union([Type.String(), Type.Tuple([Type.String(), Type.Integer()])]);

const ClearBody = Type.Object(
  {
    dry_run: flag(true),
    task_ids: Type.Optional(nullable(Type.Array(TaskName, { maxItems: 10_000 }))),
    dag_run_id: Type.Optional(nullable(Type.String())),
    start_date: Type.Optional(nullable(Time)),
    end_date: Type.Optional(nullable(Time)),
    only_failed: flag(true),
    only_running: flag(false),
    reset_dag_runs: flag(true),
    include_upstream: flag(false),
    include_downstream: flag(false),
    include_future: flag(false),
    include_past: flag(false),
    run_on_latest_version: flag(false),
    prevent_running_task: flag(false),
    note: Type.Optional(Note),
  },
  { additionalProperties: false },
);

/** POST clearTaskInstances: task instances to be run again. Only shows which unless `dry_run` is false, as Airflow. */
export function clearRoute(app: Routes, parts: RestParts): void {
  const { database, code } = parts;
  const params = Type.Object({ dag_id: Type.String() });
  const response = { 200: TaskInstanceListBody, ...ErrorResponses };
  const schema = { tags: ['TaskInstance'], params, body: ClearBody, response };
  app.post('/api/v2/dags/:dag_id/clearTaskInstances', { schema }, async (request) => {
    const { body } = request;
    const dagId = request.params.dag_id;
    await requireDag(database, code, dagId);
    const only = onlyOf(body);
    refuseLatest(body.run_on_latest_version);
    const runs = await chooseRuns(database, {
      dagId,
      runId: body.dag_run_id ?? null,
      includePast: body.include_past ?? false,
      includeFuture: body.include_future ?? false,
      startDate: body.start_date ?? null,
      endDate: body.end_date ?? null,
    });
    const rows = await chooseInstances(parts, runs, {
      tasks: body.task_ids?.map(requestedTask) ?? null,
      includeUpstream: body.include_upstream ?? false,
      includeDownstream: body.include_downstream ?? false,
      only,
    });
    if (body.prevent_running_task ?? false) refuseRunning(rows);
    if (body.dry_run ?? true) return instanceListBody(parts, rows);
    if (body.note !== undefined) await noteInstances(request, parts, rows, body.note);
    const requestedBy = accountOf(request).username;
    const reopen = body.reset_dag_runs ?? true;
    return requestInstances(request, 'post_clear_task_instances', parts, rows, (tasks) => ({
      kind: 'clear_tasks',
      tasks,
      only,
      reopen,
      requestedBy,
    }));
  });
  clearRunRoute(app, parts);
}

const ClearRunBody = Type.Object(
  {
    dry_run: flag(true),
    only_failed: flag(false),
    only_new: flag(false),
    run_on_latest_version: flag(false),
    note: Type.Optional(Note),
  },
  { additionalProperties: false },
);

/** POST dagRuns/{run}/clear: every task of a run, or those that failed. Answers the instances when dry, else the run. */
function clearRunRoute(app: Routes, parts: RestParts): void {
  const params = Type.Object({ dag_id: Type.String(), dag_run_id: Type.String() });
  const response = { 200: Type.Union([TaskInstanceListBody, RunBody]), ...ErrorResponses };
  const schema = { tags: ['DagRun'], params, body: ClearRunBody, response };
  app.post('/api/v2/dags/:dag_id/dagRuns/:dag_run_id/clear', { schema }, async (request) => {
    const { body } = request;
    const { dag_id: dagId, dag_run_id: runId } = request.params;
    refuseLatest((body.run_on_latest_version ?? false) || (body.only_new ?? false));
    const only = (body.only_failed ?? false) ? ('failed' as const) : null;
    const run = await requireRun(parts.database, dagId, runId);
    const every = { tasks: null, includeUpstream: false, includeDownstream: false, only };
    const rows = await chooseInstances(parts, [run], every);
    if (body.dry_run ?? true) return instanceListBody(parts, rows);
    if (body.note !== undefined) {
      const { note } = body;
      requireStorableNote(note);
      await audited(request, parts.database, async (tx, record) => {
        await changeRunNote(tx, run.run_key, note);
        record({ event: 'clear_dag_run', dagId, runId, before: { note: run.note }, after: { note } });
      });
    }
    const requestedBy = accountOf(request).username;
    await requestInstances(request, 'clear_dag_run', parts, rows, (tasks) => ({
      kind: 'clear_tasks',
      tasks,
      only,
      reopen: true,
      requestedBy,
    }));
    return runBody(await requireRun(parts.database, dagId, runId));
  });
}

function requestedTask(name: Static<typeof TaskName>): RequestedTask {
  return typeof name === 'string' ? { taskId: name, mapIndex: null } : { taskId: name[0], mapIndex: name[1] };
}

function onlyOf(body: Static<typeof ClearBody>): 'failed' | 'running' | null {
  const onlyFailed = body.only_failed ?? true;
  if (!(body.only_running ?? false)) return onlyFailed ? 'failed' : null;
  if (!onlyFailed) return 'running';
  throw new GantryError('invalid', 'body: only_running needs only_failed to be false (it is true unless given).');
}

function refuseLatest(asked: boolean | undefined): void {
  if (asked !== true) return;
  throw new GantryError(
    'bad_request',
    'A run keeps the version of its DAG; trigger a new run to use the newest, and leave run_on_latest_version out.',
  );
}

function refuseRunning(rows: readonly TaskInstanceRow[]): void {
  const running = rows.find(({ state }) => state === 'running');
  if (running === undefined) return;
  throw new GantryError(
    'conflict',
    `Task ${running.task_id} of run ${running.run_id} is running; nothing was cleared.`,
  );
}
