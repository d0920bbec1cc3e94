import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXECUTORS, FlowPlace, fanOut } from './flow-place.ts';

const TASKS = 60;

describe.each(EXECUTORS)('a leading scheduler with the %s is paused beyond its lease', (executor) => {
  let place: FlowPlace;
  beforeEach(async () => {
    place = await FlowPlace.open({ executor, dags: (ledger) => ({ 'fan.ts': fanOut(ledger, TASKS, 50) }) });
  });
  afterEach(async (context) => place.close(context.task.result?.state === 'fail'));

  test('another takes over, and when the first wakes it does nothing twice [F62 F20 I32]', async () => {
    const schedulers = [place.gantry.start('scheduler'), place.gantry.start('scheduler')];
    await place.trigger('fan');
    await place.untilEnded(15);
    const pid = await place.leader();
    const leader = schedulers.find((scheduler) => scheduler.pid === pid)!;
    leader.kill('SIGSTOP');
    await expect.poll(() => place.leader(), { timeout: 60_000 }).not.toBe(pid);
    await place.untilEnded(30);
    expect(await place.runState()).toBe('running');
    leader.kill('SIGCONT');
    await place.succeeded();
    await place.expectEachRanOnce(TASKS);
    expect(schedulers.map(({ exitCode }) => exitCode)).toEqual([null, null]);
  }, 240_000);
});
