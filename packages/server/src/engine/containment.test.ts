import { chain, dag, task } from '@gantry/sdk';
import { type AttemptFact, GantryError } from '@gantry/sdk/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningEngine, runEnded, startEngine, taskStates } from '../../../../test/support/engine-harness.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { seedDag, seedRun } from '../../../../test/support/seed-dag.ts';
import { openDatabase } from '../store/connect.ts';
import { readRun } from '../store/list-runs.ts';
import { ScriptedExecutor, success } from './scripted-executor.ts';

const OTHERS = 9;
const PATIENCE = { timeout: 20_000, interval: 20 };

let fresh: FreshDatabase;
let engines: RunningEngine[] = [];
let troubles: unknown[];

beforeEach(async () => {
  fresh = await freshDatabase();
  engines = [];
  troubles = [];
});
afterEach(async () => {
  for (const engine of engines) await engine.stop();
  await fresh.drop();
});

function start(executor = new ScriptedExecutor(success)): RunningEngine {
  const engine = startEngine(fresh.database, [executor], { events: { trouble: ({ error }) => troubles.push(error) } });
  engines.push(engine);
  return engine;
}

const codes = (): unknown[] => [
  ...new Set(troubles.map((error) => (error instanceof GantryError ? error.code : error))),
];

/** A chain of two tasks, ten runs of it; answers the key of the run that a test poisons and those of the others. */
async function tenRuns(dagId = 'many'): Promise<{ poisonous: number; others: number[] }> {
  const { spec } = dag(dagId, { maxActiveRuns: 100 }, () => {
    chain(task('a', {}, async () => {})(), task('b', {}, async () => {})());
  });
  await seedDag(fresh.database, spec);
  const keys: number[] = [];
  for (let index = 0; index <= OTHERS; index += 1) keys.push(await seedRun(fresh.database, dagId, `run${index}`));
  const [poisonous] = keys.splice(4, 1);
  return { poisonous: poisonous!, others: keys };
}

async function expectOthersSucceed(others: readonly number[]): Promise<void> {
  for (const runKey of others) expect(await runEnded(fresh.database, runKey)).toBe('success');
}

async function setAside(runId: string, dagId = 'many') {
  return (await readRun(fresh.database, dagId, runId))!.set_aside;
}

/** Every change of the run's task instances is refused until `cure`. */
async function poisonInstances(runKey: number): Promise<() => Promise<void>> {
  await fresh.database.query(`create function refuse() returns trigger language plpgsql as $$
    begin raise exception 'no such luck' using errcode = '22000'; end $$`);
  await fresh.database.query(`create trigger refuse before update on task_instance
    for each row when (old.run_key = ${runKey}) execute function refuse()`);
  return async () => {
    await fresh.database.query('drop trigger refuse on task_instance');
  };
}

test('a run whose commit the database refuses is set aside with its reason, all others go on, and it goes on itself once it can [I26]', async () => {
  const { poisonous, others } = await tenRuns();
  const cure = await poisonInstances(poisonous);
  start();
  await expectOthersSucceed(others);
  await expect.poll(() => setAside('run4'), PATIENCE).not.toBeNull();
  expect(await setAside('run4')).toMatchObject({
    sentence: 'The database refuses its next step: no such luck (SQLSTATE 22000)',
  });
  expect(codes()).toEqual(['run_set_aside']);
  await cure();
  expect(await runEnded(fresh.database, poisonous)).toBe('success');
  await expect.poll(() => setAside('run4'), PATIENCE).toBeNull();
}, 60_000);

test('a run that is set aside waits twice as long after each failure, and a takeover tries it at once', async () => {
  const { poisonous } = await tenRuns();
  const cure = await poisonInstances(poisonous);
  const first = start();
  await expect.poll(async () => (await setAside('run4'))?.failures, PATIENCE).toBe(2);
  const { since, next_check_at: next } = (await setAside('run4'))!;
  expect(Date.parse(next) - Date.parse(since)).toBeGreaterThanOrEqual(15_000);
  await cure();
  await first.stop();
  start();
  expect(await runEnded(fresh.database, poisonous)).toBe('success');
  expect(await setAside('run4')).toBeNull();
}, 60_000);

