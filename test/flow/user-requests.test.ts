import { afterEach, describe, expect, test } from 'vitest';
import { EXECUTORS, FlowPlace } from './flow-place.ts';

const OPTIONS = {
  GANTRY__CORE__KILLED_TASK_CLEANUP_TIME: '2',
  GANTRY__WORKERS__TASK_HEARTBEAT: '1',
  GANTRY__WORKERS__TASK_LEASE: '10',
};
const PATIENCE = { timeout: 60_000, interval: 200 };

/**
 * DAGs whose first try heeds no SIGTERM and has left a loop of a shell behind that heeds none either and writes into the
 * ledger as long as it lives. Another try ends at once.
 */
function stubborn(ledger: string): Readonly<Record<string, string>> {
  const beat = `trap "" TERM; (while :; do echo "start beat" >> ${ledger}; sleep 0.1; done) &`;
  return {
    'stubborn.ts': `
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
const stay = async (_: void, { task: { tryNumber } }: { task: { tryNumber: number } }) => {
  process.on('SIGTERM', () => {});
  appendFileSync(${JSON.stringify(ledger)}, 'start try' + tryNumber + '\\n');
  if (tryNumber > 1) return 'done';
  spawn('sh', ['-c', ${JSON.stringify(beat)}], { stdio: 'ignore' });
  for (;;) await new Promise((resolve) => setTimeout(resolve, 1000));
};
export const dags = [
  dag('stubborn', {}, () => { task('a', { retries: 1, retryDelay: 0 }, stay)(); }),
  dag('slow_task', {}, () => { task('a', { executionTimeout: 1 }, stay)(); }),
  dag('slow_run', { dagrunTimeout: 3 }, () => { task('a', {}, stay)(); }),
];
`,
  };
}

let place: FlowPlace;

async function runningOn(executor: string, dagId: string): Promise<void> {
  place = await FlowPlace.open({ executor, dags: stubborn, options: OPTIONS });
  place.gantry.start('scheduler');
  await place.trigger(dagId);
  await expect.poll(() => place.ledger('start'), PATIENCE).toContain('beat');
}

afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

const attempts = () =>
  place.database.query<{ id: string; state: string; class: string | null }>(
    `select id, state, failure ->> 'class' as class from attempt order by queued_at`,
  );
const taskState = async () =>
  (await place.database.query<{ state: string }>('select state from task_instance'))[0]?.state;

/** The attempts are closed, and nothing of them writes any more. */
async function allGone(states: readonly string[]): Promise<void> {
  await expect.poll(async () => (await attempts()).map(({ state }) => state), PATIENCE).toEqual(states);
  await expectSilence();
}

async function expectSilence(): Promise<void> {
  const beats = place.ledger('start').length;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(place.ledger('start')).toHaveLength(beats);
}

describe.each(EXECUTORS)('with the %s', (executor) => {
  test('a task that is marked while it runs is gone with its whole process group, though it heeds no SIGTERM [F70 I18 I38]', async () => {
    await runningOn(executor, 'stubborn');
    const { code, out } = await place.gantry.command(
      'tasks',
      'set-state',
      'stubborn',
      'a',
      'failed',
      '--yes',
      '-o',
      'plain',
    );
    expect([code, out]).toEqual([0, expect.stringMatching(/^one\ta\tfailed\t1\n$/)]);
    expect(await taskState()).toBe('failed');
    await allGone(['abandoned']);
    expect(await place.runState()).toBe('failed');
    expect(await taskState()).toBe('failed');
  }, 120_000);

  test('the try after a clear begins when nothing of the one before is alive [I03]', async () => {
    await runningOn(executor, 'stubborn');
    const { code } = await place.gantry.command('tasks', 'clear', 'stubborn', '--only-running', '--yes');
    expect(code).toBe(0);
    await place.succeeded();
    const started = place.ledger('start');
    expect(started.slice(started.indexOf('try2'))).toEqual(['try2']);
    expect((await attempts()).map(({ state }) => state)).toEqual(['abandoned', 'success']);
  }, 120_000);

  test('a task that runs longer than its executionTimeout is gone with its process group and failed by its timeout [F70]', async () => {
    await runningOn(executor, 'slow_task');
    await allGone(['failed']);
    expect((await attempts())[0]!.class).toBe('timeout');
    await expect.poll(() => place.runState(), PATIENCE).toBe('failed');
  }, 120_000);

  test('a run that takes longer than its dagrunTimeout ends, and so does what runs of it', async () => {
    await runningOn(executor, 'slow_run');
    await allGone(['abandoned']);
    expect([await place.runState(), await taskState()]).toEqual(['failed', 'skipped']);
  }, 120_000);
});
