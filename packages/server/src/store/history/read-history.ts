import type { Queryable } from '../database.ts';

const INSTANCE = `r.dag_id || '/' || r.run_id || '/'`;
/** More rows than any campaign writes; a longer history would not fit into memory. */
const MOST_ROWS = 1_000_000;

/** What the tables tell of some runs of a DAG. Task instances are `dag/run/task`, runs `dag/run`. */
export interface StoredHistory {
  readonly runs: readonly { readonly run: string; readonly state: string }[];
  readonly instances: readonly { readonly instance: string; readonly state: string; readonly attempt: string | null }[];
  readonly attempts: readonly StoredAttempt[];
  /** Slots by pool; one without a bound is left out. */
  readonly pools: Readonly<Record<string, number>>;
  /** Task instances that have output, with the attempt that it is of. */
  readonly outputs: readonly { readonly instance: string; readonly attempt: string }[];
  readonly lateReports: readonly { readonly attempt: string; readonly at: number }[];
  /** Attempts whose log has the line that their task wrote last. */
  readonly wholeLogs: readonly string[];
}

/** Times are milliseconds of the database's clock. */
export interface StoredAttempt {
  readonly attempt: string;
  readonly instance: string;
  readonly state: string;
  readonly tryNumber: number;
  readonly pool: string;
  readonly slots: number;
  readonly queuedAt: number;
  readonly endedAt: number | null;
  readonly isClaimed: boolean;
  /** Of the worker's own report; null without one. */
  readonly reported: string | null;
  /** Class of its failure; null without one. */
  readonly failure: string | null;
}

/** A change that `recordChanges` noted. */
export interface StoredChange {
  readonly transaction: string;
  readonly at: number;
  readonly entity: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** Which runs: those of a DAG whose id begins so. */
export interface RunsWanted {
  readonly dagId: string;
  readonly runIdPrefix: string;
}

const WANTED = '(r.dag_id = $1 and starts_with(r.run_id, $2))';

/** `lastLine` is what each task logs as its last: the logs that have it are whole. */
export async function readHistory(db: Queryable, wanted: RunsWanted, lastLine: string): Promise<StoredHistory> {
  const values = [wanted.dagId, wanted.runIdPrefix];
  const rows = <Row>(text: string, ...more: string[]): Promise<Row[]> =>
    db.query<Row>(`${text} limit ${MOST_ROWS}`, [...values, ...more]);
  const pools = await db.query<{ name: string; slots: number }>('select name, slots from pool where slots >= 0');
  const whole = await rows<{ id: string }>(
    `select distinct a.id from log_chunk l join attempt a on a.id = l.attempt_id join dag_run r using (run_key)
     where ${WANTED} and strpos(l.lines, $3) > 0`,
    lastLine,
  );
  return {
    runs: await rows(`select r.dag_id || '/' || r.run_id as run, r.state from dag_run r where ${WANTED}`),
    instances: await rows(
      `select ${INSTANCE} || t.task_id as instance, t.state, t.attempt_id as attempt
       from task_instance t join dag_run r using (run_key) where ${WANTED}`,
    ),
    attempts: await rows(
      `select a.id as attempt, ${INSTANCE} || a.task_id as instance, a.state, a.try_number as "tryNumber", a.pool,
              a.pool_slots as slots, (extract(epoch from a.queued_at) * 1000)::float8 as "queuedAt",
              (extract(epoch from a.ended_at) * 1000)::float8 as "endedAt", a.claimed_at is not null as "isClaimed",
              case when a.reported_at is not null then a.outcome ->> 'kind' end as reported,
              a.failure ->> 'class' as failure
       from attempt a join dag_run r using (run_key) where ${WANTED}`,
    ),
    outputs: await rows(
      `select ${INSTANCE} || t.task_id as instance, x.attempt_id as attempt
       from xcom x join dag_run r using (run_key) join task_instance t using (run_key, task_index, map_index)
       where t.state = 'success' and ${WANTED}`,
    ),
    lateReports: await rows(
      `select l.attempt_id as attempt, (extract(epoch from l.recorded_at) * 1000)::float8 as at
       from late_report l join attempt a on a.id = l.attempt_id join dag_run r using (run_key) where ${WANTED}`,
    ),
    pools: Object.fromEntries(pools.map(({ name, slots }) => [name, slots])),
    wholeLogs: whole.map(({ id }) => id),
  };
}

/** How many of these runs are not over. */
export async function countOpenRuns(db: Queryable, wanted: RunsWanted): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*)::int as count from dag_run r where ${WANTED} and r.state not in ('success', 'failed')`,
    [wanted.dagId, wanted.runIdPrefix],
  );
  return row!.count;
}

/** An open attempt whose worker has told where it is. */
export interface WorkingAttempt {
  readonly attempt: string;
  readonly hostname: string | null;
  readonly pid: number | null;
  /** Name, namespace and uid of its pod; null for another executor's, or before they are known. */
  readonly pod: { readonly name: string; readonly namespace: string; readonly uid: string } | null;
}

/** The attempts of these runs that a worker has claimed and that are open, at most 100. */
export function readWorkingAttempts(db: Queryable, wanted: RunsWanted): Promise<WorkingAttempt[]> {
  return db.query<WorkingAttempt>(
    `select a.id as attempt, a.hostname, a.pid,
            case when a.place ->> 'kind' = 'pod' and a.place ->> 'uid' is not null then
              jsonb_build_object('name', a.place ->> 'name', 'namespace', a.place ->> 'namespace', 'uid', a.place ->> 'uid')
            end as pod
     from attempt a join dag_run r using (run_key)
     where ${WANTED} and a.state in ('queued', 'running') and a.claimed_at is not null order by a.queued_at limit 100`,
    [wanted.dagId, wanted.runIdPrefix],
  );
}

/** Log chunks of these runs that hold the text, as newline-separated JSON of LogLine. */
export async function readLogsWith(db: Queryable, wanted: RunsWanted, text: string): Promise<readonly string[]> {
  const rows = await db.query<{ lines: string }>(
    `select l.lines from log_chunk l join attempt a on a.id = l.attempt_id join dag_run r using (run_key)
     where ${WANTED} and strpos(l.lines, $3) > 0 order by l.attempt_id, l.chunk limit ${MOST_ROWS}`,
    [wanted.dagId, wanted.runIdPrefix, text],
  );
  return rows.map(({ lines }) => lines);
}

/** In the order in which they were made. */
export function readChanges(db: Queryable): Promise<StoredChange[]> {
  return db.query<StoredChange>(
    `select transaction, (extract(epoch from at) * 1000)::float8 as at, entity, was, "is" as "is"
     from gantry_record.change order by place limit ${MOST_ROWS}`,
  );
}
