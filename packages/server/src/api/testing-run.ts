import { createHash, randomUUID } from 'node:crypto';
import type { DagSpec, JsonObject, ParamSpec, TaskSpec } from '@gantry/sdk/model';
import type { Queryable } from '../store/database.ts';

/** A task as specs hold it, with what a test says differently. */
export function testingTask(taskId: string, settings: Partial<TaskSpec> = {}): TaskSpec {
  return {
    kind: 'task',
    taskId,
    groupId: null,
    upstream: [],
    input: null,
    owner: 'gantry',
    retries: 0,
    retryDelaySeconds: 300,
    retryExponentialBackoff: 0,
    maxRetryDelaySeconds: null,
    executionTimeoutSeconds: null,
    triggerRule: 'all_success',
    dependsOnPast: false,
    pool: 'default_pool',
    poolSlots: 1,
    priorityWeight: 1,
    maxActiveTisPerDag: null,
    maxActiveTisPerDagrun: null,
    executor: null,
    queue: null,
    podTemplateFile: null,
    podOverride: null,
    pod: null,
    ignoreDownstreamTriggerRules: true,
    docMd: null,
    ...settings,
  };
}

export function testingSpec(dagId: string, tasks: readonly TaskSpec[], settings: Partial<DagSpec> = {}): DagSpec {
  return {
    layout: 1,
    dagId,
    description: null,
    docMd: null,
    tags: [],
    schedule: { kind: 'none' },
    startDate: null,
    endDate: null,
    catchup: false,
    maxActiveRuns: 16,
    maxActiveTasks: 16,
    dagrunTimeoutSeconds: null,
    isPausedUponCreation: null,
    params: {} as { [name: string]: ParamSpec },
    podTemplateFile: null,
    podOverride: null,
    groups: [],
    tasks,
    ...settings,
  };
}

export interface TestingRun {
  readonly runKey: number;
  /** One open attempt for each task, in the order of the spec. */
  readonly attempts: readonly string[];
  readonly bundleDigest: string;
}

/** Stores a DAG version as intake does. */
export async function storeTestingDag(db: Queryable, spec: DagSpec, version = 1, code = 'export {};'): Promise<string> {
  const digest = createHash('sha256').update(code).digest('hex');
  const specDigest = createHash('sha256').update(JSON.stringify(spec)).digest('hex');
  await db.query('insert into bundle (digest, code) values ($1, $2) on conflict do nothing', [digest, code]);
  await db.query(
    `insert into dag (dag_id, is_paused, file, current_version, description, tags, owners, max_active_runs, max_active_tasks, schedule_changed)
     values ($1, true, $2, $3, $4, $5, '{gantry}', $6, $7, false)
     on conflict (dag_id) do update set current_version = excluded.current_version`,
    [spec.dagId, `${spec.dagId}.ts`, version, spec.description, spec.tags, spec.maxActiveRuns, spec.maxActiveTasks],
  );
  await db.query(
    `insert into dag_version (dag_id, version, spec, spec_digest, bundle_digest, source) values ($1, $2, $3::jsonb, $4, $5, '')`,
    [spec.dagId, version, JSON.stringify(spec), specDigest, digest],
  );
  return digest;
}

/** Stores the DAG and a running run of it, each task with an open attempt, as the engine leaves them before a launch. */
export async function storeTestingRun(
  db: Queryable,
  spec: DagSpec,
  settings: { readonly runId?: string; readonly conf?: JsonObject; readonly code?: string } = {},
): Promise<TestingRun> {
  const bundleDigest = await storeTestingDag(db, spec, 1, settings.code);
  const [run] = await db.query<{ run_key: number }>(
    `insert into dag_run (dag_id, run_id, version, run_type, state, run_after, start_date, conf, triggered_by)
     values ($1, $2, 1, 'manual', 'running', clock_timestamp(), clock_timestamp(), $3::jsonb, 'test') returning run_key`,
    [spec.dagId, settings.runId ?? 'manual__1', JSON.stringify(settings.conf ?? {})],
  );
  const runKey = run!.run_key;
  const attempts = spec.tasks.map(() => randomUUID());
  await db.query(
    `insert into attempt (id, run_key, task_index, map_index, dag_id, task_id, try_number, executor, workload, pool, pool_slots, bundle_digest)
     select t.id, $1, t.place - 1, -1, $2, t.task_id, 1, 'LocalExecutor', 'worker', 'default_pool', 1, $3
     from unnest($4::uuid[], $5::text[]) with ordinality as t (id, task_id, place)`,
    [runKey, spec.dagId, bundleDigest, attempts, spec.tasks.map((task) => task.taskId)],
  );
  await db.query(
    `insert into task_instance (run_key, task_index, task_id, state, try_number, max_tries, attempt_id, queued_at)
     select $1, task_index, task_id, 'queued', 1, 0, id, clock_timestamp() from attempt where run_key = $1`,
    [runKey],
  );
  return { runKey, attempts, bundleDigest };
}
