import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { commitSteps, type StepBatch } from './commit-steps.ts';
import { leadWatch } from './lead-watch.ts';

const WATCH = 'KubernetesExecutor/default';
const ATTEMPT = '00000000-0000-4000-8000-000000000001';

let fresh: FreshDatabase;
beforeEach(async () => {
  fresh = await freshDatabase();
  // Only the attempt in question: what it refers to plays no part.
  await fresh.database.query('alter table attempt drop constraint attempt_run_key_fkey');
  await fresh.database.query(
    `insert into attempt (id, run_key, task_index, map_index, dag_id, task_id, try_number, executor, workload, pool, pool_slots, bundle_digest)
     values ($1, 1, 0, -1, 'd', 't', 1, 'KubernetesExecutor', 'image', 'default_pool', 1, 'b')`,
    [ATTEMPT],
  );
});
afterEach(() => fresh.drop());

async function scheduler(): Promise<string> {
  const id = randomUUID();
  await fresh.database.query(
    `insert into service (id, kind, hostname, pid, lease_until) values ($1, 'scheduler', 'h', 1, clock_timestamp() + interval '1 hour')`,
    [id],
  );
  return id;
}

/** What a watch saw up to a version: that the attempt has ended. */
function seen(epoch: number, resourceVersion: string): StepBatch {
  const nothing = { runs: [], endings: [], attempts: [], instances: [], facts: [] };
  const cursor = { watch_id: WATCH, epoch, cluster_id: 'c', selector: 's', resource_version: resourceVersion };
  return { ...nothing, foreign: [{ attempt_id: ATTEMPT, kind: 'ended', body: { resourceVersion } }], cursor };
}

async function stored(): Promise<{ facts: number; version: string | null }> {
  const [row] = await fresh.database.query<{ facts: number; version: string | null }>(
    `select (select count(*)::integer from fact) as facts, (select resource_version from watch) as version`,
  );
  return row!;
}

test('what was seen and how far the watch is are stored in one commit, and the next leader goes on there [W16 W19 I19 F19]', async () => {
  const [one, other] = [await scheduler(), await scheduler()];
  const lead = await leadWatch(fresh.database, one, WATCH, 20);
  expect(lead).toEqual({ epoch: 1, clusterId: null, selector: null, resourceVersion: null });
  await commitSteps(fresh.database, one, seen(1, '77'));
  expect(await stored()).toEqual({ facts: 1, version: '77' });
  expect(await leadWatch(fresh.database, other, WATCH, 20)).toBeNull();
  await fresh.database.query('update service set lease_until = clock_timestamp() where id = $1', [one]);
  expect(await leadWatch(fresh.database, other, WATCH, 20)).toEqual({
    epoch: 2,
    clusterId: 'c',
    selector: 's',
    resourceVersion: '77',
  });
});

test('of two watchers at once the older can store nothing, neither what it saw nor how far it is [W20 F20 I32]', async () => {
  const [old, young] = [await scheduler(), await scheduler()];
  await leadWatch(fresh.database, old, WATCH, 20);
  await commitSteps(fresh.database, old, seen(1, '77'));
  // The old one was paused beyond the lease of its watch, and its own lease as a scheduler is good again.
  await fresh.database.query('update watch set lease_until = clock_timestamp()');
  expect(await leadWatch(fresh.database, young, WATCH, 20)).toMatchObject({ epoch: 2 });
  await commitSteps(fresh.database, young, seen(2, '90'));
  await expect(commitSteps(fresh.database, old, seen(1, '80'))).rejects.toMatchObject({ code: 'GA004' });
  expect(await stored()).toEqual({ facts: 2, version: '90' });
});

test('a scheduler that comes back to a watch which somebody else led meanwhile has a new epoch [W20]', async () => {
  const [one, other] = [await scheduler(), await scheduler()];
  await leadWatch(fresh.database, one, WATCH, 20);
  await fresh.database.query('update watch set lease_until = clock_timestamp()');
  await leadWatch(fresh.database, other, WATCH, 20);
  await fresh.database.query('update watch set lease_until = clock_timestamp()');
  expect(await leadWatch(fresh.database, one, WATCH, 20)).toMatchObject({ epoch: 3 });
  await expect(commitSteps(fresh.database, one, seen(1, '80'))).rejects.toMatchObject({ code: 'GA004' });
});