test('a row that leads to an illegal transition costs nobody but its run, which is read anew', async () => {
  const { poisonous, others } = await tenRuns();
  const silent = new ScriptedExecutor(() => []);
  start(silent);
  await expect.poll(() => silent.launched.length, PATIENCE).toBe(OTHERS + 1);
  await fresh.database.query(`update task_instance set state = 'removed' where run_key = $1 and task_index = 0`, [
    poisonous,
  ]);
  await silent.tell(silent.launched.flatMap(success));
  await expect.poll(() => silent.launched.length, PATIENCE).toBe(2 * OTHERS + 1);
  await silent.tell(silent.launched.slice(OTHERS + 1).flatMap(success));
  await expectOthersSucceed(others);
  await expect.poll(() => setAside('run4'), PATIENCE).not.toBeNull();
}, 60_000);

test('what an executor told of a run that is set aside is kept and counts once the run goes on', async () => {
  const { poisonous, others } = await tenRuns();
  const silent = new ScriptedExecutor(() => []);
  start(silent);
  await expect.poll(() => silent.launched.length, PATIENCE).toBe(OTHERS + 1);
  const cure = await poisonInstances(poisonous);
  await silent.tell(silent.launched.flatMap(success));
  await expect.poll(() => setAside('run4'), PATIENCE).not.toBeNull();
  await expect.poll(() => silent.launched.length, PATIENCE).toBe(2 * OTHERS + 1);
  await silent.tell(silent.launched.slice(OTHERS + 1).flatMap(success));
  await expectOthersSucceed(others);
  await cure();
  await expect.poll(() => taskStates(fresh.database, poisonous), PATIENCE).toEqual({ a: 'success', b: 'queued' });
}, 60_000);

test.each([
  ['of a kind that this version does not know', 'from_the_future', {}],
  ['without what it must say', 'reported', {}],
])(
  'a fact %s sets its run aside, and the facts of all others are applied',
  async (_, kind, body) => {
    const { poisonous, others } = await tenRuns();
    const silent = new ScriptedExecutor(() => []);
    start(silent);
    await expect.poll(() => silent.launched.length, PATIENCE).toBe(OTHERS + 1);
    await fresh.database.query(
      `insert into fact (run_key, attempt_id, kind, body) select run_key, id, $2, $3 from attempt where run_key = $1`,
      [poisonous, kind, JSON.stringify(body)],
    );
    await expect.poll(() => setAside('run4'), PATIENCE).not.toBeNull();
    await silent.tell(silent.launched.flatMap(success));
    await expect.poll(() => silent.launched.length, PATIENCE).toBe(2 * OTHERS + 1);
    await silent.tell(silent.launched.slice(OTHERS + 1).flatMap(success));
    await expectOthersSucceed(others);
    expect(codes()).toEqual(['run_set_aside']);
    await fresh.database.query('delete from fact where run_key = $1 and kind = $2', [poisonous, kind]);
    await expect.poll(() => setAside('run4'), PATIENCE).toBeNull();
  },
  60_000,
);

test.each([
  ['the database cannot read', '7', 'queued'],
  ['this version cannot read', '[{"taskId": "a", "retries": 0, "upstream": ["gone"]}]', 'running'],
])(
  'a run of a DAG version that %s is set aside, and the runs of other DAGs start',
  async (_, tasks, state) => {
    const { others } = await tenRuns('whole');
    await tenRuns('broken');
    await fresh.database.query(`update dag_version set spec = jsonb_set(spec, '{tasks}', $1) where dag_id = 'broken'`, [
      tasks,
    ]);
    start();
    await expectOthersSucceed(others);
    await expect.poll(() => setAside('run0', 'broken'), PATIENCE).not.toBeNull();
    await expect.poll(() => codes(), PATIENCE).toEqual(['run_set_aside']);
    expect((await readRun(fresh.database, 'broken', 'run0'))!.state).toBe(state);
  },
  60_000,
);

