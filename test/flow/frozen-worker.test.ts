import { statSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ended } from '../support/gantry-processes.ts';
import { FlowPlace } from './flow-place.ts';

const PATIENCE = { timeout: 90_000, interval: 200 };

/** The first try works for ever and has a child beside it; each tells the ledger as long as it lives. Another try ends at once. */
const endless = (ledger: string): Readonly<Record<string, string>> => ({
  'endless.ts': `
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
const ledger = ${JSON.stringify(ledger)};
export const endless = dag('endless', {}, () => {
  task('a', { retries: 1, retryDelay: 0, onFailure: { disrupted: { action: 'retry_free', budget: 3, backoff: { first: 0 } } } }, async (_: void, context) => {
    appendFileSync(ledger, 'start attempt\\n');
    const { existsSync, writeFileSync } = await import('node:fs');
    if (existsSync(ledger + '.second')) return 'second';
    writeFileSync(ledger + '.second', '');
    spawn('sh', ['-c', 'while :; do echo "start child" >> ' + ledger + '; sleep 0.1; done'], { stdio: 'ignore' });
    for (;;) { appendFileSync(ledger, 'start beat\\n'); await new Promise((resolve) => setTimeout(resolve, 100)); }
  })();
});
`,
});

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.open({
    executor: 'LocalExecutor',
    dags: endless,
    options: { GANTRY__WORKERS__TASK_HEARTBEAT: '1', GANTRY__WORKERS__TASK_LEASE: '10' },
  });
});
afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

/** Process group of the first try's worker, once it works. */
async function startedGroup(): Promise<number> {
  await place.trigger('endless');
  await expect.poll(() => place.ledger('start'), PATIENCE).toEqual(expect.arrayContaining(['beat', 'child']));
  const [row] = await place.database.query<{ pid: number }>('select pid from attempt');
  // A group of 0 would be this test's own.
  if (!(row!.pid > 1)) throw new Error('The worker did not tell its process id.');
  return row!.pid;
}

const outcomes = () =>
  place.database.query("select state, failure ->> 'class' as class from attempt order by queued_at");

test('a worker that is frozen beyond its lease ends with its whole group when it wakes, and its run has gone on without it [F47 I07]', async () => {
  place.gantry.start('scheduler');
  const group = await startedGroup();
  process.kill(-group, 'SIGSTOP');
  await place.succeeded();
  expect(await outcomes()).toEqual([
    { state: 'failed', class: 'disrupted' },
    { state: 'success', class: null },
  ]);
  try {
    process.kill(-group, 'SIGCONT');
  } catch {
    // The executor has killed it already, as what is left of a closed attempt.
  }
  await expect.poll(() => isGroupAlive(group), PATIENCE).toBe(false);
  const [row] = await place.database.query<{ value: string }>('select value from xcom');
  expect(row!.value).toBe('second');
  expect(await place.runState()).toBe('success');
}, 180_000);

test('a worker that is killed takes its children along [F69]', async () => {
  place.gantry.start('scheduler');
  const group = await startedGroup();
  process.kill(group, 'SIGKILL');
  await place.succeeded();
  await expect.poll(() => isGroupAlive(group), PATIENCE).toBe(false);
  expect((await outcomes()).at(-1)).toEqual({ state: 'success', class: null });
}, 180_000);

test('workers that cannot reach the API kill their tasks before the lease ends, and the next attempt meets nothing of them [F46 I03 I07]', async () => {
  const scheduler = place.gantry.start('scheduler');
  const group = await startedGroup();
  await place.gantry.kill('api-server');
  await expect.poll(() => isGroupAlive(group), PATIENCE).toBe(false);
  // Task and child write ten times a second while they live, so the last write tells when they died, however busy we are.
  const lastSign = statSync(place.ledgerPath).mtimeMs;
  const [attempt] = await place.database.query<{ lease_until: string }>('select lease_until from attempt');
  expect(lastSign).toBeLessThan(Date.parse(attempt!.lease_until));
  place.gantry.start('api-server');
  await place.succeeded();
  const started = place.ledger('start');
  expect(started.slice(started.lastIndexOf('attempt'))).toEqual(['attempt']);
  await ended(scheduler, 'SIGTERM');
}, 180_000);

function isGroupAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
