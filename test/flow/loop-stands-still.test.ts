import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PodRecord } from '../support/pod-record.ts';
import { FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 40;
/** Longer than the lease of these tests, 6 s. */
const STILL_SECONDS = 20;

describe('a leading scheduler stands still in the middle of a fan-out', () => {
  let place: FlowPlace;
  let record: PodRecord;
  beforeEach(async () => {
    const dags = (ledger: string) => ({ 'fan.ts': fanOut(ledger, TASKS, 50) });
    place = await FlowPlace.open({ executor: 'KubernetesExecutor', dags });
    record = await PodRecord.start(place.kubeconfig);
  });
  afterEach(async (context) => {
    await record?.stop();
    await place?.close(context.task.result?.state === 'fail');
  });

  const faulty = (fault: string) =>
    place.gantry.start('scheduler', { GANTRY_TEST_CRASH_POINTS: '1', GANTRY_CRASH_AT: fault });
  const fence = async () =>
    (await place.database.query<{ leader: string; fence: number }>('select leader, fence from dag_run'))[0];

  test('its event loop is blocked for three leases: a thread keeps its lease, nothing is taken over and nothing repeated [F63 I31]', async () => {
    faulty(`steps.after_commit:4:block=${STILL_SECONDS}`);
    await place.trigger('fan');
    await expect.poll(() => place.gantry.output, { timeout: 60_000 }).toMatch(/loop has stood still for/);
    const before = await fence();
    place.gantry.start('scheduler');
    await expect.poll(() => place.gantry.output, { timeout: 60_000 }).toMatch(/loop goes on after/);
    expect(await fence()).toEqual(before);
    await place.succeeded();
    expect((await place.database.query<{ fence: number }>('select fence from dag_run'))[0]!.fence).toBe(before!.fence);
    await place.expectEachRanOnce(TASKS);
    expect(record.twice).toEqual([]);
    expect(place.gantry.output).not.toMatch(/taken over/);
  }, 240_000);

  test('it is stopped just before it creates a pod, beyond its lease: another takes over, and what it still creates is there already [F62 I32 I01]', async () => {
    const stopped = faulty('pod.before_create:3:stop');
    await place.trigger('fan');
    await expect.poll(() => place.leader(), { timeout: 60_000 }).toBe(stopped.pid);
    const before = await fence();
    place.gantry.start('scheduler');
    await expect.poll(() => place.leader(), { timeout: 60_000 }).not.toBe(stopped.pid);
    await place.untilEnded(TASKS / 2);
    stopped.kill('SIGCONT');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    expect(record.twice).toEqual([]);
    expect(record.uids.size).toBe(TASKS);
    const rows = await place.database.query<{ fence: number }>('select fence from dag_run');
    expect(rows[0]!.fence).toBeGreaterThan(before!.fence);
    expect(stopped.exitCode).toBeNull();
  }, 240_000);
});
