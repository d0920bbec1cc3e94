import type { Json } from '@gantry/sdk/model';
import type { Queryable } from './database.ts';
import type { Holder } from './extend-leases.ts';
import { isOpen } from './open-attempt.ts';

export interface XcomPlace {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly key: string;
}

/** An XCom of the holder's own run. Null: the attempt is closed or not the asker's; `found` false: there is no such XCom. */
export async function readHeldXcom(
  db: Queryable,
  { attemptId, tokenHash }: Holder,
  { taskId, mapIndex, key }: XcomPlace,
): Promise<{ readonly found: boolean; readonly value: Json } | null> {
  const [row] = await db.query<{ found: boolean; value: Json }>(
    `select x.key is not null as found, x.value
     from attempt a
     left join task_instance t on t.run_key = a.run_key and t.task_id = $3 and t.map_index = $4
     left join xcom x on x.run_key = t.run_key and x.task_index = t.task_index and x.map_index = t.map_index and x.key = $5
     where a.id = $1 and a.token_hash = decode($2, 'hex') and ${isOpen('a')}`,
    [attemptId, tokenHash, taskId, mapIndex, key],
    'read_held_xcom',
  );
  return row ?? null;
}
