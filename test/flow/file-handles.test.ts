import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 60;
const STANDARD_STREAMS = 3;

describe('a scheduler runs out of file handles in the middle of a fan-out', () => {
  let place: FlowPlace;
  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, 100) });
    place = await FlowPlace.open({ executor: 'KubernetesExecutor', dags });
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('it says so, or ends, and no task is lost or runs twice [F64]', async () => {
    const schedulers = [place.gantry.start('scheduler'), place.gantry.start('scheduler')];
    await place.trigger('fan');
    await place.untilEnded(5);
    const pid = await place.leader();
    expect(schedulers.map((scheduler) => scheduler.pid)).toContain(pid);
    // Below what is open: what one closes gives no room for another. Standing connections may do for a whole run, so
    // those to the database are ended; the other scheduler opens new ones.
    execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${STANDARD_STREAMS}:${STANDARD_STREAMS}`]);
    await place.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'gantry scheduler%'`,
    );
    await expect.poll(() => place.gantry.output, { timeout: 60_000 }).toMatch(/EMFILE|too many open files/i);
    await place.succeeded();
    const starts = place.ledger('start');
    expect(starts.length).toBe(new Set(starts).size);
    expect(place.ledger('end').length).toBe(TASKS);
  }, 240_000);
});
