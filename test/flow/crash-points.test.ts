import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CRASH_POINTS } from '../../packages/server/src/main/crash-point.ts';
import { ended } from '../support/gantry-processes.ts';
import { PodRecord } from '../support/pod-record.ts';
import { FlowPlace } from './flow-place.ts';

const TASKS = 6;
/** Runs of the daily DAG that are due at once: midnight of three days ago until today's. */
const DAYS = 4;
/** Where a process dies, at which time, and which process it is. */
type Crash = readonly [point: string, nth: number];
const MAKING: readonly Crash[] = [
  ['runs.make.before_commit', 1],
  ['runs.make.after_commit', 1],
];
const LEADING: readonly Crash[] = [
  ['watch.lead.after_commit', 1],
  ['lease.renew.after_commit', 2],
  ['runs.start.after_commit', 1],
  ['steps.before_commit', 1],
  ['steps.after_commit', 1],
  ['steps.before_commit', 3],
  ['steps.after_commit', 3],
  ['events.before_commit', 2],
  ['events.after_commit', 2],
  ['pod.before_create', 3],
  ['pod.after_create', 3],
];
const TAKING: readonly Crash[] = [
  ['runs.take.before_commit', 1],
  ['runs.take.after_commit', 1],
];
const SERVING: readonly Crash[] = [
  ['claim.before_commit', 2],
  ['claim.after_commit', 2],
  ['report.before_commit', 2],
  ['report.after_commit', 2],
];

function dags(ledger: string): Record<string, string> {
  const crashed = `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
const tell = (line: string) => appendFileSync(${JSON.stringify(ledger)}, line + '\\n');
const work = () => {
  for (let index = 0; index < ${TASKS}; index += 2) {
    const [first, second] = [index, index + 1].map((number) => task('t' + number, async (_: void, context) => {
      tell('start ' + context.run.runId + '/' + context.task.taskId);
      await new Promise((resolve) => setTimeout(resolve, 50));
      tell('end ' + context.run.runId + '/' + context.task.taskId);
    })());
    second.after(first);
  }
};
export const crashed = dag('crashed', { maxActiveTasks: 1000, maxActiveRuns: 100 }, work);
`;
  return { 'crashed.ts': crashed, 'daily.ts': daily(ledger) };
}

/** Its runs are due as soon as it is known. */
function daily(ledger: string): string {
  const start = new Date();
  start.setUTCHours(0, 0, 0, 0);
  start.setUTCDate(start.getUTCDate() - 3);
  return `
import { appendFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';
export const daily = dag('daily', { schedule: '@daily', startDate: '${start.toISOString()}', catchup: true, maxActiveRuns: 100 }, () => {
  task('only', async (_: void, context) => {
    for (const word of ['start ', 'end ']) appendFileSync(${JSON.stringify(ledger)}, word + context.run.runId + '/only\\n');
  })();
});
`;
}

describe('processes are killed at every declared point, one after another', () => {
  let place: FlowPlace;
  let record: PodRecord;
  let runs: number;

  beforeEach(async () => {
    runs = 0;
    place = await FlowPlace.open({
      executor: 'KubernetesExecutor',
      dags,
      options: { GANTRY__CORE__PARALLELISM: '32' },
    });
    record = await PodRecord.start(place.kubeconfig);
    await expect.poll(() => place.gantry.rest('/dags/crashed'), { timeout: 60_000 }).not.toBeNull();
    await expect.poll(() => place.gantry.rest('/dags/daily'), { timeout: 60_000 }).not.toBeNull();
  });
  afterEach(async (context) => {
    await record?.stop();
    await place?.close(context.task.result?.state === 'fail');
  });

  const doomed = (service: string, [point, nth]: Crash): ChildProcess =>
    place.gantry.start(service, { GANTRY_TEST_CRASH_POINTS: '1', GANTRY_CRASH_AT: `${point}:${nth}` });

  const died = (child: ChildProcess, [point]: Crash): Promise<void> =>
    expect.poll(() => child.signalCode, { timeout: 60_000, message: `the crash at ${point}` }).toBe('SIGKILL');

  async function trigger(): Promise<void> {
    runs += 1;
    const body = { dag_run_id: `run-${runs}` };
    await expect.poll(() => place.gantry.rest('/dags/crashed/dagRuns', body), { timeout: 30_000 }).not.toBeNull();
  }

  const openRuns = async (): Promise<number> => {
    const open = `select count(*)::int as count from dag_run where state not in ('success', 'failed')`;
    return (await place.database.query<{ count: number }>(open))[0]!.count;
  };

  /** By the ledger, the database and the cluster: every task of every run ran once, in one attempt with one pod. */
  async function expectNothingLost(): Promise<void> {
    await expect.poll(openRuns, { timeout: 120_000, interval: 200 }).toBe(0);
    const states = await place.database.query<{ dag_id: string; state: string; runs: number }>(
      'select dag_id, state, count(*)::int as runs from dag_run group by 1, 2 order by 1',
    );
    expect(states).toEqual([
      { dag_id: 'crashed', state: 'success', runs },
      { dag_id: 'daily', state: 'success', runs: DAYS },
    ]);
    const tasks = runs * TASKS + DAYS;
    await place.expectEachRanOnce(tasks);
    expect(record.twice).toEqual([]);
    expect(record.uids.size).toBe(tasks);
  }

  test('every task runs once, every run ends well, no slot leaks and no attempt has two pods [F19 F25 F26 F61 F66 I01 I02 I15 I19 I27 I29 I31 I36]', async () => {
    for (const crash of MAKING) await died(doomed('scheduler', crash), crash);
    for (const crash of LEADING) {
      const child = doomed('scheduler', crash);
      await trigger();
      await died(child, crash);
    }
    // What the dead ones led is taken over by one of three, which dies of it, and then by the others.
    for (const crash of TAKING) await died(doomed('scheduler', crash), crash);
    for (let count = 0; count < 3; count += 1) place.gantry.start('scheduler');
    for (const crash of SERVING) {
      // Workers of the runs before would end the API server that is to die before it has taken the next run.
      await expect.poll(openRuns, { timeout: 120_000, interval: 200 }).toBe(0);
      await place.gantry.kill('api-server');
      const child = doomed('api-server', crash);
      await trigger();
      await died(child, crash);
      place.gantry.start('api-server');
    }
    await expectNothingLost();
    const reached = [...MAKING, ...LEADING, ...TAKING, ...SERVING].map(([point]) => point);
    expect(Object.keys(CRASH_POINTS).filter((point) => !reached.includes(point))).toEqual([]);
  }, 300_000);

  test('one of three schedulers dies, again and again, and the others go on [F61 I31]', async () => {
    const others = [place.gantry.start('scheduler'), place.gantry.start('scheduler')];
    for (const crash of [
      ['steps.after_commit', 4],
      ['pod.after_create', 2],
      ['pod.before_create', 2],
    ] as const) {
      const child = doomed('scheduler', crash);
      const isThere = () => place.database.query('select from service where pid = $1', [child.pid]);
      await expect.poll(async () => (await isThere()).length, { timeout: 60_000 }).toBe(1);
      // It dies as soon as it is given a run; whose that is, is chance.
      while (child.signalCode === null) {
        await trigger();
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(runs).toBeLessThan(60);
      }
      expect(child.signalCode).toBe('SIGKILL');
    }
    expect(others.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
    await expectNothingLost();
    await Promise.all(others.map((child) => ended(child, 'SIGTERM')));
  }, 300_000);
});
