import type { Queryable } from './database.ts';

/** A run that is set aside, with its names. */
export interface SetAsideRow {
  readonly run_key: number;
  readonly dag_id: string;
  readonly run_id: string;
  readonly sentence: string;
  readonly failures: number;
  /** ISO 8601, by the database's clock. */
  readonly next_check_at: string;
}

/** Notes that a run cannot be gone on with; each further failure doubles the wait. Null when the run is gone. */
export async function setRunAside(db: Queryable, runKey: number, sentence: string): Promise<SetAsideRow | null> {
  const [row] = await db.query<SetAsideRow>(
    `select s.run_key, r.dag_id, r.run_id, s.sentence, s.failures, s.next_check_at
     from dag_run r cross join lateral set_run_aside(r.run_key, $2) s where r.run_key = $1`,
    [runKey, sentence],
    'set_run_aside',
  );
  return row ?? null;
}

/**
 * The runs that are set aside and led by nobody: they could not even be started. The newest first, at most a hundred.
 * What stands there of runs that were deleted is removed.
 */
export async function setAsideWithoutLead(db: Queryable): Promise<SetAsideRow[]> {
  await db.query(`delete from run_set_aside s where not exists (select from dag_run r where r.run_key = s.run_key)`);
  return db.query<SetAsideRow>(
    `select s.run_key, r.dag_id, r.run_id, s.sentence, s.failures, s.next_check_at
     from run_set_aside s join dag_run r using (run_key) where r.leader is null order by s.next_check_at desc limit 100`,
  );
}

/** Which of these runs were set aside by the scheduler that led them before. */
export async function setAsideAmong(db: Queryable, runKeys: readonly number[]): Promise<number[]> {
  const rows = await db.query<{ run_key: number }>('select run_key from run_set_aside where run_key = any ($1)', [
    runKeys,
  ]);
  return rows.map((row) => row.run_key);
}

/** Takes runs back that can be gone on with again. */
export async function releaseSetAside(db: Queryable, runKeys: readonly number[]): Promise<void> {
  await db.query('delete from run_set_aside where run_key = any ($1)', [runKeys]);
}
