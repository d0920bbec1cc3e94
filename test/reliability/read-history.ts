import type { Database } from '../../packages/server/src/store/database.ts';
import { ledgerLines } from '../support/gantry-processes.ts';
import type { PodRecord } from '../support/pod-record.ts';
import type { AttemptRecord, History, InstanceRecord, LedgerLine } from './history.ts';

const INSTANCE = `r.dag_id || '/' || r.run_id || '/'`;

/** Reads the tables with plain SQL, without any query of the store's. */
export async function readHistory(
  database: Database,
  given: { readonly ledger: string; readonly pods: PodRecord } & Pick<History, 'asked' | 'upstream'>,
): Promise<History> {
  const runs = await database.query<{ run: string; state: string }>(
    `select dag_id || '/' || run_id as run, state from dag_run`,
  );
  const instances = await database.query<InstanceRecord & Record<string, unknown>>(
    `select ${INSTANCE} || t.task_id as instance, t.state, t.attempt_id as attempt
     from task_instance t join dag_run r using (run_key)`,
  );
  const attempts = await database.query<AttemptRecord & Record<string, unknown>>(
    `select a.id as attempt, ${INSTANCE} || a.task_id as instance, a.state, a.pool, a.pool_slots as slots,
            (extract(epoch from a.queued_at) * 1000)::float8 as "queuedAt",
            (extract(epoch from a.ended_at) * 1000)::float8 as "endedAt",
            a.claimed_at is not null as "isClaimed",
            case when a.reported_at is not null then a.outcome->>'kind' end as reported
     from attempt a join dag_run r using (run_key)`,
  );
  const outputs = await database.query<{ instance: string; attempt: string }>(
    `select ${INSTANCE} || t.task_id as instance, x.attempt_id as attempt
     from xcom x join dag_run r using (run_key) join task_instance t using (run_key, task_index, map_index)
     where t.state = 'success'`,
  );
  const pools = await database.query<{ name: string; slots: number }>('select name, slots from pool where slots >= 0');
  return {
    asked: given.asked,
    upstream: given.upstream,
    runs,
    instances,
    attempts,
    outputs,
    pools: Object.fromEntries(pools.map(({ name, slots }) => [name, slots])),
    ledger: ledgerLines(given.ledger).map((line) => JSON.parse(line) as LedgerLine),
    pods: given.pods.uids,
  };
}
