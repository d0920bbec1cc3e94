import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { ended, GantryProcesses, ledgerLines } from '../support/gantry-processes.ts';

const TASKS = 200;

/** Each task appends its start and its end to the ledger, with the attempt that ran it. */
const fanOut = `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
const ledger = process.env.HOME + '/ledger';
export const fan = dag('fan', { maxActiveTasks: 1000 }, () => {
  for (let index = 0; index < ${TASKS}; index += 1) {
    task('t' + index, async (_: void, context) => {
      appendFileSync(ledger, 'start ' + context.task.taskId + ' ' + context.task.attemptId + '\\n');
      await new Promise((resolve) => setTimeout(resolve, 50));
      appendFileSync(ledger, 'end ' + context.task.taskId + ' ' + context.task.attemptId + '\\n');
    })();
  }
});
`;

let fresh: FreshDatabase;
let gantry: GantryProcesses;

beforeEach(async () => {
  fresh = await freshDatabase();
  const options = { GANTRY__SCHEDULER__SCHEDULER_LEASE: '6', GANTRY__CORE__PARALLELISM: '8' };
  gantry = await GantryProcesses.prepare(fresh.url, { 'fan.ts': fanOut }, options);
  gantry.start('api-server');
  gantry.start('dag-processor');
  await expect.poll(dagVersion, { timeout: 60_000 }).toBe(1);
});
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.error(gantry.output.slice(-20_000));
  await gantry.stop();
  await fresh.drop();
});

async function dagVersion(): Promise<number | undefined> {
  const [row] = await fresh.database.query<{ version: number }>(
    `select current_version as version from dag where dag_id = 'fan'`,
  );
  return row?.version;
}

async function trigger(): Promise<void> {
  await fresh.database.query(
    `insert into dag_run (dag_id, run_id, version, run_type, run_after, triggered_by) values ('fan', 'one', 1, 'manual', now(), 'test')`,
  );
  await fresh.database.query(`select pg_notify('gantry_scheduler', 'runs')`);
}

async function runState(): Promise<string | undefined> {
  const [row] = await fresh.database.query<{ state: string }>(`select state from dag_run where run_id = 'one'`);
  return row?.state;
}

const ledger = (): string[] => ledgerLines(`${gantry.home}/ledger`);
const ends = (): number => ledger().filter((line) => line.startsWith('end ')).length;

async function everyTaskRanOnce(): Promise<void> {
  await expect.poll(runState, { timeout: 120_000, interval: 200 }).toBe('success');
  const starts = ledger()
    .filter((line) => line.startsWith('start '))
    .map((line) => line.split(' ')[1]);
  expect(starts.length).toBe(TASKS);
  expect(new Set(starts).size).toBe(TASKS);
  expect(ends()).toBe(TASKS);
  const [row] = await fresh.database.query<{ tries: number; attempts: number }>(
    `select max(i.try_number) as tries, (select count(*) from attempt) as attempts from task_instance i`,
  );
  expect(row).toEqual({ tries: 1, attempts: TASKS });
}

test('one of two schedulers is killed in the middle of a fan-out: every task runs exactly once', async () => {
  const schedulers = [gantry.start('scheduler'), gantry.start('scheduler')];
  await trigger();
  await expect.poll(ends, { timeout: 60_000 }).toBeGreaterThan(40);
  const [row] = await fresh.database.query<{ pid: number }>(
    `select s.pid from dag_run r join service s on s.id = r.leader where r.run_id = 'one'`,
  );
  const leader = schedulers.find((scheduler) => scheduler.pid === row!.pid)!;
  await ended(leader, 'SIGKILL');
  expect(await runState()).toBe('running');
  await everyTaskRanOnce();
}, 240_000);

test('the only scheduler is killed in the middle of a fan-out and started again: every task runs exactly once', async () => {
  const scheduler = gantry.start('scheduler');
  await trigger();
  await expect.poll(ends, { timeout: 60_000 }).toBeGreaterThan(40);
  await ended(scheduler, 'SIGKILL');
  expect(await runState()).toBe('running');
  gantry.start('scheduler');
  await everyTaskRanOnce();
}, 240_000);