test('a fact for another leader that the database cannot store is left out, and those beside it are stored', async () => {
  const { poisonous, others } = await tenRuns();
  const silent = new ScriptedExecutor(() => []);
  const first = start(silent);
  await expect.poll(() => silent.launched.length, PATIENCE).toBe(OTHERS + 1);
  const other = new ScriptedExecutor(() => []);
  const second = start(other);
  await expect.poll(() => second.leadership.id, PATIENCE).not.toBeNull();
  const told: AttemptFact[] = silent.launched.flatMap(success);
  const failure = { class: 'disrupted', sentence: 'nul \0', retryable: true, detail: {} } as const;
  const { attemptId } = silent.launched.find(({ runKey }) => runKey === poisonous)!;
  const bad: AttemptFact = { kind: 'ended', attemptId, place: null, ending: { failure, provenDead: true } };
  await other.tell([bad, ...told.filter((fact) => fact.attemptId !== attemptId)]);
  await expect.poll(() => silent.launched.length, PATIENCE).toBe(2 * OTHERS + 1);
  expect(await taskStates(fresh.database, others[0]!)).toEqual({ a: 'success', b: 'queued' });
  expect(troubles).toHaveLength(1);
  await first.stop();
}, 60_000);

test('a DAG whose scheduled run the database refuses holds no other DAG up', async () => {
  for (const dagId of ['good', 'refused']) {
    const { spec } = dag(dagId, { schedule: '@daily', startDate: '2020-01-01', catchup: false }, () => {
      task('a', {}, async () => {})();
    });
    await seedDag(fresh.database, spec);
  }
  await fresh.database.query(`alter table dag_run add constraint refused check (dag_id <> 'refused')`);
  start();
  const made = () => fresh.database.query(`select dag_id from dag_run where run_type = 'scheduled'`);
  await expect.poll(made, PATIENCE).toEqual([{ dag_id: 'good' }]);
});

test.each([
  ['the run', 'select from dag_run where run_key = $1 for update'],
  ['a task instance', 'select from task_instance where run_key = $1 for update'],
  ['an attempt', 'select from attempt where run_key = $1 for update'],
])(
  'while another session holds the row of %s all other runs go on, and it goes on once the row is free [F56 D7 I26]',
  async (_, lock) => {
    const bounds = { lockTimeoutSeconds: 1, statementTimeoutSeconds: 5, answerMarginSeconds: 1 };
    const impatient = await openDatabase({
      url: fresh.url,
      applicationName: 'gantry impatient',
      poolSize: 4,
      ...bounds,
    });
    const { poisonous, others } = await tenRuns();
    const silent = new ScriptedExecutor(() => []);
    const engine = startEngine(impatient, [silent], { events: { trouble: ({ error }) => troubles.push(error) } });
    let free: () => void = () => undefined;
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    let holding: Promise<void> = Promise.resolve();
    try {
      await expect.poll(() => silent.launched.length, PATIENCE).toBe(OTHERS + 1);
      const held = new Promise<void>((resolve) => {
        holding = fresh.database.transaction(async (tx) => {
          await tx.query(lock, [poisonous]);
          resolve();
          await freed;
        });
      });
      await held;
      void silent.tell(silent.launched.flatMap(success)).catch(() => {});
      await expect.poll(() => setAside('run4'), PATIENCE).not.toBeNull();
      expect((await setAside('run4'))!.sentence).toMatch(/^Another session of the database holds a row of it/);
      // The executor tells again what was refused with the turn.
      await silent.tell(silent.launched.flatMap(success));
      await expect.poll(() => silent.launched.length, PATIENCE).toBe(2 * OTHERS + 1);
      await silent.tell(silent.launched.slice(OTHERS + 1).flatMap(success));
      await expectOthersSucceed(others);
    } finally {
      free();
      await holding;
    }
    await expect.poll(() => silent.launched.length, PATIENCE).toBe(2 * OTHERS + 2);
    await silent.tell(success(silent.launched.at(-1)!));
    expect(await runEnded(fresh.database, poisonous)).toBe('success');
    await expect.poll(() => setAside('run4'), PATIENCE).toBeNull();
    await engine.stop();
    await impatient.close();
  },
  90_000,
);
