import type { FailureClass, RunState, TaskState } from '@gantry/sdk/model';
import { type DagAccess, dagIdsOf } from './dag-access.ts';
import type { Queryable } from './database.ts';

export interface HomeCounts {
  readonly dags: {
    readonly total: number;
    readonly active: number;
    readonly paused: number;
    /** Whose last run that is over has failed. */
    readonly failing: number;
  };
  readonly runs: readonly { readonly state: RunState; readonly count: number }[];
  readonly task_instances: readonly { readonly state: TaskState; readonly count: number }[];
  readonly recent_failures: readonly RecentFailure[];
}

export interface RecentFailure {
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly task_id: string;
  readonly map_index: number;
  readonly try_number: number;
  readonly ended_at: string;
  readonly class: FailureClass;
  readonly sentence: string;
}

const FAILURES_SHOWN = 10;

/** What was queued in the last `hours`, counted, and what failed last; of the DAGs that the reader may know of. */
export async function homeCounts(db: Queryable, access: DagAccess, hours: number): Promise<HomeCounts> {
  const dagIds = dagIdsOf(access) ?? null;
  const visible = (column: string): string => `($1::text[] is null or ${column} = any ($1::text[]))`;
  const since = `clock_timestamp() - make_interval(hours => $2)`;
  const [dags, runs, instances, failures] = await Promise.all([
    db.query<HomeCounts['dags']>(
      `select count(*) as total, count(*) filter (where not d.is_paused) as active, count(*) filter (where d.is_paused) as paused,
         count(*) filter (where l.state = 'failed') as failing
       from dag d left join lateral (
         select state from dag_run r where r.dag_id = d.dag_id and r.state in ('success', 'failed') order by run_key desc limit 1) l on true
       where not d.is_stale and ${visible('d.dag_id')}`,
      [dagIds],
      'home_dags',
    ),
    db.query<HomeCounts['runs'][number]>(
      `select state, count(*) as count from dag_run r
       where (r.queued_at > ${since} or r.state in ('queued', 'running')) and ${visible('r.dag_id')} group by state`,
      [dagIds, hours],
      'home_runs',
    ),
    db.query<HomeCounts['task_instances'][number]>(
      `select t.state, count(*) as count from dag_run r join task_instance t on t.run_key = r.run_key
       where (r.queued_at > ${since} or r.state in ('queued', 'running')) and ${visible('r.dag_id')} group by t.state`,
      [dagIds, hours],
      'home_instances',
    ),
    db.query<RecentFailure>(
      `select a.dag_id, r.run_id as dag_run_id, a.task_id, a.map_index, a.try_number, a.ended_at, a.failure ->> 'class' as class,
         a.failure ->> 'sentence' as sentence
       from attempt a join dag_run r on r.run_key = a.run_key
       where a.queued_at > ${since} and a.state = 'failed' and ${visible('a.dag_id')} order by a.ended_at desc limit $3`,
      [dagIds, hours, FAILURES_SHOWN],
      'home_failures',
    ),
  ]);
  return { dags: dags[0]!, runs, task_instances: instances, recent_failures: failures };
}
