import type { LogChunk } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';

export interface OpenAttemptOfExecutor {
  readonly attemptId: string;
  readonly dagId: string;
  readonly taskId: string;
  readonly namespace: string | null;
  readonly workload: 'worker' | 'image';
  readonly ageMilliseconds: number;
  readonly started: boolean;
}

/** Open attempts of one executor, of all schedulers. */
export async function openAttempts(db: Queryable, executor: string): Promise<OpenAttemptOfExecutor[]> {
  return db.query<OpenAttemptOfExecutor>(
    `select id as "attemptId", dag_id as "dagId", task_id as "taskId", place ->> 'namespace' as namespace, workload,
       (extract(epoch from clock_timestamp() - queued_at) * 1000)::float8 as "ageMilliseconds", started_at is not null as started
     from attempt where executor = $1 and state in ('queued', 'running')`,
    [executor],
  );
}

/** Which of the attempts are open, succeeded or failed; an id without a row is missing from the answer. */
export async function attemptStates(
  db: Queryable,
  attemptIds: readonly string[],
): Promise<Map<string, 'open' | 'succeeded' | 'failed'>> {
  const rows = await db.query<{ id: string; state: 'open' | 'succeeded' | 'failed' }>(
    `select id, case when state in ('queued', 'running') then 'open' when state = 'failed' then 'failed' else 'succeeded' end as state
     from attempt where id = any ($1::uuid[])`,
    [attemptIds],
  );
  return new Map(rows.map((row) => [row.id, row.state]));
}

/** Stores log lines for an attempt without a worker; the same chunk twice is stored once. */
export async function storeLogChunk(db: Queryable, attemptId: string, chunk: LogChunk): Promise<void> {
  await db.query('insert into log_chunk (attempt_id, chunk, lines) values ($1, $2, $3) on conflict do nothing', [
    attemptId,
    chunk.chunk,
    chunk.lines.map((line) => JSON.stringify(line)).join('\n'),
  ]);
}
