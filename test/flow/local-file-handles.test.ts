import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 30;
const STANDARD_STREAMS = 3;
const PATIENCE = { timeout: 60_000, interval: 100 };

let place: FlowPlace;
beforeEach(async () => {
  const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, 100) });
  place = await FlowPlace.open({ executor: 'LocalExecutor', dags });
});
afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

test('a scheduler that may open no more files starts no worker, says so at the task, and goes on when it may: no try is spent [F64]', async () => {
  const { pid } = place.gantry.start('scheduler');
  await place.trigger('fan');
  await place.untilEnded(2);
  const limit = (soft: number): unknown => execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${soft}:`]);
  limit(STANDARD_STREAMS);
  const waiting = () =>
    place.database.query<{ waiting: string }>('select waiting from attempt where waiting is not null');
  await expect.poll(async () => (await waiting()).length, PATIENCE).toBeGreaterThan(0);
  expect((await waiting())[0]!.waiting).toMatch(/may open no more files \(EMFILE\)/);
  limit(1024);
  await place.succeeded();
  await place.expectEachRanOnce(TASKS);
}, 240_000);
