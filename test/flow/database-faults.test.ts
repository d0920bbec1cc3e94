import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../packages/server/src/store/connect.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 60;

describe('between Gantry and its database', () => {
  let place: FlowPlace;
  let proxy: TcpProxy;
  let proxied: NodeJS.ProcessEnv;

  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, 200) });
    place = await FlowPlace.open({
      executor: 'LocalExecutor',
      dags,
      options: { GANTRY__WORKERS__TASK_HEARTBEAT: '2' },
    });
    const url = databaseUrl();
    proxy = await TcpProxy.start({ host: url.hostname, port: Number(url.port) });
    const file = join(place.gantry.home, 'proxied-url');
    writeFileSync(file, proxy.through(url.toString()), { mode: 0o600 });
    proxied = { GANTRY__DATABASE__URL_FILE: file };
    await place.gantry.kill('api-server');
    place.gantry.start('api-server', proxied);
  });
  afterEach(async (context) => {
    proxy?.release();
    await place?.close(context.task.result?.state === 'fail');
    await proxy?.stop();
  });

  function databaseUrl(): URL {
    return new URL(readFileSync(join(place.gantry.home, 'database-url'), 'utf8'));
  }

  test('the answer to a commit is lost where a run starts and tasks are queued, claimed and reported: each is done once [F51 D1 I05 I15 I28]', async () => {
    place.gantry.start('scheduler', proxied);
    const places = ['start_runs', 'commit_steps', 'grant_claims', 'record_reports', 'commit_steps', 'record_reports'];
    await expect.poll(() => place.gantry.rest('/dags/fan'), { timeout: 60_000 }).not.toBeNull();
    const first = proxy.loseAnswerTo(places[0]!);
    await place.trigger('fan');
    await first;
    for (const statement of places.slice(1)) await proxy.loseAnswerTo(statement);
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
  }, 240_000);

  test('every connection is cut, again and again: no process dies, no task fails [D2 I35]', async () => {
    const schedulers = [place.gantry.start('scheduler', proxied), place.gantry.start('scheduler', proxied)];
    await place.trigger('fan');
    for (const done of [5, 15, 25, 35]) {
      await place.untilEnded(done);
      proxy.cut();
    }
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    expect(schedulers.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
  }, 240_000);

  test('the database is away for longer than a scheduler’s lease, then slow by half a second a statement: nothing fails or runs twice [F53 F60 I35 D12]', async () => {
    const schedulers = [place.gantry.start('scheduler', proxied), place.gantry.start('scheduler', proxied)];
    await place.trigger('fan');
    await place.untilEnded(10);
    await proxy.close();
    proxy.cut();
    await sleep(10_000);
    await proxy.open();
    proxy.delay(250);
    await place.untilEnded(40);
    proxy.delay(0);
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    expect(schedulers.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
  }, 240_000);
});

describe('the answer to a commit that makes a run of a schedule is lost', () => {
  const DAYS = 4;
  let place: FlowPlace;
  let proxy: TcpProxy;
  beforeEach(async () => {
    const start = new Date();
    start.setUTCHours(0, 0, 0, 0);
    start.setUTCDate(start.getUTCDate() - DAYS + 1);
    const daily = (ledger: string) => ({ 'daily.ts': dailyDag(ledger, start) });
    place = await FlowPlace.open({ executor: 'LocalExecutor', dags: daily });
    const url = new URL(readFileSync(join(place.gantry.home, 'database-url'), 'utf8'));
    proxy = await TcpProxy.start({ host: url.hostname, port: Number(url.port) });
    writeFileSync(join(place.gantry.home, 'proxied-url'), proxy.through(url.toString()), { mode: 0o600 });
  });
  afterEach(async (context) => {
    await place?.close(context.task.result?.state === 'fail');
    await proxy?.stop();
  });

  test('each of its runs is made once and runs once [F51 D1 I27]', async () => {
    await expect.poll(() => place.gantry.rest('/dags/daily'), { timeout: 60_000 }).not.toBeNull();
    const lost = proxy.loseAnswerTo(/commit\b/i);
    place.gantry.start('scheduler', { GANTRY__DATABASE__URL_FILE: join(place.gantry.home, 'proxied-url') });
    await lost;
    const made = `select state, count(*)::int as runs, count(distinct logical_date)::int as dates from dag_run group by 1`;
    const rows = () => place.database.query(made);
    await expect.poll(rows, { timeout: 60_000 }).toEqual([{ state: 'success', runs: DAYS, dates: DAYS }]);
    await place.expectEachRanOnce(DAYS);
  }, 120_000);
});

function dailyDag(ledger: string, start: Date): string {
  return `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
export const daily = dag('daily', { schedule: '@daily', startDate: '${start.toISOString()}', catchup: true }, () => {
  task('only', async (_: void, context) => {
    for (const word of ['start ', 'end ']) appendFileSync(${JSON.stringify(ledger)}, word + context.run.runId + '\\n');
  })();
});
`;
}

