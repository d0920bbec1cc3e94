import type { AttemptState, Failure, Place, RunState, TaskState } from '@gantry/sdk/model';
import { type DagAccess, dagIdsOf } from './dag-access.ts';
import type { Queryable } from './database.ts';

/** How many other runs or attempts are named. */
const MOST_NAMED = 10;

/** What may keep one task instance from running, as the rows tell it at one moment. */
export interface WhyFacts {
  /** By the database's clock; ISO 8601. */
  readonly now: string;
  readonly dag: {
    readonly isPaused: boolean;
    readonly isStale: boolean;
    readonly file: string;
    readonly importError: string | null;
    readonly maxActiveRuns: number;
  };
  readonly run: {
    readonly runKey: number;
    readonly state: RunState;
    readonly queuedAt: string;
    readonly runAfter: string;
    readonly endDate: string | null;
    readonly reason: string | null;
    /** Until when its leader holds the lead; null when nobody leads it or the leader is gone. */
    readonly ledUntil: string | null;
    /** Not null: its next step cannot be made, and it is tried again later. */
    readonly setAside: { readonly sentence: string; readonly failures: number; readonly nextCheckAt: string } | null;
  };
  readonly schedulersAlive: number;
  /** Runs of the DAG that are running, the oldest first, at most ten. */
  readonly runningRuns: readonly string[];
  readonly instances: readonly WhyInstance[];
  readonly attempt: WhyAttempt | null;
  /** Open attempts of the same run. */
  readonly openInRun: number;
  readonly pool: WhyPool | null;
}

export interface WhyInstance {
  readonly taskIndex: number;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly notBefore: string | null;
  readonly reason: string | null;
}

export interface WhyAttempt {
  readonly state: AttemptState;
  readonly executor: string;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly claimedAt: string | null;
  readonly leaseUntil: string | null;
  /** When it ends at the latest although something better may be told of its end until then. */
  readonly pendingUntil: string | null;
  readonly waiting: string | null;
  readonly stopSentence: string | null;
  readonly place: Place | null;
  readonly failure: Failure | null;
}

export interface WhyPool {
  readonly name: string;
  readonly slots: number;
  readonly used: number;
  /** Who holds its slots, of the DAGs that the reader may know of, the longest first, at most ten. */
  readonly holders: readonly {
    readonly dagId: string;
    readonly runId: string;
    readonly taskId: string;
    readonly slots: number;
    readonly since: string;
  }[];
}

const RUN = `
  select jsonb_build_object(
      'isPaused', d.is_paused, 'isStale', d.is_stale, 'file', d.file, 'maxActiveRuns', d.max_active_runs,
      'importError', (select e.message from import_error e where e.file = d.file)) as dag,
    r.run_key as "runKey", r.state, r.queued_at as "queuedAt",
    r.run_after as "runAfter", r.end_date as "endDate", r.reason,
    (select s.lease_until from service s where s.id = r.leader and s.lease_until > clock_timestamp()) as "ledUntil",
    (select jsonb_build_object('sentence', s.sentence, 'failures', s.failures, 'nextCheckAt', s.next_check_at)
      from run_set_aside s where s.run_key = r.run_key) as "setAside",
    clock_timestamp() as now,
    (select count(*) from service s where s.kind = 'scheduler' and s.lease_until > clock_timestamp())::integer as "schedulersAlive",
    array(select o.run_id from dag_run o where o.dag_id = r.dag_id and o.state = 'running'
      order by o.run_key limit ${MOST_NAMED}) as "runningRuns",
    (select count(*) from attempt a where a.run_key = r.run_key and a.state in ('queued', 'running'))::integer as "openInRun"
  from dag_run r join dag d on d.dag_id = r.dag_id
  where r.dag_id = $1 and r.run_id = $2`;

const INSTANCES = `
  select task_index as "taskIndex", task_id as "taskId", map_index as "mapIndex", state, try_number as "tryNumber",
    max_tries as "maxTries", not_before as "notBefore", reason
  from task_instance where run_key = $1 order by task_index, map_index`;

const ATTEMPT = `
  select a.state, a.executor, a.queued_at as "queuedAt", a.started_at as "startedAt", a.ended_at as "endedAt",
    a.claimed_at as "claimedAt", a.lease_until as "leaseUntil", a.pending_until as "pendingUntil", a.waiting, a.stop_sentence as "stopSentence", a.place,
    a.failure
  from task_instance t join attempt a on a.id = t.attempt_id
  where t.run_key = $1 and t.task_id = $2 and t.map_index = $3`;

const POOL = `
  select p.name, p.slots,
    (select coalesce(sum(a.pool_slots), 0) from attempt a where a.pool = p.name and a.state in ('queued', 'running'))::integer as used,
    coalesce((select jsonb_agg(h) from (
      select a.dag_id as "dagId", r.run_id as "runId", a.task_id as "taskId", a.pool_slots as slots, a.queued_at as since
      from attempt a join dag_run r on r.run_key = a.run_key
      where a.pool = p.name and a.state in ('queued', 'running') and ($2::text[] is null or a.dag_id = any ($2))
      order by a.queued_at limit ${MOST_NAMED}) h), '[]') as holders
  from pool p where p.name = $1`;

/** Reads what may keep a task instance from running; null when there is no such run. `poolName` is the task's pool. */
export async function readWhyFacts(
  db: Queryable,
  of: { readonly dagId: string; readonly runId: string; readonly taskId: string; readonly mapIndex: number },
  poolName: string | null,
  access: DagAccess,
): Promise<WhyFacts | null> {
  type Row = Omit<WhyFacts, 'run' | 'instances' | 'attempt' | 'pool'> & WhyFacts['run'];
  const [row] = await db.query<Row>(RUN, [of.dagId, of.runId], 'read_why_run');
  if (row === undefined) return null;
  const { now, dag, schedulersAlive, runningRuns, openInRun, ...run } = row;
  const instances = await db.query<WhyInstance>(INSTANCES, [run.runKey], 'read_why_instances');
  const [attempt] = await db.query<WhyAttempt>(ATTEMPT, [run.runKey, of.taskId, of.mapIndex], 'read_why_attempt');
  const [pool] =
    poolName === null ? [] : await db.query<WhyPool>(POOL, [poolName, dagIdsOf(access) ?? null], 'read_why_pool');
  return {
    now,
    dag,
    run,
    schedulersAlive,
    runningRuns,
    instances,
    attempt: attempt ?? null,
    openInRun,
    pool: pool ?? null,
  };
}
