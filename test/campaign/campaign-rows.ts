import type { VirtualPostgres } from './virtual-postgres.ts';

/** What the tables say when a story is over; times in milliseconds of virtual time. */
export interface CampaignRows {
  readonly attempts: readonly AttemptRow[];
  readonly instances: readonly InstanceRow[];
  readonly runs: readonly { readonly run: string; readonly state: string; readonly isLed: boolean }[];
  readonly outputs: readonly { readonly instance: string; readonly attempt: string; readonly value: unknown }[];
  readonly pools: readonly { readonly name: string; readonly slots: number }[];
  readonly requests: number;
}

export interface AttemptRow {
  readonly id: string;
  /** `run/task`. */
  readonly instance: string;
  readonly tryNumber: number;
  readonly state: string;
  readonly workload: 'worker' | 'image';
  readonly pool: string;
  readonly slots: number;
  readonly queuedAt: number;
  readonly endedAt: number | null;
  readonly isClaimed: boolean;
  readonly reported: string | null;
  readonly isStopped: boolean;
  readonly failureClass: string | null;
  readonly isRetryable: boolean;
  readonly sentence: string | null;
  readonly waiting: string | null;
}

export interface InstanceRow {
  readonly instance: string;
  readonly state: string;
  readonly attempt: string | null;
  readonly tryNumber: number;
  readonly reason: string | null;
}

const INSTANCE = `r.run_id || '/' || x.task_id`;
const since = (column: string): string =>
  `(extract(epoch from ${column} - '2026-01-01T00:00:00Z'::timestamptz) * 1000)::float8`;

/** Reads the tables with plain SQL, without any query of the store's. */
export async function readCampaignRows(postgres: VirtualPostgres, now: number): Promise<CampaignRows> {
  const read = async <Row>(text: string): Promise<readonly Row[]> =>
    (await postgres.run(now, text)).rows as unknown as readonly Row[];
  const requests = await read<{ count: number }>('select count(*) from fact where attempt_id is null');
  return {
    requests: requests[0]!.count,
    attempts: await read<AttemptRow>(
      `select x.id, ${INSTANCE} as instance, x.try_number as "tryNumber", x.state, x.workload, x.pool, x.pool_slots as slots,
         ${since('x.queued_at')} as "queuedAt", ${since('x.ended_at')} as "endedAt", x.nonce is not null as "isClaimed",
         case when x.reported_at is not null then x.outcome ->> 'kind' end as reported, x.stop_sentence is not null as "isStopped",
         x.failure ->> 'class' as "failureClass", coalesce((x.failure ->> 'retryable')::boolean, true) as "isRetryable",
         x.failure ->> 'sentence' as sentence, x.waiting
       from attempt x join dag_run r using (run_key) order by x.queued_at, x.id`,
    ),
    instances: await read<InstanceRow>(
      `select ${INSTANCE} as instance, x.state, x.attempt_id as attempt, x.try_number as "tryNumber", x.reason
       from task_instance x join dag_run r using (run_key) order by 1`,
    ),
    runs: await read(`select run_id as run, state, leader is not null as "isLed" from dag_run order by run_key`),
    outputs: await read(
      `select ${INSTANCE} as instance, o.attempt_id as attempt, o.value
       from xcom o join task_instance x using (run_key, task_index, map_index) join dag_run r using (run_key) order by 1`,
    ),
    pools: await read('select name, slots from pool where slots >= 0'),
  };
}
