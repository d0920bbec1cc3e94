import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyDatabase, type FreshDatabase } from '../../../../test/support/fresh-database.ts';
import { migrationFiles } from './migration-files.ts';
import { migrate } from './migrator.ts';

let fresh: FreshDatabase;
beforeEach(async () => {
  fresh = await emptyDatabase();
});
afterEach(() => fresh.drop());

test('free launches that were spent before the classes had budgets of their own stay spent', async () => {
  const before = migrationFiles().filter(({ name }) => name < '0005');
  await migrate(fresh.database, before);
  // Only the rows in question: what they refer to plays no part.
  await fresh.database.query('alter table task_instance drop constraint task_instance_run_key_fkey');
  await fresh.database.query(
    `insert into task_instance (run_key, task_index, task_id, max_tries, free_retries) values (1, 0, 'a', 0, 0), (1, 1, 'b', 0, 3)`,
  );
  await migrate(fresh.database);
  const rows = await fresh.database.query('select task_id, failures from task_instance order by task_index');
  expect(rows).toEqual([
    { task_id: 'a', failures: {} },
    { task_id: 'b', failures: { disrupted: { total: 3, free: 3 } } },
  ]);
});

test('the group commit keeps its settings although it was replaced', async () => {
  await migrate(fresh.database);
  const [row] = await fresh.database.query<{ settings: string[] }>(
    "select proconfig as settings from pg_proc where proname = 'commit_steps'",
  );
  expect(row!.settings).toEqual(
    expect.arrayContaining([
      'plan_cache_mode=force_generic_plan',
      'enable_hashjoin=off',
      'enable_mergejoin=off',
      'enable_seqscan=off',
    ]),
  );
});
