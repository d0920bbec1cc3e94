import { ATTEMPT_TRANSITIONS, RUN_TRANSITIONS, TASK_TRANSITIONS } from '@gantry/sdk/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { databaseFailure } from './database-failure.ts';

const MODEL: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  dag_run: RUN_TRANSITIONS,
  task_instance: TASK_TRANSITIONS,
  attempt: ATTEMPT_TRANSITIONS,
};

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
  await fresh.database.query(`
    insert into bundle (digest, code) values ('digest', '');
    insert into dag (dag_id, is_paused, file, current_version, max_active_runs, max_active_tasks)
      values ('d', false, 'd.ts', 1, 1, 1);
    insert into dag_version (dag_id, version, spec, spec_digest, bundle_digest, source)
      values ('d', 1, '{}', 'digest', 'digest', '');
    insert into dag_run (dag_id, run_id, version, run_type, run_after, triggered_by)
      values ('d', 'r', 1, 'manual', now(), 'test');
    insert into task_instance (run_key, task_index, task_id, max_tries) select run_key, 0, 't', 0 from dag_run;`);
});
afterAll(() => fresh.drop());

async function failure(text: string, values: readonly unknown[] = []): Promise<string> {
  try {
    await fresh.database.query(text, values);
    return 'none';
  } catch (error) {
    return databaseFailure(error).kind;
  }
}

async function newAttempt(state: string): Promise<string> {
  const [row] = await fresh.database.query<{ id: string }>(
    `insert into attempt (id, run_key, task_index, map_index, dag_id, task_id, try_number, state, executor, workload, pool, pool_slots, bundle_digest)
     select gen_random_uuid(), run_key, 0, -1, 'd', 't', 1, $1, 'LocalExecutor', 'worker', 'default_pool', 1, 'digest' from dag_run
     returning id`,
    [state],
  );
  return row!.id;
}

describe('legal_transition', () => {
  it('holds the very rows of the model', async () => {
    const rows = await fresh.database.query<{ row: string }>(
      "select entity || ': ' || from_state || ' -> ' || to_state as row from legal_transition order by 1",
    );
    const expected = Object.entries(MODEL).flatMap(([entity, table]) =>
      Object.entries(table).flatMap(([from, states]) => states.map((to) => `${entity}: ${from} -> ${to}`)),
    );
    expect(rows.map(({ row }) => row).sort()).toEqual(expected.sort());
  });

  it.each(['dag_run', 'task_instance'])('is enforced on %s by the database', async (table) => {
    const { state } = (await fresh.database.query<{ state: string }>(`select state from ${table}`))[0]!;
    const legal = MODEL[table]?.[state] ?? [];
    for (const target of Object.keys(MODEL[table] ?? {}).filter((other) => other !== state)) {
      const expected = legal.includes(target) ? 'none' : 'illegal_transition';
      const found = await fresh.database
        .transaction(async (tx) => {
          await tx.query(`update ${table} set state = $1`, [target]);
          throw new Error('undo');
        })
        .catch((error: unknown) => databaseFailure(error));
      const kind = found.message === 'undo' ? 'none' : found.kind;
      expect(kind, `${table}: ${state} -> ${target}`).toBe(expected);
    }
  });

  it('lets a row be written without a change of its state', async () => {
    expect(await failure("update dag_run set state = state, note = 'x'")).toBe('none');
  });

  it('refuses a state that does not exist', async () => {
    expect(await failure("update task_instance set state = 'nonsense'")).toBe('illegal_transition');
  });

  it.each(['success', 'failed', 'skipped', 'abandoned'])(
    'lets no attempt that ended as %s change again',
    async (state) => {
      const id = await newAttempt('running');
      expect(await failure('update attempt set state = $2 where id = $1', [id, state])).toBe('none');
      expect(await failure("update attempt set waiting = 'late' where id = $1", [id])).toBe('closed_attempt');
      expect(await failure("update attempt set state = 'running' where id = $1", [id])).toBe('closed_attempt');
    },
  );
});