describe('without a notification', () => {
  let place: FlowPlace;
  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, 20, 50) });
    place = await FlowPlace.open({ executor: 'LocalExecutor', dags });
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('the listeners are ended again and again, and none of what was notified is heard: polling does the work [F57 I34 D4]', async () => {
    const scheduler = place.gantry.start('scheduler');
    await expect.poll(() => place.gantry.output, { timeout: 60_000 }).toMatch(/The scheduler runs/);
    const listeners = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'gantry scheduler listener%'`;
    const abort = new AbortController();
    let ends = 0;
    const killing = (async () => {
      while (!abort.signal.aborted) {
        ends += (await place.database.query(listeners)).length;
        await sleep(20);
      }
    })();
    await place.trigger('fan');
    await place.succeeded();
    abort.abort();
    await killing;
    expect(ends).toBeGreaterThan(0);
    await place.expectEachRanOnce(20);
    expect(scheduler.exitCode).toBeNull();
  }, 240_000);
});

const POOLS = (ledger: string) => ({
  'pools.ts': `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
const tell = (line: string) => appendFileSync(${JSON.stringify(ledger)}, line + '\\n');
export const pools = dag('pools', {}, () => {
  for (const [pool, count] of [['held', 4], ['default_pool', 12]] as const) {
    let before: ReturnType<ReturnType<typeof task>> | undefined;
    for (let index = 0; index < count; index += 1) {
      const one = task(pool + index, { pool }, async (_: void, context) => {
        tell('start ' + context.task.taskId);
        tell('end ' + context.task.taskId);
      })();
      if (before !== undefined) one.after(before);
      before = one;
    }
  }
});
`,
});

describe('a session holds the row of a pool', () => {
  let place: FlowPlace;
  beforeEach(async () => {
    place = await FlowPlace.open({ executor: 'LocalExecutor', dags: POOLS });
    await place.database.query(`insert into pool (name, slots) values ('held', 2)`);
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('the tasks of other pools go on, the log says which pool is held, and its own run when it is free [F56 D7 D5]', async () => {
    const holder = await openDatabase({
      url: readFileSync(join(place.gantry.home, 'database-url'), 'utf8'),
      applicationName: 'gantry test holder',
      poolSize: 1,
    });
    let free: () => void = () => undefined;
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    const holding = holder.transaction(async (tx) => {
      await tx.query(`select from pool where name = 'held' for update`);
      await freed;
    });
    try {
      place.gantry.start('scheduler');
      await place.trigger('pools');
      await place.untilEnded(12);
      expect(place.ledger('end').filter((task) => task.startsWith('held'))).toEqual([]);
      await expect.poll(() => place.gantry.output, { timeout: 30_000 }).toMatch(/pool held/);
    } finally {
      free();
      await holding;
      await holder.close();
    }
    await place.succeeded();
    await place.expectEachRanOnce(16);
  }, 240_000);
});

describe('the database is away for longer than a worker’s lease', () => {
  const WORKERS = 4;
  const TASK_MILLISECONDS = 15_000;
  let place: FlowPlace;
  let proxy: TcpProxy;
  let proxied: NodeJS.ProcessEnv;
  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, WORKERS, TASK_MILLISECONDS) });
    const options = { GANTRY__WORKERS__TASK_LEASE: '10', GANTRY__WORKERS__TASK_HEARTBEAT: '2' };
    place = await FlowPlace.open({ executor: 'LocalExecutor', dags, options });
    const url = new URL(readFileSync(join(place.gantry.home, 'database-url'), 'utf8'));
    proxy = await TcpProxy.start({ host: url.hostname, port: Number(url.port) });
    writeFileSync(join(place.gantry.home, 'proxied-url'), proxy.through(url.toString()), { mode: 0o600 });
    proxied = { GANTRY__DATABASE__URL_FILE: join(place.gantry.home, 'proxied-url') };
    await place.gantry.kill('api-server');
    place.gantry.start('api-server', proxied);
  });
  afterEach(async (context) => {
    await place?.close(context.task.result?.state === 'fail');
    await proxy?.stop();
  });

  test('workers end their tasks by themselves, and each runs once more without spending a retry [F53 I07 I14 I35]', async () => {
    place.gantry.start('scheduler', proxied);
    await place.trigger('fan');
    await expect.poll(() => place.ledger('start').length, { timeout: 60_000 }).toBe(WORKERS);
    await proxy.close();
    proxy.cut();
    await sleep(TASK_MILLISECONDS + 2000);
    // Without a lease no task came to its end.
    expect(place.ledger('end')).toEqual([]);
    await proxy.open();
    await place.succeeded();
    expect(place.ledger('start').length).toBe(2 * WORKERS);
    expect(place.ledger('end').length).toBe(WORKERS);
    const rows = await place.database.query<{ state: string; class: string | null; attempts: number; tries: number }>(
      `select state, failure ->> 'class' as class, count(*)::int as attempts, max(try_number) as tries
       from attempt group by 1, 2 order by 1`,
    );
    expect(rows).toEqual([
      { state: 'failed', class: 'disrupted', attempts: WORKERS, tries: 1 },
      { state: 'success', class: null, attempts: WORKERS, tries: 1 },
    ]);
  }, 240_000);
});
