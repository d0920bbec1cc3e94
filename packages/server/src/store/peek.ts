import { ALL_RUNS_ENDED } from './change-backfill.ts';
import type { Queryable } from './database.ts';

/** What waits for a scheduler; each is an index lookup, so an idle installation costs one cheap statement a second. */
export interface Waiting {
  readonly facts: boolean;
  readonly runs: boolean;
  /** Users asked something of runs that rest. */
  readonly requests: boolean;
  readonly orphans: boolean;
  readonly dags: boolean;
  /** A backfill has no run left to wait for. */
  readonly backfills: boolean;
  /** Some run is set aside. */
  readonly setAside: boolean;
  /** Other schedulers whose lease holds and that said which process they are; at most a hundred. */
  readonly schedulers: readonly { readonly id: string; readonly process: string }[];
}

/** The poll behind NOTIFY (I34): asks in one statement whether there is anything to do. */
export async function peek(db: Queryable, serviceId: string): Promise<Waiting> {
  const rows = await db.query<Waiting>(
    `select
       exists (select from fact f join dag_run r on r.run_key = f.run_key where r.leader = $1) as facts,
       exists (select from dag_run where state = 'queued' and run_after <= clock_timestamp()) as runs,
       exists (select from fact f join dag_run r on r.run_key = f.run_key where f.attempt_id is null and r.state <> 'running'
         and (r.leader is null or not lease_holds(r.leader))) as requests,
       exists (select from dag_run r where (r.state = 'running' or r.leader is not null) and r.leader is distinct from $1
         and (r.leader is null or not lease_holds(r.leader))) as orphans,
       exists (select from dag where schedule_changed)
         or exists (select from dag where not is_paused and not is_stale and next_run_after <= clock_timestamp()) as dags,
       exists (select from backfill b where b.completed_at is null and ${ALL_RUNS_ENDED}) as backfills,
       exists (select from run_set_aside) as "setAside",
       coalesce((select jsonb_agg(o) from (select s.id, s.process from service s where s.kind = 'scheduler' and s.id <> $1
         and s.process is not null and s.lease_until > clock_timestamp() limit 100) o), '[]') as schedulers`,
    [serviceId],
    'peek',
  );
  return rows[0]!;
}
